"""Reads the summary (96 counts per series and UTC day) and adds it up over any intervals."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, select

from freshdesk_core.store import schema
from freshdesk_core.store.counts import QUARTERS
from freshdesk_core.volumes.windows import DAY, QUARTER, Grid, Window

SERIES_PER_QUERY = 5000

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Cells:
    """Rows of the summary.

    ``line`` is each row's place in the list of series that was asked for, ``day`` its UTC day,
    ``counts`` its 96 quarter hours (shape rows × 96).
    """

    line: Counts
    day: Counts
    counts: npt.NDArray[np.uint8 | np.uint32]


def read(connection: Connection, series_ids: Sequence[int], window: Window) -> Cells:
    """Read the days of a window, for some series; one query."""
    found: list[tuple[int, int, bytes]] = []
    if not window.is_empty:
        for start in range(0, len(series_ids), SERIES_PER_QUERY):
            found += _rows(connection, series_ids[start : start + SERIES_PER_QUERY], window)
    order = np.argsort(np.array(series_ids, dtype=np.int64))
    ids = np.fromiter((row[0] for row in found), np.int64, len(found))
    return Cells(
        order[np.searchsorted(np.array(series_ids, dtype=np.int64), ids, sorter=order)],
        np.fromiter((row[1] for row in found), np.int64, len(found)),
        unpack([row[2] for row in found]),
    )


def unpack(rows: Sequence[bytes]) -> npt.NDArray[np.uint8 | np.uint32]:
    """Unpack many days, shape days × 96. Sum with a wider type: where all are narrow, bytes come back."""
    joined = b"".join(rows)
    if len(joined) == QUARTERS * len(rows):
        return np.frombuffer(joined, dtype=np.uint8).reshape(-1, QUARTERS)
    counts = np.empty((len(rows), QUARTERS), dtype=np.uint32)
    is_narrow = np.fromiter((len(row) == QUARTERS for row in rows), np.bool_, len(rows))
    for some, kind in ((is_narrow, "u1"), (~is_narrow, "<u4")):
        chosen = b"".join(compress(rows, some.tolist()))
        counts[some] = np.frombuffer(chosen, dtype=kind).reshape(-1, QUARTERS)
    return counts


def add_up(cells: Cells, bucket: Sequence[int] | Counts, buckets: int, grid: Grid) -> Counts:
    """Add the rows up per bucket and interval.

    Args:
        cells: The rows.
        bucket: For each series asked for, the bucket its counts go into.
        buckets: How many there are.
        grid: The intervals; quarter hours outside are left away.

    Returns:
        Contacts per bucket and interval, shape buckets × intervals.
    """
    width = len(grid)
    if not len(cells.line) or not width:
        return np.zeros((buckets, width), dtype=np.int64)
    cuts, interval = _cuts(grid)
    first = np.searchsorted(cuts, cells.day * QUARTERS)
    pieces = np.searchsorted(cuts, (cells.day + 1) * QUARTERS) - first
    row = np.repeat(np.arange(len(pieces)), pieces)
    within = np.arange(len(row)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    cut = first[row] + within
    starts = row * QUARTERS + cuts[cut] - cells.day[row] * QUARTERS
    sums = np.add.reduceat(cells.counts.reshape(-1), starts, dtype=np.int64)
    target = np.asarray(bucket, dtype=np.int64)[cells.line[row]] * (width + 1) + interval[cut]
    # Floats hold whole numbers exactly up to 2**53, more than there are contacts.
    totals = np.bincount(target, weights=sums, minlength=buckets * (width + 1))
    return totals.reshape(buckets, width + 1)[:, :width].astype(np.int64)


def _cuts(grid: Grid) -> tuple[Counts, Counts]:
    """Where, in quarter hours since 1970, a new piece begins, and into which interval it goes.

    A piece lies in one UTC day and one interval. What lies outside the window goes into the one
    behind the last.
    """
    edges = grid.edges // QUARTER
    days = np.arange(edges[0] // QUARTERS, -(-edges[-1] // QUARTERS)) * QUARTERS
    cuts = np.union1d(edges, days)
    interval = np.searchsorted(edges, cuts, side="right") - 1
    interval[(interval < 0) | (interval >= len(grid))] = len(grid)
    return cuts, interval


def _rows(connection: Connection, ids: Sequence[int], window: Window) -> list[tuple[int, int, bytes]]:
    table = schema.volumes
    query = select(table.c.series_id, table.c.day, table.c.counts).where(
        table.c.series_id.in_(ids),
        table.c.day.between(window.start // DAY, (window.end - 1) // DAY),
    )
    # The driver's own rows: SQLAlchemy's cost as much again, and there are a hundred thousand.
    cursor = connection.execute(query).cursor
    return list(cursor.fetchall()) if cursor is not None else []
