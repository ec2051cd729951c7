"""How far each import is, as the store tells: for the page and the command line alike."""

import json
import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from freshdesk_core.store import Store, leases
from freshdesk_core.store.integrations import Integration, all_of
from freshdesk_core.store.schema import imports, integrations

FEW = 20  # below this many threads read, no estimate


@dataclass(frozen=True)
class Progress:
    """The last run of an integration. Times are epoch seconds, ``*_expected`` and estimates may be None.

    ``calls_expected`` and ``seconds_expected`` are those of a whole first import, its proofs among them.

    While it runs, ``error_code`` says what it waits for; afterwards, why it failed.
    ``phase`` is "waiting" before any run, else "tickets", "conversations", "audit", "totals" or "ended".
    """

    integration_id: int
    name: str
    is_sample: bool
    phase: str
    is_running: bool
    is_first: bool
    outcome: str | None
    tickets_read: int
    tickets_expected: int | None
    threads_read: int
    threads_expected: int | None
    days_read: int
    days_expected: int | None
    gaps_settled: int
    gaps_expected: int | None
    calls: int
    calls_expected: int | None
    seconds_expected: int | None
    new_contacts: int
    started_at: int | None
    progressed_at: int | None
    seconds_left: int | None
    replies_complete_from: int | None
    holder: str | None
    error_code: str | None
    error_figures: dict[str, Any]

    @property
    def waits_until(self) -> int | None:
        """When Freshdesk's limit lets it go on, about (epoch seconds); None: it does not wait for that."""
        is_limited = self.is_running and self.error_code == "limit-reached"
        return int(self.error_figures["until_at"]) if is_limited else None


def about(number: int) -> int:
    """An estimated number with no more digits than are worth saying.

    >>> about(2_437), about(96)
    (2400, 96)
    """
    return round(number, 2 - len(str(number))) if number > 0 else 0


def progress(store: Store, *, now: float | None = None) -> list[Progress]:
    """Tell how far the import of every integration is, in the order in which they were added."""
    now = time.time() if now is None else now
    with store.read() as connection:
        return [_of(connection, integration, now) for integration in all_of(connection)]


def _of(connection: Connection, integration: Integration, now: float) -> Progress:
    id_ = integration.integration_id
    # An audit or a comparison with Freshdesk's totals is told while it runs; afterwards the import is.
    is_worth_telling = or_(imports.c.purpose == "import", imports.c.outcome.is_(None))
    run = connection.execute(
        select(imports)
        .where(imports.c.integration_id == id_, is_worth_telling)
        .order_by(imports.c.import_id.desc())
        .limit(1)
    ).one_or_none()
    replies_from = connection.execute(
        select(integrations.c.replies_from).where(integrations.c.integration_id == id_)
    ).scalar()
    present = leases.holder(connection, id_)
    is_held = present is not None and present.is_alive(now)
    is_running = is_held and run is not None and run.outcome is None
    return Progress(
        integration_id=id_,
        name=integration.name,
        is_sample=integration.is_sample,
        phase=run.phase if run else "waiting",
        is_running=is_running,
        is_first=run.is_first if run else True,
        outcome=run.outcome if run else None,
        tickets_read=run.tickets_read if run else 0,
        tickets_expected=run.tickets_expected if run else None,
        threads_read=run.threads_read if run else 0,
        threads_expected=run.threads_expected if run else None,
        days_read=run.days_read if run else 0,
        days_expected=run.days_expected if run else None,
        gaps_settled=run.gaps_settled if run else 0,
        gaps_expected=run.gaps_expected if run else None,
        calls=run.calls if run else 0,
        calls_expected=run.calls_expected if run else None,
        seconds_expected=run.seconds_expected if run else None,
        new_contacts=run.new_contacts if run else 0,
        started_at=run.started_at if run else None,
        progressed_at=run.progressed_at if run else None,
        seconds_left=_seconds_left(run) if run and is_running else None,
        replies_complete_from=replies_from,
        holder=f"process {present.pid} on {present.host}" if present and is_held else None,
        error_code=run.error_code if run else None,
        error_figures=json.loads(run.error_figures) if run and run.error_figures else {},
    )


def _seconds_left(run: Row[Any]) -> int | None:
    """Threads are nearly all of the work: one call each, at the pace of the run so far."""
    done, expected = {
        "conversations": (run.threads_read, run.threads_expected),
        "audit": (run.gaps_settled, run.gaps_expected),
    }.get(run.phase, (run.tickets_read, run.tickets_expected))
    elapsed: int = run.progressed_at - run.started_at
    if run.phase == "totals" or expected is None or done < FEW or elapsed <= 0:
        return None
    left: float = (expected - done) * elapsed / done
    return max(0, round(left))
