"""Keeps the summary that figures are read from: per series and UTC day, 96 quarter-hour counts.

A *series* is a queue or a line of the identity (see schema.py). The importer hands in what came and
what moved; the counts are written in its own transaction. The summary can be rebuilt from the raw
rows at any time (``volumes.rebuild``), and a test proves the two equal.
"""

from array import array
from collections import OrderedDict
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, insert, select

from freshdesk_core.errors import DataError
from freshdesk_core.store.counts import QUARTERS, decode, encode
from freshdesk_core.store.schema import series, volumes
from freshdesk_core.store.upserts import upsert

QUARTER = 900
DAY = 86400
CACHED_CELLS = 20_000  # 8 MB; keeps an import from reading back what it has just written
KEYS_PER_QUERY = 300

# Built once: to build a statement takes longer than to run it. Not by pairs of series and day: for these
# SQLite reads the whole table.
_CELLS = select(volumes.c.series_id, volumes.c.day, volumes.c.counts).where(
    volumes.c.series_id.in_(bindparam("series", expanding=True)),
    volumes.c.day.in_(bindparam("days", expanding=True)),
)


class SeriesKey(NamedTuple):
    """What a line of figures speaks of, within one integration. ``group_id`` 0: no group."""

    measure: str
    kind: str = ""
    group_id: int = 0
    source: int = 0
    is_unknown: bool = False
    fate: str = ""
    result: str = ""


def contacts_key(kind: str, group_id: int | None, source: int, *, is_unknown: bool) -> SeriesKey:
    """Where a counted contact stands."""
    return SeriesKey("contacts", kind, group_id or 0, source, is_unknown)


def tickets_key(group_id: int | None, source: int, fate: str, result: str) -> SeriesKey:
    """Where a ticket stands in the identity."""
    return SeriesKey("tickets", "", group_id or 0, source, False, fate, result)


def freshdesk_key(group_id: int | None, source: int) -> SeriesKey:
    """Where a ticket stands that Freshdesk's search names."""
    return SeriesKey("freshdesk", "", group_id or 0, source)


class Cells:
    """The summary of one integration, for the one process that imports it.

    ``add`` collects; ``flush`` writes inside the caller's transaction. After a rollback the object
    must be thrown away: what it remembers is no longer true.

    Args:
        integration_id: Whose summary it is.
        remembered: How many cells are kept in memory after they were written.
    """

    def __init__(self, integration_id: int, remembered: int = CACHED_CELLS) -> None:
        self._integration_id, self._remembered = integration_id, remembered
        self._ids: dict[SeriesKey, int] | None = None
        self._unread: set[int] = set()  # series made here whose cells are all remembered: none to read back
        self._pending: dict[SeriesKey, dict[int, int]] = {}  # quarter hour since 1970 → change
        self._cells: OrderedDict[tuple[int, int], array[int]] = OrderedDict()

    def add(self, key: SeriesKey, at: int, change: int = 1) -> None:
        """Count *change* more at an epoch second."""
        quarters = self._pending.setdefault(key, {})
        quarter = at // QUARTER
        quarters[quarter] = quarters.get(quarter, 0) + change

    def move(self, old: SeriesKey, new: SeriesKey, at: int) -> None:
        """Take one count from a series to another."""
        if old != new:
            self.add(old, at, -1)
            self.add(new, at, 1)

    def clear_day(self, connection: Connection, measure: str, day: int) -> None:
        """Forget all counts of a measure on a UTC day, before they are counted anew."""
        ids = [self._series_id(connection, key) for key in self._known(connection) if key.measure == measure]
        connection.execute(delete(volumes).where(volumes.c.series_id.in_(ids), volumes.c.day == day))
        for id_ in ids:
            self._cells.pop((id_, day), None)

    def flush(self, connection: Connection) -> None:
        """Write what was collected.

        Raises:
            DataError: A count would fall below 0.
        """
        changes = self._changes(connection)
        self._load(connection, [cell for cell in changes if cell not in self._cells])
        rows: list[dict[str, object]] = []
        for cell, slots in changes.items():
            counts = self._cells[cell]
            self._cells.move_to_end(cell)
            for slot, change in slots:
                if (count := counts[slot] + change) < 0:
                    raise DataError("negative-count", series=cell[0], day=cell[1])
                counts[slot] = count
            rows.append({"series_id": cell[0], "day": cell[1], "counts": encode(counts)})
        upsert(connection, volumes, rows)
        self._pending = {}
        while len(self._cells) > self._remembered:
            (id_, _day), _counts = self._cells.popitem(last=False)
            self._unread.discard(id_)

    def _changes(self, connection: Connection) -> dict[tuple[int, int], list[tuple[int, int]]]:
        """The pending changes by cell, those that cancel out left away."""
        changes: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for key, quarters in self._pending.items():
            lasting = [(quarter, change) for quarter, change in quarters.items() if change]
            id_ = self._series_id(connection, key) if lasting else 0
            for quarter, change in lasting:
                day, slot = divmod(quarter, QUARTERS)
                changes.setdefault((id_, day), []).append((slot, change))
        return changes

    def _series_id(self, connection: Connection, key: SeriesKey) -> int:
        ids = self._known(connection)
        if key not in ids:
            ids[key] = connection.execute(
                insert(series)
                .values(integration_id=self._integration_id, **key._asdict())
                .returning(series.c.series_id)
            ).scalar_one()
            self._unread.add(ids[key])
        return ids[key]

    def _known(self, connection: Connection) -> dict[SeriesKey, int]:
        if self._ids is None:
            columns = [series.c[name] for name in SeriesKey._fields]
            rows = connection.execute(
                select(series.c.series_id, *columns).where(series.c.integration_id == self._integration_id)
            )
            self._ids = {SeriesKey(*row[1:]): row[0] for row in rows}
        return self._ids

    def _load(self, connection: Connection, missing: list[tuple[int, int]]) -> None:
        kept = sorted(cell for cell in missing if cell[0] not in self._unread)
        for start in range(0, len(kept), KEYS_PER_QUERY):
            some = set(kept[start : start + KEYS_PER_QUERY])
            places = {"series": {cell[0] for cell in some}, "days": {cell[1] for cell in some}}
            for series_id, day, counts in connection.execute(_CELLS, places):
                if (series_id, day) in some:
                    self._cells[series_id, day] = decode(counts)
        for cell in missing:
            if cell not in self._cells:
                self._cells[cell] = array("I", bytes(4 * QUARTERS))
