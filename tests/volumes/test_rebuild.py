"""The summary can be made anew from the raw rows, and a wrong one is found."""

from sqlalchemy import delete, select, update

from freshdesk_core.store import schema
from freshdesk_core.store.cells import SeriesKey
from freshdesk_core.volumes import differing, rebuild
from tests.volumes.account import DAY, Account, at


def furnished(store) -> Account:
    account = Account(store)
    first = account.ticket("2026-03-02T09:00")
    account.reply(first, "2026-03-03T09:00")
    account.ticket("2026-03-02T09:05", spam=True)
    return account.settle()


def test_a_summary_made_from_the_rows_equals_them(store):
    furnished(store)

    with store.read() as connection:
        assert differing(connection, 1) == []


def test_a_cell_that_is_wrong_or_gone_is_named_and_mended(store):
    furnished(store)
    with store.write() as connection:
        replies = connection.execute(
            select(schema.series.c.series_id).where(schema.series.c.kind == "Replies")
        ).scalar_one()
        connection.execute(delete(schema.volumes).where(schema.volumes.c.series_id == replies))

    with store.read() as connection:
        assert differing(connection, 1) == [
            (SeriesKey("contacts", "Replies", 11, 1), at("2026-03-03") // DAY)
        ]
    with store.write() as connection:
        rebuild(connection, 1)
        assert differing(connection, 1) == []


def test_what_moved_since_is_found(store):
    furnished(store)
    with store.write() as connection:
        connection.execute(update(schema.tickets).values(group_id=12))

        assert {key.group_id for key, _day in differing(connection, 1)} == {11, 12}


def test_freshdesks_own_rows_are_left_alone(store):
    account = furnished(store)
    account.total_rows("2026-03-02", [("2026-03-02T09:00", 11, 1)])

    with store.write() as connection:
        rebuild(connection, 1)
        kept = connection.execute(
            select(schema.volumes.c.counts)
            .join(schema.series, schema.series.c.series_id == schema.volumes.c.series_id)
            .where(schema.series.c.measure == "freshdesk")
        ).all()

    assert len(kept) == 1
