"""The endpoint over real HTTP: who may send, what is taken, what is kept of it."""

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from freshdesk_core import health
from freshdesk_core.access import COMMAND_LINE
from freshdesk_core.events import activity, key_text, keys, sending
from freshdesk_core.events.parsing import event_of
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, schema
from freshdesk_core.store.event_schema import AGAIN, dead_letters, event_keys, events
from tests.events.conftest import add
from tests.events.endpoint import Endpoint, wait_for
from tests.importing.inflow import epoch

ACCEPTED = (202, {"status": "accepted"})
SAID = {"code", "message", "next_step"}
TICKET = {
    "event": "onTicketUpdate",
    "account_id": "1840000",
    "domain": "acme.freshdesk.com",
    "timestamp": 1795166400.21,
    "data": {
        "actor": {"id": 43000111222, "type": "agent", "name": "Kanari Vogel"},
        "ticket": {
            "id": 48211,
            "model_id": 43055500011,
            "subject": "Kanari-Betreff",
            "requester": {"email": "kanari@example.org"},
            "updated_at": "2026-11-20T09:20:00Z",
        },
        "changes": {"deleted": [False, True]},
    },
}
PURGED = {"event": "onTicketDelete", "data": {"actor": {"id": 1}, "ticket": {"model_id": 43055500011}}}
REPLY = {
    "event": "onConversationCreate",
    "data": {
        "conversation": {
            "id": 43077712345,
            "ticket_id": 48211,
            "incoming": True,
            "body": "Kanari-Text",
            "created_at": "2026-11-09T12:00:05Z",
        }
    },
}
REPLY_GONE = {"event": "onConversationDelete", "data": {"conversation": {"id": 43077712345}}}


def _rows(store: Store, table: Any) -> list[dict[str, Any]]:
    with store.read() as connection:
        found = connection.execute(select(table).order_by(*table.primary_key)).mappings()
        return [dict(row) for row in found]


def _changed(key: str, place: int) -> str:
    return key[:place] + ("A" if key[place] != "A" else "B") + key[place + 1 :]


@pytest.mark.sqlite
@pytest.mark.parametrize("tries", [500, pytest.param(10_000, marks=pytest.mark.nightly)])
def test_only_a_good_key_is_let_in(store: Store, settings: Settings, desk: int, key: str, tries: int) -> None:
    """Wrong ones of seven kinds get one and the same answer; 100 right ones between them are taken."""
    revoked = keys.generate(COMMAND_LINE, store, add(store, settings, "Other"))
    other_desk = add(store, settings, "Third")
    keys.revoke(COMMAND_LINE, store, other_desk - 1, revoked.key_id)
    start = _changed(key, 20)[:-6]
    wrong: list[str | None] = [
        None,
        "",
        key[:-1],
        _changed(key, 30),
        start + key_text._checksum(start),  # well-formed, with the right prefix
        key_text.make(),
        revoked.text,
    ]
    told = set()
    with Endpoint(settings) as endpoint:
        for number in range(tries):
            answer = endpoint.send({"ticket_id": 1}, wrong[number % len(wrong)])
            assert answer.status == 401
            assert answer.headers["www-authenticate"] == "Bearer"
            told.add(str(answer.told))
            if number % (tries // 100) == 0:
                assert endpoint.send({"ticket_id": 1_000 + number}, key)[:2] == ACCEPTED
        assert endpoint.send({"ticket_id": 7}, X_Inflow_Key=key)[:2] == ACCEPTED
        assert endpoint.send({"ticket_id": 8}, Authorization=f"bearer  {key} ")[:2] == ACCEPTED
        assert endpoint.send({"ticket_id": 9}, Authorization=f"Basic {key}").status == 401
    assert len(told) == 1
    assert set(answer.told) == SAID
    assert len(_rows(store, events)) == 102
    (refusal,) = activity.refusals(store)
    assert (refusal.reason, refusal.times) == ("event-key-unknown", tries + 1)


@pytest.mark.sqlite
def test_keys_are_exchanged_without_losing_an_event(
    store: Store, desk: int, key: str, endpoint: Endpoint
) -> None:
    """1,000 events while one key replaces the other: none is refused until the old one is ended."""
    before = int(time.time())
    present = [key]

    def send(number: int) -> tuple[object, ...]:
        if number == 300:
            present.append(keys.generate(COMMAND_LINE, store, desk).text)
        return endpoint.send({"ticket_id": number}, present[number % len(present)])[:2]

    with ThreadPoolExecutor(8) as senders:
        assert set(map(str, senders.map(send, range(1, 1_001)))) == {str(ACCEPTED)}
    first, second = reversed(keys.of(store, desk))
    keys.revoke(COMMAND_LINE, store, desk, first.key_id)
    wait_for(lambda: endpoint.send({"ticket_id": 1}, present[0]).status == 401)
    assert endpoint.send({"ticket_id": 2}, present[1])[:2] == ACCEPTED
    wait_for(lambda: keys.of(store, desk)[0].last_used_at is not None)
    for used in keys.of(store, desk):
        assert before <= (used.last_used_at or 0) <= int(time.time())
        assert used.last_address == "loopback"
    assert second.expires_at is None
    assert {row["ticket_id"] for row in _rows(store, events)} == set(range(1, 1_001))


def test_of_an_event_only_ids_and_times_are_kept(
    store: Store, desk: int, key: str, endpoint: Endpoint, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for event in (TICKET, PURGED, REPLY, REPLY_GONE, {"ticket_id": "48211", "updated_at": "no time"}):
        assert endpoint.send(event, key)[:2] == ACCEPTED
    kept = _rows(store, events)
    names = ("name", "object_id", "object_updated_at", "ticket_id", "applied_at")
    assert [tuple(row[name] for name in names) for row in kept] == [
        ("onTicketUpdate", 48211, epoch("2026-11-20T09:20:00"), 48211, None),
        ("onTicketDelete", 43055500011, 0, None, None),
        ("onConversationCreate", 43077712345, epoch("2026-11-09T12:00:05"), 48211, None),
        ("onConversationDelete", 43077712345, 0, None, None),
        ("ticket", 48211, 0, 48211, None),
    ]
    assert all(abs(row["received_at"] - time.time()) < 600 for row in kept)
    told = str(kept) + "\n".join(record.getMessage() for record in caplog.records)
    assert "anari" not in told
    assert key[9:] not in told


def test_a_repeat_is_known_by_name_object_and_time_of_change(
    store: Store, desk: int, key: str, endpoint: Endpoint
) -> None:
    later = {"ticket": TICKET["data"]["ticket"] | {"updated_at": "2026-11-20T09:20:01Z"}}  # type: ignore[index]
    for event in (TICKET, TICKET, REPLY, TICKET | {"data": later}, TICKET, REPLY):
        assert endpoint.send(event, key)[:2] == ACCEPTED
    assert len(_rows(store, events)) == 3


def test_a_repeat_without_a_time_may_tell_of_another_change(
    store: Store, desk: int, key: str, endpoint: Endpoint
) -> None:
    """It is read again even when its like was done before; one that tells its time is not."""
    hints = [{"ticket_id": 5}, {"ticket_id": 6, "updated_at": "2026-11-20T09:20:00Z"}]
    for event in hints:
        endpoint.send(event, key)
    with store.write() as connection:
        connection.execute(events.update().values(applied_at=1))
    for event in hints:
        endpoint.send(event, key)
    assert {row["ticket_id"]: row["applied_at"] for row in _rows(store, events)} == {5: None, 6: 1}


NOT_UNDERSTOOD: list[tuple[object, str]] = [
    ([1, 2], "event-not-an-object"),
    ("kanari", "event-not-an-object"),
    (None, "event-not-an-object"),
    ({}, "event-without-id"),
    ({"ticket_id": 0}, "event-without-id"),
    ({"ticket_id": -1}, "event-without-id"),
    ({"ticket_id": True}, "event-without-id"),
    ({"ticket_id": 1.5}, "event-without-id"),
    ({"ticket_id": 2**63}, "event-without-id"),
    ({"ticket_id": "kanari"}, "event-without-id"),
    ({"event": "onKanari"}, "event-unknown"),
    ({"event": ["test"]}, "event-unknown"),
    ({"event": "onTicketUpdate"}, "event-without-id"),
    ({"event": "onTicketUpdate", "data": {"ticket": {"id": "kanari"}}}, "event-without-id"),
    ({"event": "onConversationCreate", "data": {"conversation": []}}, "event-without-id"),
]


@pytest.mark.sqlite
def test_an_event_that_is_not_understood_is_set_aside(
    store: Store, desk: int, key: str, endpoint: Endpoint
) -> None:
    for event, reason in NOT_UNDERSTOOD:
        answer = endpoint.send(event, key)
        assert (answer.status, answer.told["code"], set(answer.told)) == (422, reason, SAID), event
    letters = activity.dead_letters(store, desk)
    assert {letter.reason for letter in letters} == {reason for _event, reason in NOT_UNDERSTOOD}
    assert sum(letter.times for letter in letters) == len(NOT_UNDERSTOOD)
    assert {letter.retried_at for letter in letters} == {None}
    assert "anari" not in "".join(letter.shape for letter in letters)
    assert _rows(store, events) == []


def test_poison_harms_no_other_event(store: Store, desk: int, key: str, endpoint: Endpoint) -> None:
    """One in ten is not understood: just those are set aside, by their shape; "try again" reads the lists."""
    poison = [
        {"event": "onTicketUpdate", "data": {"ticket": {"name": "Kanari Vogel", "kanari@example.org": 1}}},
        {"event": "onSomething", "data": [{"text": "Kanari"}]},
    ]
    planted = 0
    for number in range(1, 201):
        if number % 10 == 0:
            assert endpoint.send(poison[planted % 2], key).status == 422
            planted += 1
        else:
            assert endpoint.send({"ticket_id": number}, key)[:2] == ACCEPTED
    assert len(_rows(store, events)) == 200 - planted
    letters = activity.dead_letters(store, desk)
    assert sorted((letter.reason, letter.times) for letter in letters) == [
        ("event-unknown", 10),
        ("event-without-id", 10),
    ]
    assert activity.of(store, desk).dead_letters == planted
    shapes = {letter.shape for letter in letters}
    assert shapes == {
        '{"data": [{"text": "text"}], "event": "text"}',
        '{"data": {"ticket": {"(other)": "number", "name": "text"}}, "event": "text"}',
    }
    assert "Kanari" not in str(_rows(store, dead_letters))

    activity.retry(COMMAND_LINE, store, desk, letters[0].dead_letter_id)
    waiting = [row for row in _rows(store, events) if row["name"] == AGAIN]
    assert [(row["ticket_id"], row["applied_at"]) for row in waiting] == [(None, None)]
    assert activity.dead_letters(store, desk)[0].retried_at is not None
    assert activity.dead_letters(store, desk)[1].retried_at is None


def test_a_test_event_shows_and_counts_nowhere(
    store: Store, settings: Settings, desk: int, key: str, endpoint: Endpoint
) -> None:
    """Sent from the page, as a sender outside would, and once more with a mistyped key."""
    assert activity.of(store, desk) == activity.Activity(None, None, 0, 0, 0, None)
    url = f"http://127.0.0.1:{endpoint.port}/events"
    sending.send_test(COMMAND_LINE, url, key)
    found = activity.of(store, desk)
    assert found.last_test_at is not None
    assert abs(found.last_test_at - time.time()) < 600
    assert (found.last_event_at, found.pending) == (found.last_test_at, 0)
    assert endpoint.send({"event": "heartbeat"}, key)[:2] == ACCEPTED
    (status,) = health.status(store, int(time.time()), settings)
    assert (status.last_event_at or 0) >= found.last_test_at
    for table in (schema.tickets, schema.conversations, schema.volumes):
        assert _rows(store, table) == []
    codes = []
    for address, sent in (
        (url, key[:-1]),
        (url, key_text.make()),
        (url + "x", key),
        ("http://127.0.0.1:9/", key),
    ):
        with pytest.raises(Exception) as refused:
            sending.send_test(COMMAND_LINE, address, sent)
        codes.append(refused.value.error_code)
        assert key not in str(refused.value)
    assert codes == ["event-key-mistyped", "test-refused", "test-not-reached", "test-not-reached"]


@pytest.mark.sqlite
def test_a_key_has_a_limit_of_events(store: Store, settings: Settings, desk: int, key: str) -> None:
    """What is beyond it is told when to come again, and counted; another sender does not notice."""
    other_desk = add(store, settings, "Other")
    other = keys.generate(COMMAND_LINE, store, other_desk).text
    with Endpoint(replace(settings, events_per_minute=30)) as endpoint:
        statuses = [endpoint.send({"ticket_id": number}, key).status for number in range(1, 41)]
        refused = endpoint.send({"ticket_id": 1}, key)
        assert endpoint.send({"ticket_id": 1}, other)[:2] == ACCEPTED
    assert statuses == [202] * 30 + [429] * 10
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert (refused.told["code"], set(refused.told)) == ("event-too-many", SAID)
    found = activity.of(store, desk)
    assert (found.refused, found.last_refused_at is not None) == (11, True)
    assert activity.of(store, other_desk).refused == 0


@pytest.mark.sqlite
def test_an_address_has_a_limit_of_wrong_keys(store: Store, settings: Settings, desk: int, key: str) -> None:
    """A good key from the same address is taken all the same."""
    with Endpoint(replace(settings, wrong_keys_per_minute=10)) as endpoint:
        answers = [endpoint.send({"ticket_id": 1}, key_text.make()) for _ in range(15)]
        assert endpoint.send({"ticket_id": 1}, key)[:2] == ACCEPTED
    assert [answer.status for answer in answers] == [401] * 10 + [429] * 5
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
    counted = {refusal.reason: refusal.times for refusal in activity.refusals(store)}
    assert counted == {"event-key-unknown": 10, "events-wrong-keys": 5}


def test_events_of_a_purged_integration_are_refused_and_others_kept(
    store: Store, settings: Settings, desk: int, key: str, endpoint: Endpoint
) -> None:
    other_desk = add(store, settings, "Other")
    other = keys.generate(COMMAND_LINE, store, other_desk).text
    assert endpoint.send({"ticket_id": 1}, key)[:2] == ACCEPTED
    with store.write() as connection:
        for table in (events, event_keys):
            connection.execute(table.delete().where(table.c.integration_id == desk))
    wait_for(lambda: endpoint.send({"ticket_id": 2}, key).status == 401)
    assert endpoint.send({"ticket_id": 3}, other)[:2] == ACCEPTED


@pytest.mark.parametrize(
    ("written", "epoch_seconds"),
    [
        ("2026-11-20T09:20:00Z", 1795166400),
        ("2026-11-20T10:20:00+01:00", 1795166400),
        ("2026-11-20T09:20:00.999Z", 1795166400),
        ("2026-11-20T09:20:00", 1795166400),
        ("1816-01-01T00:00:00Z", 0),
        ("yesterday", 0),
        (1795166400, 0),
        (None, 0),
    ],
)
def test_the_time_of_a_change(written: object, epoch_seconds: int) -> None:
    event = event_of({"ticket_id": 1, "updated_at": written})
    assert event.object_updated_at == epoch_seconds
