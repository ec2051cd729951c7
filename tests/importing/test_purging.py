"""Purging: what is to go leaves tables and files, a killed purge is finished, and nothing else changes."""

import signal
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from freshdesk_core import health, volumes
from freshdesk_core.access import COMMAND_LINE
from freshdesk_core.errors import ConfigError
from freshdesk_core.importing import life, purging
from freshdesk_core.importing.connect import client_of
from freshdesk_core.importing.session import bring_up_to_date, prove
from freshdesk_core.sandbox import Sandbox, Script, World
from freshdesk_core.store import Store, schema
from freshdesk_core.volumes.purged import purged_by_month
from tests.importing.inflow import NAME, Inflow, environment, epoch, inflow
from tests.store.programs import said, start

CANARY = "Kanari-Abteilung"
NOW = "2026-03-10T12:00:00Z"


def _script(group: str, first_id: int = 1) -> Script:
    script = Script(now=NOW)
    for day in range(1, 8):
        ticket = script.ticket(group=group, at=f"2026-03-0{day}T09:00:00Z", ticket_id=first_id + day - 1)
        script.reply(ticket, at=f"2026-03-0{day}T11:00:00Z")
    script.reply(first_id, at="2026-03-06T08:00:00Z")
    return script


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(_script(CANARY), plan="unlimited") as running:
        yield running


@pytest.fixture
def here(tmp_path: Path, sandbox: Sandbox) -> Iterator[Inflow]:
    with inflow(tmp_path, sandbox) as one:
        bring_up_to_date(one.store, one.settings, one.integration)
        yield one


def _bytes(home: Path) -> bytes:
    return b"".join(file.read_bytes() for file in home.iterdir() if file.is_file())


def _prove(here: Inflow) -> None:
    """Audit, and compare with Freshdesk's totals."""
    stop = threading.Event()
    with client_of(here.settings, here.integration, store=here.store) as freshdesk:
        prove(here.store, here.settings, here.integration, freshdesk, stop=stop, halt=stop)


def _of(here: Inflow, integration_id: int) -> dict[str, list[dict[str, Any]]]:
    """Every row of an integration; of its own row all but what each change of the store raises."""
    return {
        table.name: [row for row in here.rows(table) if row.get("integration_id") == integration_id]
        for table in schema.metadata.sorted_tables
        if "integration_id" in table.c
    }


@pytest.mark.sqlite  # looks at the bytes of its files
def test_a_whole_integration_leaves_no_row_and_no_byte(here: Inflow, tmp_path: Path) -> None:
    """Names, key and domain are gone from store and journal; another integration stays to the last row."""
    with Sandbox(_script("Sales"), plan="unlimited") as other:
        connected = life.connect(
            COMMAND_LINE,
            here.store,
            here.settings,
            name="Other",
            domain=other.domain,
            api_key=other.api_key,
        )
        assert connected.integration is not None
        bring_up_to_date(here.store, here.settings, connected.integration)
    kept = _of(here, connected.integration.integration_id)
    first = here.integration
    before = _of(here, first.integration_id)
    assert CANARY.encode() in _bytes(tmp_path)

    receipt = life.purge(COMMAND_LINE, here.store, " desk ")

    assert _of(here, first.integration_id) == {name: [] for name in before}
    assert _of(here, connected.integration.integration_id) == kept
    left = _bytes(tmp_path)
    for canary in (CANARY, first.domain, first.key_sealed, NAME):
        assert canary.encode() not in left, canary
    held = {name: len(rows) for name, rows in before.items() if rows}
    assert {name: count for name, count in receipt.rows.items() if name != "volumes"} == held
    assert receipt.rows["volumes"] > 0
    assert receipt.bytes_freed is not None
    assert receipt.is_overwritten
    assert f"Rows deleted for Desk: {receipt.total} (" in receipt.text
    assert here.rows(schema.life_schema.purges) == []


def test_what_is_older_than_a_day_goes_and_does_not_come_back(here: Inflow) -> None:
    """Figures from that day on are as before; earlier time has no data; import and audit leave it so."""
    start_of = epoch("2026-03-05") - 3600
    before = here.by_quarter()
    frame = volumes.Window.of_days(date(2026, 3, 1), date(2026, 3, 10), "Europe/Berlin")

    receipt = life.purge_before(COMMAND_LINE, here.store, NAME, date(2026, 3, 5))

    assert receipt.rows["tickets"] == 3  # the first one holds a younger reply
    assert receipt.rows["conversations"] == 4
    here.check()
    after = {place: count for place, count in before.items() if place[1] >= start_of}
    assert here.by_quarter() == after
    old = [row for row in here.rows(schema.conversations) if row["created_at"] < start_of]
    assert old == []
    left = [row["ticket_id"] for row in here.rows(schema.tickets) if row["created_at"] < start_of]
    assert left == [1]
    told = volumes.offered(here.store, frame, "1d", fill=True)
    offered = dict(zip([str(moment)[:10] for moment in told["interval_start"]], told["offered"], strict=True))
    assert told["offered"].isna().sum() == 4
    assert offered["2026-03-05"] == 2

    again = bring_up_to_date(here.store, here.settings, here.integration)
    assert again.outcome.new_contacts == 0
    with client_of(here.settings, here.integration, store=here.store) as freshdesk:
        prove(
            here.store,
            here.settings,
            here.integration,
            freshdesk,
            stop=threading.Event(),
            halt=threading.Event(),
        )
    here.check()
    assert here.by_quarter() == after
    assert [row["ticket_id"] for row in here.rows(schema.tickets) if row["created_at"] < start_of] == [1]


def test_one_ticket_goes_with_its_thread_and_stays_out(here: Inflow, sandbox: Sandbox) -> None:
    """Neither import, audit, comparison nor reimport brings it back; the pages tell that one is missing."""
    before = here.by_quarter()

    receipt = life.purge_ticket(COMMAND_LINE, here.store, NAME, 3)

    assert {name: receipt.rows.get(name) for name in ("tickets", "conversations")} == {
        **{"tickets": 1, "conversations": 1}
    }
    here.check()
    gone = {epoch("2026-03-03T09:00:00"), epoch("2026-03-03T11:00:00")}
    after = {place: count for place, count in before.items() if place[1] not in gone}
    assert here.by_quarter() == after
    sandbox.application._source.reply(3, at="2026-03-10T11:00:00Z")  # it changes in Freshdesk
    bring_up_to_date(here.store, here.settings, here.integration)
    with client_of(here.settings, here.integration, store=here.store) as freshdesk:
        prove(
            here.store,
            here.settings,
            here.integration,
            freshdesk,
            stop=threading.Event(),
            halt=threading.Event(),
        )
    life.reimport(COMMAND_LINE, here.store, here.settings, NAME, date(2026, 3, 1), date(2026, 3, 11))
    here.check()
    assert here.by_quarter() == after
    assert 3 not in [row["ticket_id"] for row in here.rows(schema.tickets)]
    march = volumes.Window.of_days(date(2026, 3, 1), date(2026, 4, 1), "UTC")
    assert list(purged_by_month(here.store, march)["purged"]) == [1]
    now = int(datetime.now(UTC).timestamp())
    [status] = health.status(here.store, now, here.settings)
    assert status.state in ("complete", "quiet"), status.next_step
    assert life.purge_ticket(COMMAND_LINE, here.store, NAME, 3).rows == {}


KILLED = """
from sqlalchemy import event
from freshdesk_core.access import COMMAND_LINE
from freshdesk_core.importing import life, purging
from datetime import date
purging.ROWS_PER_STEP = 3
store = Store.open(settings)
commits = []

def count(connection):
    commits.append(1)
    if len(commits) > {after}:
        print("there", flush=True)
        sys.stdin.readline()

event.listen(store.writer, "commit", count)
life.{action}
print("done", flush=True)
"""


@pytest.mark.sqlite  # looks at the bytes of its files
@pytest.mark.parametrize("after", [0, 3, 9])
def test_a_purge_that_was_killed_is_finished_by_the_next_start(
    here: Inflow, tmp_path: Path, after: int
) -> None:
    """Killed at a commit from outside: before the first row went (then nothing did), or anywhere later."""
    _kill(here, tmp_path, after, f"purge(COMMAND_LINE, store, {NAME!r})")
    with closing(Store.open(here.settings)) as store:
        begun = purging.finish(store)
        assert begun == (1 if after else 0)
        with store.read() as connection:
            left = list(connection.execute(select(schema.integrations.c.name)).scalars())
            rows = connection.execute(select(schema.tickets)).all()
    if after:
        assert (left, rows) == ([], [])
        assert CANARY.encode() not in _bytes(tmp_path)
    else:
        assert left == [NAME]
        here.check()


@pytest.mark.sqlite
def test_a_purge_by_date_that_was_killed_leaves_sums_that_hold(here: Inflow, tmp_path: Path) -> None:
    before = here.by_quarter()
    _kill(here, tmp_path, 2, f"purge_before(COMMAND_LINE, store, {NAME!r}, date(2026, 3, 5))")
    here.check()
    assert purging.finish(here.store) == 1
    here.check()
    start_of = epoch("2026-03-05") - 3600
    assert here.by_quarter() == {place: count for place, count in before.items() if place[1] >= start_of}
    assert purging.finish(here.store) == 0


def _kill(here: Inflow, home: Path, after: int, action: str) -> None:
    """Purge in a process of its own, and kill it while it commits for the *after*th time (from 0)."""
    program = start(home, KILLED.format(after=after, action=action), **environment(home))
    assert said(program) == "there"
    if after:
        assert purging.finish(here.store) == 0  # somebody is at work on it, and gets the receipt
    program.send_signal(signal.SIGKILL)
    program.wait(timeout=20)
    for pipe in (program.stdin, program.stdout, program.stderr):
        assert pipe is not None
        pipe.close()


@pytest.mark.sqlite  # a server has no journal file
def test_a_reader_holds_up_the_last_step_and_the_worker_makes_up_for_it(here: Inflow, tmp_path: Path) -> None:
    """The receipt says so; nothing of it stays once the reader has gone."""
    other = Store.open(here.settings)
    with other.read() as connection:
        connection.execute(select(schema.integrations)).all()  # the view that it keeps
        receipt = life.purge(COMMAND_LINE, here.store, NAME)
        assert not receipt.is_overwritten
        assert "its journal is emptied as soon as that ends" in receipt.text
    other.close()
    assert purging.finish(here.store) == 1
    assert here.rows(schema.life_schema.purges) == []
    assert CANARY.encode() not in _bytes(tmp_path)


@pytest.mark.sqlite
def test_a_name_is_taken_until_its_purge_is_finished(here: Inflow, sandbox: Sandbox, tmp_path: Path) -> None:
    """Or what is added under it would be purged, too."""
    _kill(here, tmp_path, 3, f"purge(COMMAND_LINE, store, {NAME!r})")
    with pytest.raises(ConfigError, match="is taken"):
        life.connect(
            COMMAND_LINE,
            here.store,
            here.settings,
            name=NAME,
            domain=sandbox.domain,
            api_key=sandbox.api_key,
        )
    purging.finish(here.store)
    again = life.connect(
        COMMAND_LINE, here.store, here.settings, name=NAME, domain=sandbox.domain, api_key=sandbox.api_key
    )
    assert again.integration is not None


@pytest.mark.nightly
@pytest.mark.sqlite
def test_a_world_is_purged_by_date_without_a_wrong_sum(tmp_path: Path) -> None:
    """Chats, merges, the trash and spam: the figures from the day on are those from before."""
    world = World(9, start_day=date(2025, 12, 1), tickets=150, days=60)
    with (
        Sandbox(world, until=world.ends_at, plan="unlimited") as running,
        inflow(tmp_path, running) as here,
    ):
        here.complete()
        start_of = epoch("2026-01-03") - 3600
        after = {place: count for place, count in here.by_quarter().items() if place[1] >= start_of}
        life.purge_before(COMMAND_LINE, here.store, NAME, date(2026, 1, 3))
        here.check()
        assert here.by_quarter() == after
        assert here.complete().new_contacts == 0
        assert here.by_quarter() == after
