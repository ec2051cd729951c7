"""Which ticket ids are unaccounted for: between the tickets that are stored, and settled by no audit."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from freshdesk_core.importing.windows import ARCHIVED_AFTER_SECONDS
from freshdesk_core.store.schema import gaps, tickets, total_differences

# Ids rise by one in an account. A wider hole is none of missing tickets; nobody waits for so many calls.
WIDEST = 5_000_000
PER_READ = 10_000


@dataclass(frozen=True, slots=True)
class Hole:
    """Neighbouring ids of which nothing is known, ``first`` to ``last``.

    ``created_about`` is the creation of the next newer ticket: the missing ones are no younger.
    ``below`` and ``reach`` are the newest creation among all tickets with a lower id, and among these and
    the next newer one: no ticket in or below the hole is younger, even where ids do not follow the time.
    """

    first: int
    last: int
    created_about: int
    below: int
    reach: int

    @property
    def size(self) -> int:
        """How many ids."""
        return self.last - self.first + 1


def find_holes(
    connection: Connection, integration_id: int, *, since: int | None, listed_at: int, newest_id: int | None
) -> list[Hole]:
    """All holes, newest first.

    Args:
        connection: To read from.
        integration_id: Whose.
        since: The chosen start. Where no ticket can have been archived since then, older ids are none of
            ours; else any of them may have got a reply in between.
        listed_at: Freshdesk's clock at the last complete listing.
        newest_id: The newest ticket that Freshdesk names; ids up to it are looked at.
    """
    found: list[Hole] = []
    settled = sorted(_settled(connection, integration_id))
    previous = newest = 0
    for ticket_id, created_at in _tickets(connection, integration_id):
        reach = max(newest, created_at)
        found += _between(previous + 1, ticket_id - 1, created_at, newest, reach, settled)
        previous, newest = ticket_id, reach
    if newest_id is not None and previous:
        found += _between(previous + 1, newest_id, listed_at, newest, max(newest, listed_at), settled)
    if since is not None and listed_at - since <= ARCHIVED_AFTER_SECONDS:
        found = [hole for hole in found if hole.reach >= since]
    return found[::-1]


def named_by_totals(connection: Connection, integration_id: int, side: str, most: int) -> list[int]:
    """The tickets that the totals named "never_imported", "unexplained" or "restored", newest first."""
    query = (
        select(total_differences.c.ticket_id)
        .where(total_differences.c.integration_id == integration_id, total_differences.c.side == side)
        .order_by(total_differences.c.ticket_id.desc())
        .limit(most)
    )
    return list(connection.execute(query).scalars())


def refused(connection: Connection, integration_id: int) -> list[int]:
    """The ids that were hidden from the key when they were read last, newest first."""
    query = select(gaps.c.ticket_id).where(gaps.c.integration_id == integration_id, gaps.c.state == "refused")
    return list(connection.execute(query.order_by(gaps.c.ticket_id.desc())).scalars())


def _between(
    first: int, last: int, created_about: int, below: int, reach: int, settled: Sequence[int]
) -> list[Hole]:
    """The holes among some ids, without those that are settled."""
    if last < first:
        return []
    if last - first >= WIDEST:
        return [Hole(first, last, created_about, below, reach)]
    holes: list[Hole] = []
    start = first
    for id_ in [*settled[bisect_left(settled, first) : bisect_right(settled, last)], last + 1]:
        if start < id_:
            holes.append(Hole(start, id_ - 1, created_about, below, reach))
        start = id_ + 1
    return holes


def _tickets(connection: Connection, integration_id: int) -> Iterator[tuple[int, int]]:
    query = (
        select(tickets.c.ticket_id, tickets.c.created_at)
        .where(tickets.c.integration_id == integration_id)
        .order_by(tickets.c.ticket_id)
    )
    for row in connection.execute(query).yield_per(PER_READ):
        yield row.ticket_id, row.created_at


def _settled(connection: Connection, integration_id: int) -> Iterable[int]:
    query = select(gaps.c.ticket_id).where(gaps.c.integration_id == integration_id)
    return connection.execute(query).yield_per(PER_READ).scalars()
