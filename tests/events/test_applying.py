"""Events make the next import begin soon, and can do nothing else."""

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from freshdesk_core.events import recording
from freshdesk_core.events.intake import Item
from freshdesk_core.events.parsing import event_of
from freshdesk_core.sandbox import Sandbox, Script
from freshdesk_core.sandbox.faults import Faults
from freshdesk_core.store.event_schema import events
from freshdesk_core.store.schema import tickets
from tests.importing.inflow import Inflow, inflow
from tests.importing.working import Working

pytestmark = pytest.mark.sqlite  # the statements are proven on both databases by the endpoint's tests
NEVER = "86400"


@pytest.fixture
def desk() -> Iterator[tuple[Script, Sandbox]]:
    script = Script(now=int(time.time()) - 3_600)
    script.ticket(at=script.now - 90_000)
    with Sandbox(script, plan="unlimited") as sandbox:
        yield script, sandbox


@pytest.fixture
def working(tmp_path: Path, database: str) -> Iterator[Working]:
    """A worker that polls once a day."""
    one = Working(tmp_path / "home", INFLOW_POLL_SECONDS=NEVER, INFLOW_EVENT_SECONDS="10")
    yield one
    one.close()


def _came(working: Working, integration_id: int, *told: object, seconds_ago: int = 5) -> None:
    items = [Item(integration_id, event_of(one)) for one in told]
    with working.store.write() as connection:
        recording.store(connection, items, int(time.time()) - seconds_ago)


def _waiting(working: Working) -> list[int]:
    with working.store.read() as connection:
        query = events.select().where(events.c.applied_at.is_(None)).order_by(events.c.event_id)
        return [row.object_id for row in connection.execute(query)]


def _imports(working: Working) -> int:
    return [purpose for _id, purpose, _outcome in working.runs()].count("import")


def _tickets(working: Working) -> int:
    with working.store.read() as connection:
        return len(connection.execute(tickets.select()).all())


def test_an_event_brings_its_contact_without_waiting_for_the_poll(
    working: Working, desk: tuple[Script, Sandbox]
) -> None:
    script, sandbox = desk
    id_ = working.add("Desk", sandbox)
    working.round()
    script.now += 60
    ticket = script.ticket(at=script.now)
    working.round()
    assert (_imports(working), _tickets(working)) == (1, 1)

    _came(working, id_, {"ticket_id": ticket})
    working.now += 10
    working.round()
    assert (_imports(working), _tickets(working), _waiting(working)) == (2, 2, [])
    working.now += 10
    working.round()
    assert _imports(working) == 2


def test_many_events_are_one_import_and_the_next_waits_ten_seconds(
    working: Working, desk: tuple[Script, Sandbox]
) -> None:
    _script, sandbox = desk
    id_ = working.add("Desk", sandbox)
    working.round()
    working.now += 10
    before = len(sandbox.requests)
    _came(working, id_, *({"ticket_id": number} for number in range(1, 301)))
    working.round()
    assert (_imports(working), _waiting(working)) == (2, [])
    assert len(sandbox.requests) - before <= 6
    _came(working, id_, {"event": "onTicketDelete", "data": {"ticket": {"model_id": 7}}})
    working.now += 9.9
    working.round()
    assert (_imports(working), _waiting(working)) == (2, [7])
    working.now += 0.2
    working.round()
    assert (_imports(working), _waiting(working)) == (3, [])


def test_an_event_that_came_again_meanwhile_is_not_done_with_the_first(
    working: Working, desk: tuple[Script, Sandbox]
) -> None:
    _script, sandbox = desk
    id_ = working.add("Desk", sandbox)
    working.round()
    _came(working, id_, {"ticket_id": 1}, {"ticket_id": 2}, seconds_ago=30)
    hints = working.worker._hints
    seen = hints.seen(id_)
    _came(working, id_, {"ticket_id": 2}, {"ticket_id": 3}, seconds_ago=20)
    hints.applied(seen)
    assert _waiting(working) == [2, 3]


def test_an_event_of_this_very_second_is_left_to_settle(
    working: Working, desk: tuple[Script, Sandbox]
) -> None:
    """A repeat in the same second could not be told from it."""
    id_ = working.add("Desk", desk[1])
    _came(working, id_, {"ticket_id": 1}, seconds_ago=-60)
    assert working.worker._hints.waiting() == set()
    assert working.worker._hints.seen(id_).received_at == {}


def test_an_import_that_fails_leaves_its_hints_to_the_schedule(
    working: Working, desk: tuple[Script, Sandbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events do not press a Freshdesk that is down."""
    monkeypatch.setattr("freshdesk_core.api.calls.BACKOFF_SECONDS", 0.001)
    _script, sandbox = desk
    id_ = working.add("Desk", sandbox)
    working.round()
    working.now += 10
    _came(working, id_, {"ticket_id": 1})
    sandbox.faults = Faults("503")
    working.round()
    assert working.runs()[-1][2] == "failed"
    failed = len(working.runs())
    working.now += 3_600
    working.round()
    assert (len(working.runs()), _waiting(working)) == (failed, [1])


@pytest.mark.parametrize(
    "seed", [*range(2), *(pytest.param(seed, marks=pytest.mark.nightly) for seed in range(2, 52))]
)
def test_whatever_events_come_the_store_is_that_of_a_clean_import(
    working: Working, desk: tuple[Script, Sandbox], tmp_path: Path, seed: int
) -> None:
    """Each 1 to 5 times, older after newer, of tickets that are not there, and all of them again later."""
    chance = random.Random(seed)
    script, sandbox = desk
    id_ = working.add("Desk", sandbox)
    working.round()
    told: list[object] = []
    for _edit in range(6):
        script.now += 60
        ticket = script.ticket(at=script.now)
        script.conversation(ticket, script.now, incoming=True)
        update = {"id": ticket, "updated_at": datetime.fromtimestamp(script.now, UTC).isoformat()}
        told += [{"event": "onTicketUpdate", "data": {"ticket": update}}] * chance.randint(1, 5)
        told += [{"ticket_id": chance.randint(1, 10_000)}, {"event": "test"}]
        chance.shuffle(told)
        _came(working, id_, *told[: chance.randint(1, len(told))])
        working.now += 10
        working.round()
    _came(working, id_, *told)
    working.now += 10
    working.round()
    assert _waiting(working) == []
    with inflow(tmp_path / "clean", sandbox) as clean:
        clean.complete()
        clean.audit()
        events_too = Inflow.__new__(Inflow)
        events_too.store, events_too._id = working.store, id_
        events_too.check()
        assert events_too.by_quarter() == clean.by_quarter()
        assert _tickets(working) == 7
