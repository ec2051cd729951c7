"""All tickets that Freshdesk's search names of one day, also where it gives fewer than there are.

A query gives 300 rows. A larger day is asked for in parts: by group, these by status, these by priority. The
parts must add up to the whole, or nothing is said of its rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from freshdesk_core.api import Freshdesk, SearchPage, SearchRow
from freshdesk_core.store.schema import groups, tickets

ROWS_PER_PAGE = 30
ROWS_PER_QUERY = 300
STATUSES = range(2, 8)  # Freshdesk's own; an account's others are learnt from its tickets
PRIORITIES = range(1, 5)

Conditions = Mapping[str, int | None]


@dataclass(frozen=True)
class Parts:
    """The values by which a large day is divided, in this order of fields."""

    values: Mapping[str, Sequence[int | None]]

    def next_field(self, conditions: Conditions) -> str | None:
        """By what a part is divided further; None when there is nothing left."""
        return next((field for field in self.values if field not in conditions), None)


WHOLE = Parts({})


def parts_of(connection: Connection, integration_id: int) -> Parts:
    """The groups and statuses that an account is known to have."""
    of_groups = select(groups.c.group_id).where(groups.c.integration_id == integration_id)
    of_tickets = [
        select(column).where(tickets.c.integration_id == integration_id).distinct()
        for column in (tickets.c.group_id, tickets.c.status)
    ]
    known = {*connection.execute(of_groups).scalars(), *connection.execute(of_tickets[0]).scalars()}
    statuses = {*STATUSES, *connection.execute(of_tickets[1]).scalars()}
    return Parts(
        {
            "group_id": [None, *sorted(known - {None})],
            "status": sorted(status for status in statuses if status is not None),
            "priority": list(PRIORITIES),
        }
    )


def read_rows(
    freshdesk: Freshdesk, day: int, first: SearchPage, parts: Parts = WHOLE
) -> list[SearchRow] | None:
    """Every ticket of a UTC day; None when they cannot be had, or changed meanwhile.

    Args:
        freshdesk: The client.
        day: The UTC day.
        first: The first page of the whole day.
        parts: How to divide a day of more than 300 tickets; by default it is not.

    Raises:
        ApiError: Freshdesk did not answer.
    """
    rows = _read(freshdesk, day, first, {}, parts)
    if rows is None:
        return None
    by_id = {row.id: row for row in rows}
    # Rows that came or went between two calls show here.
    return list(by_id.values()) if len(by_id) == first.total else None


def _read(
    freshdesk: Freshdesk, day: int, first: SearchPage, conditions: Conditions, parts: Parts
) -> list[SearchRow] | None:
    if first.total <= ROWS_PER_QUERY:
        rows = list(first.rows)
        for page in range(2, -(-first.total // ROWS_PER_PAGE) + 1):
            rows += freshdesk.search_created_on(day, page, conditions).rows
        return rows
    field = parts.next_field(conditions)
    if field is None:
        return None
    found: list[SearchRow] = []
    for value in parts.values[field]:
        narrower = {**conditions, field: value}
        part = _read(freshdesk, day, freshdesk.search_created_on(day, 1, narrower), narrower, parts)
        if part is None:
            return None
        found += part
        if len(found) >= first.total:
            break
    return found
