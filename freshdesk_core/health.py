"""What is proven about the data of each integration, and what to do where something is not.

Nothing here is green because no error was seen. "Complete" takes a poll of the last two periods, every thread
read, an audit that left no id unsettled, and Freshdesk's own totals without a difference. "Quiet" is the same
when Freshdesk had nothing new.
"""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, RowMapping, func, select

from freshdesk_core import proof
from freshdesk_core.errors import CoreError, StoreFull
from freshdesk_core.messages import parts, sentence
from freshdesk_core.noticed import noticed
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, leases
from freshdesk_core.store.event_schema import AGAIN, events
from freshdesk_core.store.schema import conversations, imports, integrations, tickets
from freshdesk_core.text import gettext as _

GREEN = frozenset({"complete", "quiet", "catching_up"})
STALLED_SECONDS = 900  # an import that saves nothing for so long is not catching up

# The code with which an import failed → the link that is broken. Somebody has to do something.
BROKEN_LINKS = {
    "access-denied": "scope",
    "account-suspended": "freshdesk",
    "agent-locked": "key",
    "bad-proxy": "freshdesk",
    "feature-not-in-plan": "scope",
    "foreign-host": "freshdesk",
    "key-rejected": "key",
    "no-ca-bundle": "freshdesk",
    "not-found": "freshdesk",
    "scope-not-global": "scope",
    "secret-key-open": "key",
    "secret-key-wrong": "key",
    "store-full": None,
}
PARTIAL_SCOPE = "scope-not-global"
# These may pass by themselves; they are named, but nobody need act at once.
PASSING_LINKS = {"unreachable": "freshdesk", "rate-limited": "freshdesk", "bad-answer": "freshdesk"}

Span = tuple[int, int]


@dataclass(frozen=True)
class Status:
    """The health of one integration. Times are epoch seconds; None: never, or nothing is proven.

    ``notices`` are what does not make the data incomplete, and should be known.
    ``state`` is one of "complete", "quiet", "catching_up", "degraded", "stale", "action_needed",
    "unknown", "paused"; ``broken_link`` one of "freshdesk", "app", "key", "scope", or None.
    """

    name: str
    state: str
    broken_link: str | None
    next_step: str
    tickets_complete: Span | None
    replies_complete: Span | None
    newest_contact_at: int | None
    last_event_at: int | None
    last_poll_at: int | None
    last_audit_at: int | None
    is_sample: bool = False
    notices: tuple[CoreError, ...] = ()

    @property
    def is_green(self) -> bool:
        """The data are proven complete, or known to become so."""
        return self.state in GREEN

    def as_json(self) -> dict[str, object]:
        """The integration's part of ``status --json``; times in ISO 8601, UTC."""
        return {
            "name": self.name,
            "state": self.state,
            "broken_link": self.broken_link,
            "next_step": self.next_step,
            "tickets_complete": self.tickets_complete and [_iso(moment) for moment in self.tickets_complete],
            "replies_complete": self.replies_complete and [_iso(moment) for moment in self.replies_complete],
            "newest_contact_at": _iso(self.newest_contact_at),
            "last_event_at": _iso(self.last_event_at),
            "last_poll_at": _iso(self.last_poll_at),
            "last_audit_at": _iso(self.last_audit_at),
            "notices": [
                {"code": one.error_code, "message": sentence(one), "next_step": parts(one).next_step}
                for one in self.notices
            ],
        }


def status(store: Store, now: int, settings: Settings | None = None) -> list[Status]:
    """Tell the health of every connected integration; of the sample, while there was no other.

    Args:
        store: The store.
        now: Epoch seconds, of this machine's clock.
        settings: The periods that health is judged by; default: the environment's.
    """
    settings = settings or Settings.from_environment()
    with store.read() as connection:
        rows = connection.execute(select(integrations).order_by(integrations.c.integration_id)).mappings()
        everyone = list(rows)
        # Where a real account was ever saved, a removed one included, the sample is not shown any more.
        shown = [row for row in everyone if not row["is_sample"]] or everyone
        found = [
            _status(connection, row, now, settings or Settings.from_environment())
            for row in shown
            if row["removed_at"] is None
        ]
    return [_without_room(one, store.url) for one in found] if store.is_full() else found


def meanings() -> dict[str, str]:
    """What each state says, the healthy ones first; whoever shows a state can explain it by these."""
    return {
        "complete": _(
            "Proven: imported within the last two periods, every conversation read, no ticket unaccounted "
            "for, and Freshdesk's own totals agree."
        ),
        "quiet": _("Proven complete in the same way, and Freshdesk itself has nothing new."),
        "catching_up": _("An import brings what is still missing. Nothing to do."),
        "degraded": _(
            "What can be read is complete, but some of it is withheld, or one of the ways by which contacts "
            "arrive is broken."
        ),
        "stale": _(
            "No proof for more than three periods: what came since then may be missing. The last good "
            "figures stay, with the time up to which they are complete."
        ),
        "action_needed": _(
            "It does not go on by itself: the key, what it may see, the plan or the disk needs somebody."
        ),
        "unknown": _("Nothing is proven yet, or a proof failed and is tried again."),
        "paused": _(
            "Somebody paused it: nothing is imported, and the gap stays listed until an import has closed it."
        ),
    }


def all_green(states: list[Status]) -> bool:
    """Every integration is proven, and there is one: what ``status`` and ``/healthz`` answer."""
    return bool(states) and all(one.is_green for one in states)


def _without_room(one: Status, where: str) -> Status:
    """No import can save anything, not even how it ended: only the disk itself tells."""
    if one.state == "action_needed":
        return one
    next_step = parts(StoreFull(where=where)).next_step
    return replace(one, state="action_needed", broken_link=None, next_step=next_step)


def _status(connection: Connection, row: RowMapping, now: int, settings: Settings) -> Status:
    integration_id = row["integration_id"]
    state, broken_link, next_step = _state(connection, row, now, settings)
    return Status(
        name=row["name"],
        state=state,
        broken_link=broken_link,
        next_step=next_step,
        tickets_complete=_span(row["tickets_from"], row["tickets_to"]),
        replies_complete=_span(row["replies_from"], row["replies_to"]),
        newest_contact_at=_newest_contact(connection, integration_id),
        last_event_at=_last_event(connection, integration_id),
        last_poll_at=row["last_poll_at"],
        last_audit_at=row["audited_at"],
        is_sample=bool(row["is_sample"]),
        notices=tuple(noticed(connection, row, now)),
    )


def _state(
    connection: Connection, row: RowMapping, now: int, settings: Settings
) -> tuple[str, str | None, str]:
    """State, broken link and next step, from the last run and who holds the lease."""
    id_ = row["integration_id"]
    if row["paused_at"] is not None:
        return "paused", None, _paused(row)
    run = _last_run(connection, id_)
    holder = leases.holder(connection, id_)
    is_held = holder is not None and holder.is_alive(now)
    is_running = run is not None and run.outcome is None and is_held
    is_moving = run is not None and is_running and now - run.progressed_at <= STALLED_SECONDS
    has_failed = run is not None and run.outcome == "failed"
    if not has_failed and PARTIAL_SCOPE in json.loads(row["shortcomings"]):
        # Freshdesk hides the rest without any error; its search counts with the same eyes, so that no
        # comparison can find what is missing.
        return "action_needed", "scope", parts(CoreError("scope-not-global")).next_step
    if is_running and row["first_import_ended_at"] is None:
        if is_moving:
            return "catching_up", None, _("Nothing to do: the first import goes on by itself.")
        return "unknown", None, _("The import has saved nothing for a while: stop it, then start it again.")
    if run is not None and run.outcome == "failed":
        return _after_failure(run, is_stale=proof.is_stale(connection, id_, now, settings))
    if row["first_import_ended_at"] is None:
        return "unknown", None, _("Run the import: python -m freshdesk_core import")
    return proof.judge(connection, row, now, settings, is_moving=is_moving)


def _paused(row: RowMapping) -> str:
    """By whom, since when, and what is missing meanwhile."""
    text = _("Paused by {by} since {since}. Contacts after {until} are missing until it is resumed.")
    return text.format(
        by=row["paused_by"],
        since=_iso(row["paused_at"]),
        until=_iso(row["tickets_to"]) or _("its first import"),
    )


def _after_failure(run: Row[*tuple[Any, ...]], *, is_stale: bool) -> tuple[str, str | None, str]:
    figures = json.loads(run.error_figures) if run.error_figures else {}
    next_step = parts(CoreError(run.error_code, **figures)).next_step
    if run.error_code in BROKEN_LINKS:
        return "action_needed", BROKEN_LINKS[run.error_code], next_step
    return "stale" if is_stale else "unknown", PASSING_LINKS.get(run.error_code), next_step


def _last_run(connection: Connection, integration_id: int) -> Row[*tuple[Any, ...]] | None:
    query = select(imports).where(imports.c.integration_id == integration_id)
    return connection.execute(query.order_by(imports.c.import_id.desc()).limit(1)).one_or_none()


def _last_event(connection: Connection, integration_id: int) -> int | None:
    """When somebody outside last sent an event that was understood."""
    theirs = (events.c.integration_id == integration_id, events.c.name != AGAIN)
    return connection.execute(select(func.max(events.c.received_at)).where(*theirs)).scalar()


def _newest_contact(connection: Connection, integration_id: int) -> int | None:
    newest = [
        connection.execute(
            select(func.max(table.c.created_at)).where(
                table.c.integration_id == integration_id, table.c.result == "counted"
            )
        ).scalar()
        for table in (tickets, conversations)
    ]
    return max((moment for moment in newest if moment is not None), default=None)


def _span(start: int | None, end: int | None) -> Span | None:
    return None if start is None or end is None or end <= start else (start, end)


def _iso(epoch: int | None) -> str | None:
    return None if epoch is None else datetime.fromtimestamp(epoch, UTC).isoformat()
