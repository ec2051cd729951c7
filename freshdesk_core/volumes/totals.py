"""Freshdesk's own ticket totals: what is known of them, and what was found to differ.

A total is one figure per UTC day, from another endpoint than the import. Where a day has *rows*, its
tickets are known by group, source and quarter hour as well. A stale total counts as not yet taken.
Nothing here is ever derived from our own tickets.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sqlalchemy import Connection, select

from freshdesk_core.store import Store, schema
from freshdesk_core.volumes import cells
from freshdesk_core.volumes.catalogue import Catalogue, Series, catalogue
from freshdesk_core.volumes.cells import Counts
from freshdesk_core.volumes.filters import EVERYTHING, Filters
from freshdesk_core.volumes.offered import local_times
from freshdesk_core.volumes.proof import Mask
from freshdesk_core.volumes.windows import DAY, Grid, Window, grid


@dataclass(frozen=True, slots=True)
class Total:
    """Freshdesk's total of one account's UTC day."""

    total: int
    taken_at: int
    has_rows: bool
    has_labels: bool  # and no ticket of the day moved group or source since


@dataclass(frozen=True, slots=True)
class Difference:
    """A ticket that only one side has."""

    ticket_id: int
    side: str  # "never_imported" or "unexplained"
    created_at: int
    line: Series  # its group and source, as a line of the identity


Totals = dict[tuple[int, int], Total]  # by integration and UTC day; without the stale ones


def read_totals(connection: Connection, chosen: Catalogue, window: Window) -> Totals:
    """The totals of the UTC days that a window touches."""
    table = schema.freshdesk_totals
    query = select(table).where(
        table.c.integration_id.in_(chosen.ids),
        table.c.day.between(window.start // DAY, (window.end - 1) // DAY),
        table.c.is_stale.is_(False),
    )
    return {
        (row.integration_id, row.day): Total(
            row.total, row.taken_at, bool(row.has_rows), bool(row.has_rows and not row.is_relabelled)
        )
        for row in connection.execute(query)
    }


def read_differences(
    connection: Connection, chosen: Catalogue, totals: Totals, window: Window
) -> list[Difference]:
    """The tickets inside a window that only one side has, where the rows of their day were read."""
    table = schema.total_differences
    query = (
        select(table)
        .where(
            table.c.integration_id.in_(chosen.ids),
            table.c.side != "restored",  # both sides have it; the next audit reads it again
            table.c.created_at >= window.start,
            table.c.created_at < window.end,
        )
        .order_by(table.c.integration_id, table.c.ticket_id)
    )
    found: list[Difference] = []
    for row in connection.execute(query):
        total = totals.get((row.integration_id, row.day))
        line = Series(0, row.integration_id, "freshdesk", "", row.group_id, row.source, False, "", "")
        if total is not None and total.has_rows and chosen.leaves(line):
            found.append(Difference(row.ticket_id, row.side, row.created_at, line))
    return found


@dataclass(frozen=True, eq=False)
class FreshdeskTickets:
    """Freshdesk's tickets per account, label and interval (``counts``), and per account and interval
    whether they are known (``known``)."""

    counts: Counts
    known: Mask


@dataclass(frozen=True, eq=False)
class FreshdeskSide:
    """What a window's totals and their rows say, read once."""

    totals: Totals
    lines: list[Series]
    cells: cells.Cells


def read_side(connection: Connection, chosen: Catalogue, window: Window) -> FreshdeskSide:
    """Read Freshdesk's side of a window."""
    totals = read_totals(connection, chosen, window)
    lines = chosen.series(connection, "freshdesk")
    # Totals reach back a few months, windows may reach back years.
    days = [day for (_integration, day), total in totals.items() if total.has_rows]
    part = Window(min(days) * DAY, (max(days) + 1) * DAY, "UTC") if days else Window(0, 0, "UTC")
    return FreshdeskSide(totals, lines, cells.read(connection, [line.series_id for line in lines], part))


def freshdesk_tickets(
    chosen: Catalogue,
    side: FreshdeskSide,
    slots: Grid,
    label: Callable[[Series], str] | None = None,
    labels: tuple[str, ...] = ("",),
) -> FreshdeskTickets:
    """Count Freshdesk's tickets per interval.

    An interval that holds a UTC day whole needs that day's total; one that holds a part of it, and any
    answer by *label* or under filters, needs the day's rows.
    """
    lines, found = side.lines, side.cells
    account = {integration_id: n for n, integration_id in enumerate(chosen.ids)}
    of_line = np.array([account[line.integration_id] for line in lines], dtype=np.int64)
    known, from_total, use_rows = _sort_days(chosen, side.totals, slots, by_rows=label is not None)
    owner = of_line[found.line] if len(found.line) else found.line
    first_day = int(slots.window.start // DAY)
    keep = use_rows[owner, found.day - first_day] if len(found.line) else np.zeros(0, dtype=np.bool_)
    found = cells.Cells(found.line[keep], found.day[keep], found.counts[keep])
    place = {text: n for n, text in enumerate(labels)}
    bucket = [
        account[line.integration_id] * len(labels) + place[label(line) if label else ""] for line in lines
    ]
    counts = cells.add_up(found, bucket, len(account) * len(labels), slots)
    counts = counts.reshape(len(account), len(labels), len(slots))
    if label is None:
        counts[:, 0, :] += from_total
    return FreshdeskTickets(counts, known)


def of_all(known: Mask) -> Mask:
    """Per interval: known for every account, of which there is at least one."""
    return np.asarray(known.all(axis=0) & bool(len(known)), dtype=np.bool_)


def _sort_days(chosen: Catalogue, totals: Totals, slots: Grid, *, by_rows: bool) -> tuple[Mask, Counts, Mask]:
    """Which intervals are known, what they get from totals, and which days are to be read by rows."""
    first_day, end_day = slots.window.start // DAY, -(-slots.window.end // DAY)
    days = np.arange(first_day, end_day) * DAY
    low = np.searchsorted(slots.edges, days, side="right") - 1
    high = np.searchsorted(slots.edges, days + DAY - 1, side="right") - 1
    is_whole = (low == high) & (low >= 0) & (high < len(slots))
    known = np.ones((len(chosen.ids), len(slots)), dtype=np.bool_)
    from_total = np.zeros((len(chosen.ids), len(slots)), dtype=np.int64)
    use_rows = np.zeros((len(chosen.ids), len(days)), dtype=np.bool_)
    for a, integration_id in enumerate(chosen.ids):
        for d in range(len(days)):
            total = totals.get((integration_id, int(first_day + d)))
            if total and is_whole[d] and not by_rows and not chosen.is_restricted:
                from_total[a, low[d]] += total.total
            elif total and (total.has_labels if by_rows or chosen.is_restricted else total.has_rows):
                use_rows[a, d] = True
            else:
                known[a, max(low[d], 0) : high[d] + 1] = False
    return known, from_total, use_rows


def ticket_totals(
    store: Store, window: Window, interval: str = "1d", filters: Filters = EVERYTHING
) -> pd.DataFrame:
    """Freshdesk's own number of tickets per interval, to draw beside the contacts.

    Returns:
        One row per interval: ``interval_start``, ``freshdesk_tickets`` (Int64; <NA>: not yet compared).

    Raises:
        ConfigError: ``no-such-integration``, ``bad-interval``.
    """
    slots = grid(window, interval)
    with store.read() as connection:
        chosen = catalogue(connection, filters)
        side = read_side(connection, chosen, window)
    found = freshdesk_tickets(chosen, side, slots)
    known = of_all(found.known)
    return pd.DataFrame(
        {
            "interval_start": local_times(slots.labels, window.zone),
            "freshdesk_tickets": pd.arrays.IntegerArray(found.counts.sum(axis=(0, 1)), ~known),
        }
    )
