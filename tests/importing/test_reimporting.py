"""A range read again in place: wrong rows are mended, the difference told, a second time changes nothing."""

import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from freshdesk_core import volumes
from freshdesk_core.errors import Busy
from freshdesk_core.importing.connect import client_of
from freshdesk_core.importing.log import Run
from freshdesk_core.importing.reimported import Reimported
from freshdesk_core.importing.reimporting import Reimport
from freshdesk_core.sandbox import Sandbox, Script, World, codes
from freshdesk_core.store import leases, schema
from tests.importing.inflow import Inflow, epoch, inflow

pytestmark = pytest.mark.sqlite  # takes long; what is special to a database is tested elsewhere

WORLD = World(21, start_day=date(2025, 12, 1), tickets=90, days=60)
FIRST, END = epoch("2025-12-12"), epoch("2026-01-08")
T, C = schema.tickets, schema.conversations
NEW = ("new_tickets", "new_conversations", "judged_anew", "moved_queue", "left_range")


def reread(here: Inflow, first: int = FIRST, end: int = END, *, steps: int | None = None) -> Reimported:
    """Read a range again; whatever happened, what is stored must be in order afterwards."""
    stop, seen = threading.Event(), []

    def count(_run: Run) -> None:
        seen.append(1)
        if steps is not None and len(seen) >= steps:
            stop.set()

    with client_of(here.settings, here.integration, stop, store=here.store) as freshdesk:
        run = Reimport(
            here.store, here.integration, freshdesk, (first, end), stop=stop, on_progress=count, threads=3
        )
        done = run.run()
    here.check()
    return done


def spoil(here: Inflow, change: Callable[[Connection], None]) -> None:
    """Plant wrong rows, as a fault would: the summary agrees with them."""
    with here.store.write() as connection:
        change(connection)
        volumes.rebuild(connection, here.integration.integration_id)
    here.check()


def _some(here: Inflow, table: Any, result: str, most: int, first: int = FIRST, end: int = END) -> list[int]:
    """Ids of rows well inside a range, spread over it."""
    key = list(table.primary_key)[-1].name
    found = [
        int(row[key])
        for row in here.rows(table)
        if row["result"] == result and first + 86_400 <= row["created_at"] < end - 86_400
    ]
    assert len(found) >= most
    return found[:: len(found) // most][:most]


def test_planted_wrong_rows_are_mended_and_the_difference_is_told(tmp_path: Path) -> None:
    """Rows that are missing, doubtful or plainly wrong: afterwards the store is that of a clean import."""
    with (
        Sandbox(WORLD, until=WORLD.ends_at, plan="unlimited") as sandbox,
        inflow(tmp_path, sandbox) as here,
    ):
        here.complete(use_shortcut=False)
        clean, figures = here.digest(), here.by_quarter()
        tickets = _some(here, T, "counted", 5)
        replies = _some(here, C, "counted", 3)
        answers = _some(here, C, "agent_reply", 2)

        def plant(connection: Connection) -> None:
            def ticket(id_: int, **values: object) -> None:
                connection.execute(update(T).where(T.c.ticket_id == id_).values(**values))

            def row(id_: int, **values: object) -> None:
                connection.execute(update(C).where(C.c.conversation_id == id_).values(**values))

            connection.execute(delete(C).where(C.c.ticket_id == tickets[0]))
            connection.execute(delete(T).where(T.c.ticket_id == tickets[0]))
            ticket(tickets[1], group_id=99)
            ticket(tickets[2], result="before_start")
            ticket(tickets[3], deleted=True, spam=True, updated_at=T.c.updated_at + 90_000_000)
            ticket(tickets[4], created_at=T.c.created_at - 7 * 3600)
            connection.execute(delete(C).where(C.c.conversation_id.in_([replies[0], answers[0]])))
            row(replies[1], result="agent_reply", created_at=C.c.created_at + 3 * 3600)
            row(replies[2], reply_source=137)
            row(answers[1], result="counted")

        spoil(here, plant)
        assert here.by_quarter() != figures
        done = reread(here)
        here.complete(use_shortcut=False)

        assert (done.outcome, done.error) == ("complete", None)
        assert here.by_quarter() == figures
        assert here.digest() == clean
        assert done.changes["new_tickets"] >= 1
        assert done.changes["new_conversations"] >= 2
        assert done.changes["moved_queue"] >= 2
        assert done.changes["judged_anew"] >= 3
        assert done.after["offered"] != done.before["offered"]
        assert f"Offered contacts: {done.before['offered']} → {done.after['offered']}" in done.text

        before = here.dump()
        again = reread(here)
        assert here.dump() == before
        assert {name: again.changes.get(name, 0) for name in NEW} == dict.fromkeys(NEW, 0)
        assert again.before == again.after == done.after


def test_what_lies_outside_the_range_stays_as_it_is(tmp_path: Path) -> None:
    with (
        Sandbox(WORLD, until=WORLD.ends_at, plan="unlimited") as sandbox,
        inflow(tmp_path, sandbox) as here,
    ):
        here.complete(use_shortcut=False)
        [outside] = _some(here, C, "counted", 1, END + 86_400, epoch("2026-01-28"))

        def plant(connection: Connection) -> None:
            connection.execute(update(C).where(C.c.conversation_id == outside).values(result="agent_reply"))

        spoil(here, plant)
        wrong = here.digest()
        done = reread(here)
        assert {name: done.changes.get(name, 0) for name in NEW} == dict.fromkeys(NEW, 0)
        assert here.digest() == wrong


@pytest.mark.parametrize("steps", [2, 7])
def test_an_interrupted_one_goes_on_and_tells_the_whole_difference(tmp_path: Path, steps: int) -> None:
    """Stopped in each of its phases; what was done before is neither done nor told again."""
    with (
        Sandbox(WORLD, until=WORLD.ends_at, plan="unlimited") as sandbox,
        inflow(tmp_path, sandbox) as here,
    ):
        here.complete(use_shortcut=False)
        figures = here.by_quarter()
        ids = _some(here, C, "counted", 4)
        spoil(here, lambda connection: _forget(connection, ids))
        first = reread(here, steps=steps)
        assert first.outcome == "interrupted"
        second = reread(here)
        assert second.outcome == "complete"
        assert second.changes["new_conversations"] == 4
        assert second.before["replies"] == second.after["replies"] - 4
        assert here.by_quarter() == figures
        assert here.rows(schema.life_schema.reimports) == here.rows(schema.life_schema.reimport_tickets) == []


def _forget(connection: Connection, ids: list[int]) -> None:
    connection.execute(delete(C).where(C.c.conversation_id.in_(ids)))


@pytest.fixture
def script() -> Script:
    script = Script(now="2026-03-10T12:00:00Z")
    for day in (2, 3, 4):
        ticket = script.ticket(group="Billing", at=f"2026-03-0{day}T09:00:00Z", ticket_id=day)
        script.agent_reply(ticket, at=f"2026-03-0{day}T10:00:00Z")
        script.reply(ticket, at=f"2026-03-0{day}T11:00:00Z")
    return script


RANGE = epoch("2026-03-03"), epoch("2026-03-04")


def test_a_ticket_that_moved_is_told_with_its_replies(tmp_path: Path, script: Script) -> None:
    with Sandbox(script) as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        script.move(3, "Sales", at="2026-03-09T09:00:00Z")
        done = reread(here, *RANGE)
        assert done.changes["moved_queue"] == 2
        assert here.by_queue()["Sales email Replies"] == 1


def test_what_is_gone_in_freshdesk_stays_counted_and_is_told(tmp_path: Path, script: Script) -> None:
    """Neither a purged ticket nor a deleted answer takes back work that was done."""
    with Sandbox(script) as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        counted = sum(here.by_queue().values())
        script.purge(3, at="2026-03-09T09:00:00Z")
        done = reread(here, *RANGE)
        assert done.changes["no_longer_there"] == 1
        assert sum(here.by_queue().values()) == counted
        [row] = [row for row in here.rows(T) if row["ticket_id"] == 3]
        assert row["deleted"]


def test_a_chat_stays_one_contact(tmp_path: Path) -> None:
    """Lines outside the range keep their decision, and count as the chat's earlier lines."""
    script = Script(now="2026-03-10T12:00:00Z")
    ticket = script.ticket(source=codes.WEB_CHAT, at="2026-03-02T23:40:00Z")
    for moment in ("02T23:50", "02T23:58", "03T00:10", "03T00:20", "03T09:00"):
        script.chat(ticket, at=f"2026-03-{moment}:00Z")
    with Sandbox(script) as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        before = here.digest()
        reread(here, *RANGE)
        assert here.digest() == before


def test_an_import_under_way_keeps_it_out(tmp_path: Path, script: Script) -> None:
    with Sandbox(script) as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        with leases.held(here.store, here.integration), pytest.raises(Busy):
            reread(here, *RANGE)


def test_an_id_that_was_called_purged_is_looked_up_again(tmp_path: Path, script: Script) -> None:
    """A ticket that was lost, and its id taken for purged ever since."""
    with Sandbox(script) as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        clean = here.by_quarter()

        def plant(connection: Connection) -> None:
            connection.execute(delete(C).where(C.c.ticket_id == 3))
            connection.execute(delete(T).where(T.c.ticket_id == 3))
            connection.execute(
                insert(schema.gaps).values(
                    integration_id=here.integration.integration_id,
                    **{"ticket_id": 3, "state": "purged", "settled_at": 1, "created_about": RANGE[0]},
                )
            )

        spoil(here, plant)
        done = reread(here, *RANGE)
        assert done.changes["new_tickets"] == 1
        assert here.by_quarter() == clean
        assert here.rows(schema.gaps) == []
        with here.store.read() as connection:
            purposes = list(connection.execute(select(schema.imports.c.purpose)).scalars())
        assert purposes == ["import", "reimport"]
