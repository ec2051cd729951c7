"""The summary keeps every count, whatever it remembers and whoever wrote before."""

from collections import Counter

import pytest
from sqlalchemy import insert, select

from freshdesk_core.errors import DataError
from freshdesk_core.store import Store, schema
from freshdesk_core.store.cells import DAY, QUARTER, Cells, contacts_key
from freshdesk_core.store.counts import decode

EMAIL, CHAT = (contacts_key("Tickets", 11, source, is_unknown=False) for source in (1, 7))
NOON = 20_000 * DAY + DAY // 2


@pytest.fixture
def store(store: Store) -> Store:
    with store.write() as connection:
        values = dict.fromkeys(("name", "name_key", "domain", "key_sealed", "key_hint", "time_zone"), "")
        connection.execute(insert(schema.integrations).values(integration_id=1, created_at=0, **values))
    return store


def kept(store: Store) -> Counter[tuple[int, int]]:
    """The counts by source and quarter hour since 1970."""
    table = schema.volumes.join(schema.series)
    counts: Counter[tuple[int, int]] = Counter()
    with store.read() as connection:
        for source, day, data in connection.execute(
            select(schema.series.c.source, schema.volumes.c.day, schema.volumes.c.counts).select_from(table)
        ):
            for slot, count in enumerate(decode(data)):
                counts[source, day * 96 + slot] += count
    return +counts


@pytest.mark.parametrize("remembered", [0, 1, 3, 1000])
def test_counts_add_up_whatever_is_remembered(store: Store, remembered: int) -> None:
    """Cells that fell out of memory are read back; those of new series that did not, need not be."""
    expected: Counter[tuple[int, int]] = Counter()
    cells = Cells(1, remembered)
    for step in range(12):
        with store.write() as connection:
            for n in range(step % 4 + 1):
                key, at = (EMAIL, CHAT)[n % 2], NOON + (step * n % 5) * DAY + n * QUARTER
                cells.add(key, at)
                expected[key.source, at // QUARTER] += 1
            cells.flush(connection)
    assert kept(store) == expected


def test_another_import_goes_on_where_the_last_ended(store: Store) -> None:
    for _ in range(2):
        cells = Cells(1)
        cells.add(EMAIL, NOON)
        with store.write() as connection:
            cells.flush(connection)
    assert kept(store) == {(1, NOON // QUARTER): 2}


def test_what_cancels_out_makes_no_series(store: Store) -> None:
    cells = Cells(1)
    cells.add(EMAIL, NOON)
    cells.move(EMAIL, CHAT, NOON)
    cells.move(CHAT, EMAIL, NOON)
    with store.write() as connection:
        cells.flush(connection)
        assert [row.source for row in connection.execute(select(schema.series))] == [1]
    assert kept(store) == {(1, NOON // QUARTER): 1}


def test_a_day_is_counted_anew(store: Store) -> None:
    cells = Cells(1)
    for _ in range(2):
        with store.write() as connection:
            cells.clear_day(connection, "contacts", NOON // DAY)
            cells.add(EMAIL, NOON)
            cells.flush(connection)
    assert kept(store) == {(1, NOON // QUARTER): 1}


def test_no_count_falls_below_nothing(store: Store) -> None:
    cells = Cells(1)
    cells.add(EMAIL, NOON, -1)
    with pytest.raises(DataError), store.write() as connection:
        cells.flush(connection)
