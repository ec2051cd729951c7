"""Freshdesk's own ticket totals, from its search: another endpoint than the import's, so the check can fail.

One call a UTC day gives the day's total and its first 30 rows. Where Freshdesk gives the rest of the rows
too (300 a query), they are read, so that the total is known by group, source and quarter hour, and each
difference by its ticket (docs/decisions/0004-freshdesk-totals.md). A total is never derived from our store.
"""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, not_, or_, select, update

from freshdesk_core.api import Freshdesk, SearchRow
from freshdesk_core.counting.tickets import fate
from freshdesk_core.errors import Busy, CoreError
from freshdesk_core.importing import log
from freshdesk_core.importing.day_rows import WHOLE, Parts, parts_of, read_rows
from freshdesk_core.importing.forgetting import FORGOTTEN
from freshdesk_core.importing.pulse import Pulse
from freshdesk_core.importing.reading import ahead
from freshdesk_core.importing.stopping import Interrupted
from freshdesk_core.store import Store, leases
from freshdesk_core.store.cells import DAY, Cells, freshdesk_key
from freshdesk_core.store.integrations import Integration
from freshdesk_core.store.schema import freshdesk_totals, gaps, integrations, tickets, total_differences
from freshdesk_core.store.upserts import upsert

# Search forgets archived tickets, and a ticket may be archived after 120 days. The day that runs comes on
# top, so that a local day that begins late on the first UTC day is covered.
TOTAL_DAYS = 121
YOUNG_DAYS = 7
SEARCH_LAG_SECONDS = 600  # search sees a change "a few minutes" late
LIST_LAG_SECONDS = 900  # how late the ticket list may show a new ticket; imports overlap by as much


@dataclass(frozen=True, slots=True)
class DayTotal:
    """What the search says of a UTC day. ``rows`` None: there were more than it gives."""

    day: int
    total: int
    taken_at: int
    rows: list[SearchRow] | None


def take_totals(
    store: Store,
    integration: Integration,
    freshdesk: Freshdesk,
    days: Iterable[int] | None = None,
    *,
    threads: int = 4,
    stop: threading.Event | None = None,
    is_thorough: bool = False,
    is_resumed: bool = False,
    on_day: Callable[[], None] = lambda: None,
) -> int:
    """Ask Freshdesk for its totals and keep them with their time.

    Args:
        store: Where they are kept.
        integration: Whose totals.
        freshdesk: The client of its account.
        days: UTC day numbers; None: the last 121, as far as tickets were imported.
        threads: How many days are asked for at once.
        stop: Ends the step early between two days.
        is_thorough: Read the rows of days with more than 300 tickets too, in parts.
        is_resumed: Leave out the days whose total is there and whose tickets have not changed since.
        on_day: Called after each day that was taken.

    Returns:
        How many days were taken.

    Raises:
        ApiError: Freshdesk did not answer; the days taken before are kept.
        Busy: Another process imports this integration.
    """

    def ask(day: int) -> DayTotal:
        return _ask(freshdesk, day, parts)

    with leases.held(store, integration) as lease:
        with store.write() as connection:
            wanted = sorted(days) if days is not None else _last_days(connection, integration)
            if is_resumed:
                wanted = sorted({*wanted} - _unchanged_days(connection, integration.integration_id))
            run = log.begin(connection, integration.integration_id, purpose="totals", is_first=False)
            parts = parts_of(connection, integration.integration_id) if is_thorough else WHOLE
        run.days_expected = len(wanted)
        before = (freshdesk.calls, freshdesk.credits)
        cells = Cells(integration.integration_id)
        error: CoreError | None = None
        try:
            with Pulse(store, run, freshdesk).beating(), ThreadPoolExecutor(threads, "totals") as pool:
                for total in ahead(pool, ask, reversed(wanted), 4 * threads):
                    with store.write() as connection:
                        lease.check(connection)
                        _save(connection, cells, integration.integration_id, total)
                        run.days_read += 1
                        run.calls, run.credits = freshdesk.calls - before[0], freshdesk.credits - before[1]
                        log.progress(connection, run)
                    on_day()
                    if stop is not None and stop.is_set():
                        break
        except Interrupted:
            pass  # fewer days are read than wanted: the run's end says so
        except CoreError as caught:
            error = caught
        with store.write() as connection:
            done = run.days_read == len(wanted)
            has_failed = error is not None and not isinstance(error, Busy)
            outcome = "failed" if has_failed else "complete" if done else "interrupted"
            log.end(connection, run, outcome, error)
            if done and days is None:
                _mark_taken(connection, integration.integration_id)
    if error is not None:
        raise error
    return run.days_read


_CHANGED = or_(freshdesk_totals.c.is_stale, freshdesk_totals.c.is_relabelled)


def days_to_retake(connection: Connection, integration_id: int) -> list[int]:
    """The days of a nightly round: young ones, those that changed since, those never taken."""
    listed = _listed_until(connection, integration_id)
    if listed is None:
        return []
    today = listed // DAY
    unchanged = _unchanged_days(connection, integration_id)
    fresh = {day for day in unchanged if day < today - YOUNG_DAYS}
    return [
        day for day in range(_first_day(connection, integration_id, today), today + 1) if day not in fresh
    ]


def _unchanged_days(connection: Connection, integration_id: int) -> set[int]:
    """The days whose tickets are the same as when their total was taken."""
    days = select(freshdesk_totals.c.day).where(
        freshdesk_totals.c.integration_id == integration_id, not_(_CHANGED)
    )
    return set(connection.execute(days).scalars())


def stale_days(connection: Connection, integration_id: int) -> list[int]:
    """The days whose tickets came or changed since their total was taken."""
    days = select(freshdesk_totals.c.day).where(freshdesk_totals.c.integration_id == integration_id, _CHANGED)
    return list(connection.execute(days.order_by(freshdesk_totals.c.day)).scalars())


def differences(connection: Connection, integration_id: int) -> int:
    """How many tickets there are that only one side has, or has alive, but for those purged here by hand."""
    kept_out = select(gaps.c.ticket_id).where(
        gaps.c.integration_id == integration_id, gaps.c.state == FORGOTTEN
    )
    query = select(func.count()).where(
        total_differences.c.integration_id == integration_id, total_differences.c.ticket_id.not_in(kept_out)
    )
    return connection.execute(query.select_from(total_differences)).scalar_one()


def _ask(freshdesk: Freshdesk, day: int, parts: Parts) -> DayTotal:
    first = freshdesk.search_created_on(day)
    return DayTotal(day, first.total, first.served_at, read_rows(freshdesk, day, first, parts))


def _save(connection: Connection, cells: Cells, integration_id: int, total: DayTotal) -> None:
    cells.clear_day(connection, "freshdesk", total.day)
    connection.execute(
        delete(total_differences).where(
            total_differences.c.integration_id == integration_id, total_differences.c.day == total.day
        )
    )
    listed = _listed_until(connection, integration_id)
    # A day that was not over when its tickets were listed, and no rows to tell who came since.
    is_stale = listed is None or listed < min((total.day + 1) * DAY, total.taken_at)
    if total.rows is not None:
        for row in total.rows:
            cells.add(freshdesk_key(row.group_id, row.source), row.created_at)
        is_stale = _save_differences(connection, integration_id, total, total.rows, listed or 0)
    cells.flush(connection)
    upsert(
        connection,
        freshdesk_totals,
        [
            {
                "integration_id": integration_id,
                "day": total.day,
                "total": total.total,
                "taken_at": total.taken_at,
                "has_rows": total.rows is not None,
                "is_stale": is_stale,
                "is_relabelled": False,
            }
        ],
    )


def _save_differences(
    connection: Connection, integration_id: int, total: DayTotal, rows: list[SearchRow], listed: int
) -> bool:
    """Name the tickets that only one side has; True when the two sides cannot be compared yet."""
    stored = _tickets_of(connection, integration_id, total.day)
    theirs = {row.id: row for row in rows}
    alive = {id_ for id_, (_row, its_fate, _updated) in stored.items() if its_fate == "live"}
    never_imported = [row for id_, row in theirs.items() if id_ not in stored]
    unexplained = [stored[id_][0] for id_ in alive - theirs.keys()]
    lagging = total.taken_at - SEARCH_LAG_SECONDS
    # Restored, but with a last change that lies behind what is listed: it is read by its id.
    restored = [theirs[id_] for id_ in (theirs.keys() & stored.keys()) - alive if stored[id_][2] < lagging]
    is_early = (
        any(row.created_at >= listed - LIST_LAG_SECONDS for row in never_imported)
        or any(stored[row.id][2] >= lagging for row in unexplained)
        or any(id_ not in alive or _has_moved(stored[id_][0], theirs[id_]) for id_ in theirs.keys() & stored)
    )
    differences = [
        {
            "integration_id": integration_id,
            "ticket_id": row.id,
            "day": total.day,
            "side": side,
            "group_id": row.group_id or 0,
            "source": row.source,
            "created_at": row.created_at,
        }
        for side, some in (
            *(("never_imported", never_imported), ("unexplained", unexplained)),
            ("restored", restored),
        )
        for row in some
    ]
    if differences:
        connection.execute(insert(total_differences), differences)
    return is_early


def _tickets_of(
    connection: Connection, integration_id: int, day: int
) -> dict[int, tuple[SearchRow, str, int]]:
    """Our tickets of a UTC day: as the search would show them, their fate, their last change."""
    rows = connection.execute(
        select(
            tickets.c.ticket_id,
            tickets.c.created_at,
            tickets.c.group_id,
            tickets.c.source,
            tickets.c.spam,
            tickets.c.deleted,
            tickets.c.archived,
            tickets.c.updated_at,
        ).where(
            tickets.c.integration_id == integration_id,
            tickets.c.created_at >= day * DAY,
            tickets.c.created_at < (day + 1) * DAY,
        )
    )
    return {
        row.ticket_id: (
            SearchRow(row.ticket_id, row.created_at, row.group_id, row.source),
            fate(spam=row.spam, deleted=row.deleted, archived=row.archived),
            row.updated_at,
        )
        for row in rows
    }


def _has_moved(ours: SearchRow, theirs: SearchRow) -> bool:
    """The ticket changed its group or source since one side last looked (0: the search does not say)."""
    return ours.group_id != theirs.group_id or theirs.source not in (0, ours.source)


def _listed_until(connection: Connection, integration_id: int) -> int | None:
    # For a key that sees only a part nothing is proven; its listings came to their end all the same.
    column = func.coalesce(integrations.c.tickets_to, integrations.c.last_poll_at)
    return connection.execute(select(column).where(integrations.c.integration_id == integration_id)).scalar()


def _last_days(connection: Connection, integration: Integration) -> list[int]:
    listed = _listed_until(connection, integration.integration_id)
    if listed is None:
        return []
    today = listed // DAY
    return list(range(_first_day(connection, integration.integration_id, today), today + 1))


def _first_day(connection: Connection, integration_id: int, today: int) -> int:
    since = connection.execute(
        select(integrations.c.since).where(integrations.c.integration_id == integration_id)
    ).scalar()
    first = today - TOTAL_DAYS + 1
    return first if since is None else max(first, -(-since // DAY))


def _mark_taken(connection: Connection, integration_id: int) -> None:
    listed = _listed_until(connection, integration_id)
    connection.execute(
        update(integrations)
        .where(integrations.c.integration_id == integration_id)
        .values(last_totals_at=listed)
    )
