"""How a figure is known: its rule in words, how fresh and how far complete it is, and tickets it counts."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import Connection, func, select

from freshdesk_core.counting.facts import REPLIES, TICKETS
from freshdesk_core.errors import ConfigError
from freshdesk_core.store import Store
from freshdesk_core.store.schema import freshdesk_totals, integrations
from freshdesk_core.text import gettext as _
from freshdesk_core.volumes import behind
from freshdesk_core.volumes.catalogue import Catalogue, catalogue
from freshdesk_core.volumes.contacts import contacts
from freshdesk_core.volumes.filters import EVERYTHING, Filters
from freshdesk_core.volumes.proof import proven_of
from freshdesk_core.volumes.reconcile import SIDES
from freshdesk_core.volumes.windows import DAY, Window

EXAMPLES = 3
OFFERED, NEW, ANSWERS = "offered", "new_ticket_contacts", "replies"
# Whose tickets stand as examples of a figure that is made of others.
MADE_OF = {
    "contacts_per_ticket": OFFERED,
    "reply_share": ANSWERS,
    "replies_to_range": ANSWERS,
    "replies_to_older": ANSWERS,
    "outside_hours": OFFERED,
    "peak_to_mean": OFFERED,
    "today": OFFERED,
    "change": OFFERED,
    "pair": OFFERED,
    "freshdesk_tickets": "tickets_seen",
}


@dataclass(frozen=True)
class Known:
    """How one figure is known.

    ``as_of``: epoch seconds of the oldest of the imports (or of
    Freshdesk's totals) that it rests on. ``complete_to``: up to when what it counts is complete. Both None
    where there is none yet. ``examples``: id and link of up to three tickets that it counts, the newest
    first; empty where it counts none.
    """

    figure: str
    as_of: int | None
    complete_to: int | None
    examples: tuple[tuple[int, str], ...]

    @property
    def rule(self) -> str:
        """What is counted, in words of the language in use."""
        return rules()[self.figure]


def how_known(
    store: Store, figures: Iterable[str], window: Window, filters: Filters = EVERYTHING
) -> list[Known]:
    """Say how figures are known.

    Args:
        store: The store.
        figures: Names of ``Line``, or of ``rules``.
        window: What they sum up.
        filters: Which contacts.

    Raises:
        ConfigError: ``no-such-figure``, ``no-such-integration``, ``no-such-queue``.
    """
    asked = list(figures)
    told = rules()
    if wrong := [name for name in asked if name not in told]:
        raise ConfigError("no-such-figure", text=wrong[0], figures=", ".join(told))
    with store.read() as connection:
        chosen = catalogue(connection, replace(filters, kinds=(), queue_ids=(), without_unknown=False))
        imported = _imported_at(connection, chosen)
        compared = _compared_at(connection, chosen, window)
    complete = proven_of(chosen.accounts)
    found: dict[str, tuple[tuple[int, str], ...]] = {}
    known: list[Known] = []
    for name in asked:
        base = MADE_OF.get(name, name)
        base = base if name == "pair" else _of_kind(base, filters)
        if base not in found:
            found[base] = _examples(store, window, base, filters)
        is_theirs = name in ("freshdesk_tickets", *SIDES)
        spans = [complete.replies] if base == ANSWERS else [complete.tickets]
        if base in (OFFERED, "unknown"):
            spans = [complete.tickets, complete.replies]
        ends = [span[1] for span in spans if span is not None]
        known.append(
            Known(
                name,
                compared if is_theirs else imported,
                min(ends) if len(ends) == len(spans) else None,
                found[base],
            )
        )
    return known


def rules() -> dict[str, str]:
    """What each figure counts, in words."""
    return {
        "freshdesk_tickets": _(
            "Freshdesk's own total of the tickets created in the range, asked of its search day by day, "
            "apart from "
            "the import. It leaves out spam, deleted and archived tickets. It is never made from Inflow's "
            "rows."
        ),
        "never_imported": _("Tickets that Freshdesk's search names and Inflow does not have."),
        "unexplained": _("Tickets that Inflow has as alive and Freshdesk's search does not name."),
        "tickets_seen": _("Every ticket created in the range that Inflow ever read, whatever became of it."),
        "spam": _("Tickets of the range that are marked as spam."),
        "deleted": _("Tickets of the range that are deleted in Freshdesk and no spam."),
        "archived": _("Tickets of the range that Freshdesk has archived: its search no longer names them."),
        "outbound_email": _("Tickets that an agent began by e-mail (source 10): no contact."),
        "internal_task": _("Internal tasks (source 14): no customer is behind them, no contact."),
        "child_ticket": _("Child tickets, which agents make from other tickets: no contact."),
        "tracker_ticket": _("Tracker tickets, which agents make from other tickets: no contact."),
        NEW: _(
            "Tickets created in the range, each one contact, without outbound e-mails, internal tasks, "
            "child and "
            "tracker tickets."
        ),
        ANSWERS: _(
            "Customers' messages on tickets that exist, each one contact when it came; lines of one chat "
            "count once. "
            "Agents' answers, notes, forwards, automatic messages and survey answers do not count."
        ),
        OFFERED: _("New tickets and customers' replies of the range, each one contact, answered or not."),
        "unknown": _(
            "Contacts of tickets that are marked as spam, or that were already deleted when Inflow first "
            "saw the "
            "contact."
        ),
        "contacts_per_ticket": _("Offered contacts of the range divided by its new-ticket contacts."),
        "reply_share": _("Replies of the range divided by its offered contacts."),
        "replies_to_range": _("Replies of the range on tickets that were created in the range, too."),
        "replies_to_older": _("Replies of the range on tickets from before it."),
        "outside_hours": _(
            "Contacts outside the business hours chosen here, divided by all contacts of the proven part "
            "of the range."
        ),
        "peak_to_mean": _(
            "The busiest interval of an average week divided by the mean interval, over the proven part "
            "of the range."
        ),
        "today": _(
            "Contacts of today up to the last complete quarter hour; usual is the median of the same "
            "weekday in the 8 "
            "weeks before, up to the same time."
        ),
        "change": _(
            "A queue's contacts against those of the equal time before: the same part of the month "
            "before, or equally "
            "many days right before."
        ),
        "pair": _("Contacts of the Tickets and the Replies queue of one group and source, added up."),
    }


def _of_kind(base: str, filters: Filters) -> str:
    """Where one kind is left by the filters, offered contacts are all of that kind."""
    kinds = filters.kinds
    if filters.queue_ids and not kinds:
        endings = {queue_id.rsplit("-", 1)[-1] for queue_id in filters.queue_ids}
        kinds = tuple(kind for kind in (TICKETS, REPLIES) if kind.lower() in endings)
    if base == OFFERED and len(kinds) == 1:
        return NEW if kinds[0] == TICKETS else ANSWERS
    return base


def _examples(store: Store, window: Window, base: str, filters: Filters) -> tuple[tuple[int, str], ...]:
    if window.is_empty:
        return ()
    if filters.queue_ids and base in (OFFERED, NEW, ANSWERS):
        frames = [contacts(store, window, queue_id, EXAMPLES) for queue_id in filters.queue_ids[:EXAMPLES]]
        rows = [row for frame in frames for row in zip(frame["ticket_id"], frame["ticket_url"], strict=True)]
    else:
        rows = behind.newest_tickets(store, window, base, filters, EXAMPLES)
    return tuple((int(ticket_id), str(url)) for ticket_id, url in dict(rows).items())[:EXAMPLES]


def _imported_at(connection: Connection, chosen: Catalogue) -> int | None:
    """When Freshdesk was last asked for changes, of the account where that is longest ago."""
    query = select(func.min(func.coalesce(integrations.c.last_poll_at, 0))).where(
        integrations.c.integration_id.in_(chosen.ids)
    )
    return connection.execute(query).scalar() or None


def _compared_at(connection: Connection, chosen: Catalogue, window: Window) -> int | None:
    """When the oldest of the totals was taken that the window needs."""
    query = select(func.min(freshdesk_totals.c.taken_at)).where(
        freshdesk_totals.c.integration_id.in_(chosen.ids),
        freshdesk_totals.c.day >= window.start // DAY,
        freshdesk_totals.c.day < -(-window.end // DAY),
    )
    return connection.execute(query).scalar()
