"""The sandbox tells Inflow what happens at its desk, in the app's place."""

import json
import os
import subprocess
import sys

import pytest
from sqlalchemy import select

from freshdesk_core.events import activity
from freshdesk_core.sandbox import Sandbox, Script
from freshdesk_core.sandbox.telling import MODEL_ID_BASE, Teller
from freshdesk_core.store import Store
from freshdesk_core.store.event_schema import events
from tests.events.endpoint import SECONDS, Endpoint, wait_for

pytestmark = pytest.mark.sqlite
COMMAND = [sys.executable, "-m", "freshdesk_core.sandbox", "--tickets", "60", "--days", "10"]


def test_what_happens_at_the_desk_arrives(store: Store, desk: int, key: str, endpoint: Endpoint) -> None:
    """Every deed in the words of Freshworks' events; what was there before, and teams, are not told."""
    script = Script()
    before = script.ticket()
    with Sandbox(script) as sandbox:
        teller = Teller(sandbox, url(endpoint), key, timer=iter(range(0, 10_000, 5)).__next__)
        ticket, other = script.ticket(group="A new team"), script.ticket()
        reply = script.reply(ticket)
        answer = script.agent_reply(ticket)
        script.move(ticket, "Billing")
        script.trash(other)
        script.restore(other)
        script.spam(other)
        script.archive(before)
        teller.look()
        script.purge(other)
        teller.look()
        teller.look()
    with store.read() as connection:
        columns = (events.c.name, events.c.object_id, events.c.ticket_id)
        kept = [tuple(row) for row in connection.execute(select(*columns).distinct())]
    assert sorted(kept, key=str) == sorted(
        [
            ("onTicketCreate", ticket, ticket),
            ("onTicketCreate", other, other),
            ("onConversationCreate", reply, ticket),
            ("onConversationCreate", answer, ticket),
            ("onTicketUpdate", ticket, ticket),
            ("onTicketUpdate", other, other),
            ("onTicketDelete", MODEL_ID_BASE + other, None),
        ],
        key=str,
    )
    assert teller.dropped == 0
    assert activity.of(store, desk).dead_letters == 0


def test_a_rush_is_held_to_the_platforms_limit(store: Store, desk: int, key: str, endpoint: Endpoint) -> None:
    """Of 80 tickets at once 50 are told, the heartbeat a minute later tells of 30; jobs use up nothing."""
    script, now = Script(), [0.0]
    with Sandbox(script) as sandbox:
        teller = Teller(sandbox, url(endpoint), key, timer=lambda: now[0])
        tickets = [script.ticket() for _ in range(80)]
        teller.look()
        assert teller.dropped == 30
        now[0] = 61.0
        for ticket in tickets:
            script.close(ticket)
        teller.look()
        teller.beat()
    assert teller.dropped == 0
    found = activity.of(store, desk)
    assert (found.dropped, found.pending) == (30, 50 + 1 + 1)


def test_a_wrong_key_is_named_once_and_its_events_are_told_as_dropped_later(
    store: Store, desk: int, key: str, endpoint: Endpoint, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever tries things out sees why nothing arrives; the key stays out of the log."""
    script = Script()
    with Sandbox(script) as sandbox:
        teller = Teller(sandbox, url(endpoint), key[:-1])
        for _ in range(3):
            script.ticket()
        teller.look()
        teller.beat()
    assert teller.dropped == 3
    assert [record.getMessage() for record in caplog.records if "server process" not in record.msg] == [
        f"{url(endpoint)} does not take events: HTTP 401."
    ]
    assert activity.of(store, desk).last_event_at is None


def test_the_command_beats_at_once(store: Store, desk: int, key: str, endpoint: Endpoint) -> None:
    """``sandbox --live --events URL``: the way is seen to be open before anything happens."""
    command = [*COMMAND, "--live", "--until-stdin-closes", "--events", url(endpoint), "--events-key", key]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert "domain" in json.loads(process.stdout.readline())
        wait_for(lambda: activity.of(store, desk).last_event_at is not None)
        process.stdin.close()
        assert process.wait(SECONDS) == 0


def test_a_key_is_needed() -> None:
    """Without one every event would be refused."""
    ended = subprocess.run(
        [*COMMAND, "--events", "http://127.0.0.1:1/events"],
        env={name: text for name, text in os.environ.items() if name != "INFLOW_EVENTS_KEY"},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert ended.returncode == 2
    assert "--events-key" in ended.stderr


def url(endpoint: Endpoint) -> str:
    return f"http://127.0.0.1:{endpoint.port}/events"
