"""How many contacts a new ticket brings, and how late its replies come.

Two ratios are easily mixed up. The *flow* divides the contacts of a time by its new tickets, though many of
its replies belong to older ones. The *cohort* follows the tickets of a time: their replies count whenever
they come, so young tickets are not finished yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Select, and_, func, select

from freshdesk_core.counting.facts import COUNTED, REPLIES, TICKETS
from freshdesk_core.store import Store, schema
from freshdesk_core.volumes import behind, cells
from freshdesk_core.volumes.catalogue import Catalogue, catalogue
from freshdesk_core.volumes.filters import EVERYTHING, Filters
from freshdesk_core.volumes.offered import local_times
from freshdesk_core.volumes.proof import Mask, is_proven, needs, proven_of
from freshdesk_core.volumes.windows import DAY, HOUR, Grid, Times, Window, grid, is_cut

FINISHED_DAYS = 30  # so long after its creation a ticket still counts as young
AGES = (HOUR, DAY, 3 * DAY, 7 * DAY, 14 * DAY, 30 * DAY)  # upper bounds, in seconds
T, C = schema.tickets.c, schema.conversations.c


def cohorts(
    store: Store, window: Window, interval: str = "1w", filters: Filters = EVERYTHING
) -> pd.DataFrame:
    """How many contacts the new tickets of each interval have brought so far.

    Args:
        store: The store.
        window: When the tickets were created, and in which zone.
        interval: One of ``INTERVALS``.
        filters: By integration, group and source; the others are ignored.

    Returns:
        One row per interval: ``interval_start``, ``is_whole`` (bool: the window holds all of it),
        ``new_tickets`` (Int64: contacts of kind Tickets), ``replies`` (Int64: replies to the tickets
        created then, whoever opened them, until the replies' proven end), ``contacts_per_ticket`` (Float64,
        both over ``new_tickets``), ``is_finished`` (bool: replies are proven until 30 days after its end).
        <NA>: not proven, or nothing to divide by. The replies of all intervals that there ever were are all
        replies.

    Raises:
        ConfigError: ``no-such-integration``, ``bad-interval``.
    """
    slots = grid(window, interval)
    with store.read() as connection:
        chosen = catalogue(connection, replace(filters, kinds=(), queue_ids=(), without_unknown=False))
        new = _new_tickets(connection, chosen, slots)
        end = (proven_of(chosen.accounts).replies or (0, 0))[1]
        replies = [
            _replies_to(connection, chosen, int(start), int(stop), end)
            for start, stop in zip(slots.edges[:-1], slots.edges[1:], strict=True)
        ]
    tickets = is_proven(chosen, needs(chosen, [TICKETS]), slots)
    both = tickets & _followed(chosen, slots)
    followed = np.array(replies, dtype=np.int64)
    ratio = np.full(len(slots), np.nan)
    np.divide(new + followed, new, out=ratio, where=both & (new > 0))
    return pd.DataFrame(
        {
            "interval_start": local_times(slots.labels, window.zone),
            "is_whole": ~is_cut(slots),
            "new_tickets": pd.arrays.IntegerArray(new, ~tickets),
            "replies": pd.arrays.IntegerArray(followed, ~both),
            "contacts_per_ticket": pd.array(ratio, dtype="Float64"),
            "is_finished": (slots.edges[1:] + FINISHED_DAYS * DAY <= end) & both,
        }
    )


@dataclass(frozen=True)
class ReplyAges:
    """How long after their ticket's creation the replies of a window came.

    ``within`` has one count per bound of ``AGES``, each including the ones before; ``replies`` is all of
    them. ``to_window``: to tickets created in the window; ``to_older``: to tickets from before.
    """

    replies: int
    within: tuple[int, ...]
    to_window: int
    to_older: int

    def shares(self) -> list[float]:
        """The part of the replies within each bound, 0 to 1; empty without any."""
        return [count / self.replies for count in self.within] if self.replies else []


def reply_ages(store: Store, window: Window, filters: Filters = EVERYTHING) -> ReplyAges | None:
    """Say how old tickets are when the replies of a window come; None where these are not all proven.

    Args:
        store: The store.
        window: When the replies came.
        filters: By integration, group and source; the others are ignored.

    Raises:
        ConfigError: ``no-such-integration``.
    """
    whole = Grid(window, "", np.array([window.start, window.end]), np.array([window.start]))
    with store.read() as connection:
        chosen = catalogue(connection, replace(filters, kinds=(), queue_ids=(), without_unknown=False))
        if window.is_empty or not is_proven(chosen, needs(chosen, [REPLIES]), whole)[0]:
            return None
        age = C.created_at - T.created_at
        counts = [func.count().filter(age < bound) for bound in AGES]
        query = _replies(connection, chosen, [*counts, func.count().filter(T.created_at >= window.start)])
        query = query.add_columns(func.count()).where(C.created_at >= window.start, C.created_at < window.end)
        *within, to_window, replies = connection.execute(query).one()
    return ReplyAges(replies, tuple(within), to_window, replies - to_window)


def _replies(connection: Connection, chosen: Catalogue, columns: Sequence[Any]) -> Select[Any]:
    """Columns over the counted replies of some accounts, joined with their tickets."""
    joined = schema.conversations.join(
        schema.tickets, and_(T.integration_id == C.integration_id, T.ticket_id == C.ticket_id)
    )
    left = behind.left_by_filters(connection, chosen, "contacts", behind.REPLIES)
    query: Select[Any] = select(*columns).select_from(joined)
    return query.where(C.integration_id.in_(chosen.ids), C.result == COUNTED, left)


def _replies_to(connection: Connection, chosen: Catalogue, start: int, stop: int, end: int) -> int:
    """How many replies came until *end* to the tickets created in [start, stop)."""
    query = _replies(connection, chosen, [func.count()]).where(
        # Said of the tickets, too: else SQLite goes through the replies to find them.
        T.integration_id.in_(chosen.ids),
        T.created_at >= start,
        T.created_at < stop,
        C.created_at < end,
    )
    return int(connection.execute(query).scalar_one())


def _new_tickets(connection: Connection, chosen: Catalogue, slots: Grid) -> Times:
    lines = [line for line in chosen.series(connection, "contacts") if line.kind == TICKETS]
    found = cells.read(connection, [line.series_id for line in lines], slots.window)
    counts: Times = cells.add_up(found, [0] * len(lines), 1, slots)[0]
    return counts


def _followed(chosen: Catalogue, slots: Grid) -> Mask:
    """Replies are proven from the beginning of each interval on, up to something after it."""
    span = proven_of(chosen.accounts).replies
    if span is None:
        return np.zeros(len(slots), dtype=np.bool_)
    return np.asarray((slots.edges[:-1] >= span[0]) & (slots.edges[1:] <= span[1]), dtype=np.bool_)
