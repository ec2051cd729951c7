"""What the store makes sure of: on the disk before the answer, kept for so long, no more than so much."""

import sqlite3

import pytest
from sqlalchemy import Engine, event, func, select

from freshdesk_core.access import COMMAND_LINE
from freshdesk_core.errors import ConfigError
from freshdesk_core.events import activity, recording
from freshdesk_core.events.intake import Item
from freshdesk_core.events.parsing import Event
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, engine
from freshdesk_core.store.event_schema import dead_letters, events
from tests.events.endpoint import Endpoint, wait_for

DAY = 86_400
NOW = 1_790_000_000


def _event(desk: int, ticket_id: int) -> Item:
    return Item(desk, Event("ticket", ticket_id, 0, ticket_id))


def _letter(desk: int, shape: str) -> Item:
    return Item(desk, None, "event-unknown", shape)


def _store(store: Store, now: int, *items: Item) -> None:
    with store.write() as connection:
        recording.store(connection, items, now)


def test_an_event_is_written_so_that_it_outlives_a_power_cut(store: Store) -> None:
    """Also where the database's server was told not to wait for its disk, as the tests' one is."""
    durable = engine.Durable(store)
    with durable.write() as connection:
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2  # FULL
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        else:
            assert connection.exec_driver_sql("SHOW synchronous_commit").scalar_one() == "on"
    durable.close()


def test_events_are_kept_for_7_days_and_dead_letters_for_30(store: Store, desk: int) -> None:
    for age in (31, 29, 8, 6, 0):
        at = NOW - age * DAY
        _store(store, at, _event(desk, 100 + age), _letter(desk, f'"{age}"'))
    with store.write() as connection:
        recording.sweep(connection, NOW)
        kept = connection.execute(select(events.c.ticket_id).order_by(events.c.ticket_id)).scalars().all()
    assert kept == [100, 106]
    assert {one.shape for one in activity.dead_letters(store, desk)} == {'"29"', '"8"', '"6"', '"0"'}


@pytest.mark.sqlite
def test_a_stolen_key_cannot_fill_the_disk_with_shapes(
    store: Store, desk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond 1,000 shapes (here 50) the rest is counted under one."""
    monkeypatch.setattr(recording, "MOST_SHAPES", 50)
    _store(store, NOW, *[_letter(desk, f'"{number}"') for number in range(120)])
    with store.read() as connection:
        rows, times = connection.execute(
            select(func.count(), func.sum(dead_letters.c.times)).select_from(dead_letters)
        ).one()
    assert (rows, times) == (51, 120)


def test_equal_dead_letters_share_a_row_and_come_back_after_a_retry(store: Store, desk: int) -> None:
    for at in (NOW, NOW + 60):
        _store(store, at, _letter(desk, '"x"'), _letter(desk, '"x"'))
    (letter,) = activity.dead_letters(store, desk)
    assert (letter.times, letter.first_at, letter.last_at) == (4, NOW, NOW + 60)
    activity.retry(COMMAND_LINE, store, desk, letter.dead_letter_id, now=NOW + 70)
    assert activity.dead_letters(store, desk)[0].retried_at == NOW + 70
    _store(store, NOW + 80, _letter(desk, '"x"'))
    assert activity.dead_letters(store, desk)[0].retried_at is None
    with pytest.raises(ConfigError) as refused:
        activity.retry(COMMAND_LINE, store, desk, 999)
    assert refused.value.error_code == "no-such-dead-letter"


@pytest.mark.sqlite
def test_an_event_that_cannot_be_written_is_not_acknowledged(
    store: Store, settings: Settings, desk: int, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While somebody keeps the store locked senders are told to come again; then all is well."""
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.05)
    with Endpoint(settings) as endpoint:
        assert endpoint.send({"ticket_id": 1}, key).status == 202
        with store.write():
            answer = endpoint.send({"ticket_id": 2}, key)
        assert (answer.status, answer.told["code"]) == (503, "event-not-kept")
        assert int(answer.headers["retry-after"]) > 0
        wait_for(lambda: endpoint.send({"ticket_id": 3}, key).status == 202)
    with store.read() as connection:
        assert set(connection.execute(select(events.c.ticket_id)).scalars()) == {1, 3}


@pytest.mark.sqlite
def test_on_a_full_disk_no_acknowledged_event_is_lost(
    store: Store, settings: Settings, desk: int, key: str
) -> None:
    """SQLite's file may grow by so many pages and no more; then senders are told to come again."""
    with store.read() as connection:
        most = connection.exec_driver_sql("PRAGMA page_count").scalar_one() + 2

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count={most}")

    event.listen(Engine, "connect", limit)
    try:
        with Endpoint(settings) as endpoint:
            answers = {}
            for ticket_id in range(1, 2_000):
                answers[ticket_id] = endpoint.send({"ticket_id": ticket_id}, key)
                if answers[ticket_id].status != 202:
                    break
        refused = answers.pop(ticket_id)
        assert (refused.status, refused.told["code"]) == (503, "event-not-kept")
    finally:
        event.remove(Engine, "connect", limit)
    assert len(answers) > 5
    with Endpoint(settings) as endpoint:
        assert endpoint.send({"ticket_id": ticket_id}, key).status == 202
    with store.read() as connection:
        kept = set(connection.execute(select(events.c.ticket_id)).scalars())
    assert kept == {*answers, ticket_id}
