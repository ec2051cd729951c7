"""Killed with SIGKILL at named points: nothing is lost, and nothing is read again but the step in hand."""

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect

from freshdesk_core.importing.audit import IDS_PER_STEP
from freshdesk_core.importing.reading import THREADS_PER_STEP
from freshdesk_core.sandbox import Sandbox
from freshdesk_core.sandbox.application import Asked
from freshdesk_core.sandbox.desks import LAST_DAY, LIVE, Desk
from freshdesk_core.sandbox.deskwork import Shares, written
from freshdesk_core.sandbox.seasons import EPOCH_ORDINAL
from freshdesk_core.store import schema
from tests.databases import keep_bare
from tests.importing.inflow import DAY, Inflow, inflow
from tests.importing.nursery import Nursery, nursery
from tests.importing.programs import wait_for

DAYS = 12
ENDS_AT = (LAST_DAY.toordinal() - EPOCH_ORDINAL) * DAY
AHEAD = 4 * 3  # calls that three threads may have made ahead of the step in hand

# A point, what it is recognised by, and which of these it is; the first of the three is for every commit.
POINTS = {
    "before the first call": ("call", "", (1, 2, 3)),
    "before a call for a list": ("call", r"tickets\?.*filter=deleted", (1, 1, 1)),
    "before a call for a thread": ("call", r"\d/conversations", (50, 5, 90)),
    "between two pages of a thread": ("call", r"conversations\?.*page=2", (1, 2, 2)),
    "after the body of a list": ("body", r"v2/tickets\?", (2, 3, 5)),
    "after the body of a thread": ("body", r"\d/conversations", (30, 1, 80)),
    "while a list is parsed": ("parse", r"v2/tickets\?", (1, 3, 5)),
    "while a thread is parsed": ("parse", r"\d/conversations", (40, 2, 75)),
    "when the run was begun": ("statement", "INSERT INTO imports", (1, 2, 3)),
    "when tickets were written": ("statement", "INSERT INTO tickets", (2, 1, 3)),
    "when conversations were written": ("statement", "INSERT INTO conversations", (3, 1, 4)),
    "when figures were written": ("statement", "INSERT INTO volumes", (4, 1, 6)),
    "when a cursor was written": ("statement", "INSERT INTO cursors", (2, 1, 3)),
    "at the commit of a list": ("commit", "INSERT INTO cursors", (1, 2, 3)),
    "after the commit of a list": ("committed", "INSERT INTO cursors", (2, 1, 3)),
    "after the commit of threads": ("committed", "INSERT INTO conversations", (2, 1, 4)),
    "in an audit, before a call": ("call", r"tickets/archived/\d+(\?|$)", (20, 1, 35)),
    "in an audit, after the body": ("body", r"tickets/archived/\d+(\?|$)", (1, 10, 30)),
    "in an audit, in its transaction": ("statement", "INSERT INTO gaps", (1, 1, 1)),
    "in an audit, after the commit": ("committed", "INSERT INTO gaps", (1, 1, 1)),
    "while totals are taken": ("call", "created_at%3A%27", (6, 1, 12)),
    "after the commit of a total": ("committed", "INSERT INTO freshdesk_totals", (5, 1, 10)),
    "when the lease was given back": ("statement", "DELETE FROM leases", (2, 3, 4)),
}
# Much like another one: for every night only.
ALIKE = {
    *("before the first call", "after the body of a thread", "while a list is parsed"),
    *("when the run was begun", "when figures were written", "after the commit of a list"),
    *("in an audit, after the body", "in an audit, after the commit", "while totals are taken"),
}
# Where the database takes part; elsewhere it makes no difference which one it is.
OF_THE_DATABASE = (
    *("when conversations were written", "when figures were written", "at the commit of a list"),
    *("after the commit of threads", "in an audit, in its transaction", "when the lease was given back"),
)
MIGRATION = {
    "in the first table": ("statement", "CREATE TABLE conversations"),
    "in an upgrade": ("statement", "ALTER TABLE tickets"),
    "at its commit": ("commit", "ALTER TABLE integrations"),
    "after its commit": ("committed", "ALTER TABLE integrations"),
}


def small_desk(seed: int, tickets: int = 180, conversations: int = 640) -> Desk:
    """W3 in small: few tickets, one of them with three pages of conversations, some archived."""
    shares = Shares(trashed=0.05, spam=0.05, merged=0.02, gone=0.1, archived=0.1)
    return Desk(
        written(seed, ENDS_AT, DAYS, tickets, conversations, shares, bulk=16, longest=230), DAYS, LIVE, seed
    )


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(small_desk(3), plan="unlimited") as running:
        yield running


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    with nursery(tmp_path_factory.mktemp("said")) as running:
        yield running


@pytest.fixture(scope="module")
def clean(
    sandbox: Sandbox, programs: Nursery, tmp_path_factory: pytest.TempPathFactory, database: str
) -> str:
    """The digest of an import that nothing disturbed, with its audit and totals."""
    home = tmp_path_factory.mktemp("clean")
    with small_inflow(home, sandbox) as here:
        assert programs.start(home, "import").ended() == 0
        here.check()
        return here.digest()


def small_inflow(home: Path, sandbox: Sandbox) -> AbstractContextManager[Inflow]:
    """Of the desk's days and no others, so that no totals are asked for where there is nothing."""
    return inflow(home, sandbox, since=ENDS_AT - DAYS * DAY)


def settled(here: Inflow) -> dict[str, set[int]]:
    """What the store says is done, and need not be read again."""
    tickets = here.rows(schema.tickets)
    return {
        "threads": {row["ticket_id"] for row in tickets if row["thread_read_at"] is not None},
        "ids": {row["ticket_id"] for row in [*tickets, *here.rows(schema.gaps)]},
        "days": {row["day"] for row in here.rows(schema.freshdesk_totals) if not row["is_stale"]},
    }


def read(asked: list[Asked]) -> dict[str, list[Any]]:
    """What was asked for, in the same words; a search by its query."""
    found: dict[str, list[Any]] = {"threads": [], "ids": [], "days": []}
    for one in asked:
        if match := re.search(r"/tickets/(?:archived/)?(\d+)(/conversations)?$", one.path):
            found["threads" if match[2] else "ids"].append(int(match[1]))
        elif re.search("created_at%3A%27", one.query):  # a day's total; the estimate asks for spans
            found["days"].append(one.query)
    return found


def check_file(home: Path) -> None:
    if (home / "inflow.db").exists():
        with closing(sqlite3.connect(home / "inflow.db")) as raw:
            assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def go_on(here: Inflow, sandbox: Sandbox, programs: Nursery, clean: str, before: list[Asked]) -> None:
    """Start again: at once, to the same end, reading nothing that was done, little twice."""
    here.check()
    check_file(here.settings.home)
    done, asked = settled(here), len(sandbox.requests)
    program = programs.start(here.settings.home, "import")
    wait_for(lambda: len(sandbox.requests) > asked)
    assert time.monotonic() - program.began_at < 5
    assert program.ended() == 0, program.complained()
    here.check()
    assert here.digest() == clean
    first, again = read(before), read(sandbox.requests[asked:])
    assert not done["threads"] & set(again["threads"])
    # The newest that is not in the trash is asked for to see whether a 404 can be believed.
    assert len(done["ids"] & set(again["ids"])) <= 1
    assert len(again["days"]) == len(set(again["days"]))
    assert len(set(again["days"]) & set(first["days"])) <= AHEAD
    assert len(set(again["threads"]) & set(first["threads"])) <= THREADS_PER_STEP + AHEAD
    assert len(set(again["ids"]) & set(first["ids"])) <= IDS_PER_STEP + AHEAD
    assert [row["outcome"] for row in here.rows(schema.imports)][-1] == "complete"
    assert here.rows(schema.leases) == []


def prove(programs: Nursery, sandbox: Sandbox, home: Path, clean: str, at: dict[str, Any]) -> None:
    with small_inflow(home, sandbox) as here:
        asked = len(sandbox.requests)
        killed = programs.start(home, "import", at=at)
        assert killed.ended() == -9, (killed.said(), killed.complained())
        before = sandbox.requests[asked:]
        go_on(here, sandbox, programs, clean, before)


def prove_at(programs: Nursery, sandbox: Sandbox, home: Path, clean: str, name: str) -> None:
    point, like, numbers = POINTS[name]
    prove(programs, sandbox, home, clean, {"point": point, "like": like, "number": numbers[0]})


@pytest.mark.sqlite
@pytest.mark.parametrize("name", [name for name in POINTS if name not in ALIKE])
def test_killed_at_a_point_it_goes_on_from_the_last_step(
    programs: Nursery, sandbox: Sandbox, tmp_path: Path, clean: str, name: str
) -> None:
    prove_at(programs, sandbox, tmp_path, clean, name)


@pytest.mark.postgresql
@pytest.mark.parametrize("name", OF_THE_DATABASE)
def test_killed_in_a_transaction_of_a_server(
    programs: Nursery, sandbox: Sandbox, tmp_path: Path, clean: str, name: str
) -> None:
    prove_at(programs, sandbox, tmp_path, clean, name)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", POINTS)
def test_killed_at_a_point_on_other_desks(
    programs: Nursery, tmp_path: Path, database: str, name: str, seed: int
) -> None:
    """The same points, at another occasion each."""
    point, like, numbers = POINTS[name]
    with Sandbox(small_desk(10 + seed), plan="unlimited") as sandbox:
        with small_inflow(tmp_path / "clean", sandbox) as here:
            assert programs.start(here.settings.home, "import").ended() == 0
            clean = here.digest()
        prove(
            programs, sandbox, tmp_path / "a", clean, {"point": point, "like": like, "number": numbers[seed]}
        )


@pytest.mark.sqlite
@pytest.mark.parametrize("number", [1, pytest.param(2, marks=pytest.mark.nightly)])
def test_killed_while_the_journal_is_folded_in(
    programs: Nursery, sandbox: Sandbox, tmp_path: Path, clean: str, number: int
) -> None:
    """In WAL mode only a checkpoint writes the file itself; at the first such write it is killed."""
    at = {"point": "checkpoint", "number": number, "file": str(tmp_path / "inflow.db")}
    prove(programs, sandbox, tmp_path, clean, at)


@pytest.mark.parametrize("name", MIGRATION)
def test_killed_while_the_tables_are_made(
    programs: Nursery, sandbox: Sandbox, tmp_path: Path, database: str, name: str
) -> None:
    """The next start makes them, whole."""
    keep_bare(tmp_path)
    point, like = MIGRATION[name]
    killed = programs.start(tmp_path, "status", at={"point": point, "like": like})
    assert killed.ended() == -9, killed.complained()
    check_file(tmp_path)
    with small_inflow(tmp_path, sandbox) as here:
        assert here.rows(schema.imports) == []
        with here.store.read() as connection:
            made = set(inspect(connection).get_table_names())
        assert made == {"alembic_version", *schema.metadata.tables}
