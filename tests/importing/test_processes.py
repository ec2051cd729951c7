"""Imports as processes: killed, told to stop, two at once. Kills come from outside, at any call."""

import random
import signal
import socket
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import psutil
import pytest

from freshdesk_core.sandbox import Sandbox, World
from freshdesk_core.store import schema
from tests.importing.inflow import Inflow, inflow
from tests.importing.programs import asked, ended, only_result, start, wait_for

WORLD = World(9, start_day=date(2025, 12, 1), tickets=260, days=80)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(WORLD, until=WORLD.ends_at, plan="unlimited") as running:
        yield running


@pytest.fixture(scope="module")
def clean(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory, database: str) -> str:
    """The digest of an import that nothing disturbed."""
    with inflow(tmp_path_factory.mktemp("clean"), sandbox) as here:
        calls = here.complete().calls
        assert calls > 150
        return here.digest()


@pytest.fixture
def desk(sandbox: Sandbox, tmp_path: Path) -> Iterator[Inflow]:
    with inflow(tmp_path, sandbox) as here:
        yield here


def _killed(sandbox: Sandbox, home: Path, calls: int, seconds: float = 0) -> None:
    reached = asked(sandbox, calls)
    process = start(home, "import")
    wait_for(lambda: reached() or process.poll() is not None)
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.communicate()


def _prove_kills(sandbox: Sandbox, home: Path, clean: str, kills: list[int], chance: random.Random) -> None:
    with inflow(home, sandbox) as here:
        for calls in kills:
            _killed(sandbox, home, calls, chance.random() * 0.01)
            here.check()
        began = time.monotonic()
        outcome = here.complete()
        assert outcome.outcome == "complete"
        assert time.monotonic() - began < 10
        assert here.digest() == clean
        runs = here.rows(schema.imports)
        assert {row["outcome"] for row in runs[:-1]} <= {"interrupted", "complete"}
        assert runs[-1]["outcome"] == "complete"
        with closing(sqlite3.connect(home / "inflow.db")) as raw:
            assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_killed_at_any_moment_it_goes_on_and_comes_to_the_same(
    sandbox: Sandbox, tmp_path: Path, clean: str
) -> None:
    """Before its first call, in the listings, between two threads, in a transaction: at random."""
    chance = random.Random(1)
    _prove_kills(sandbox, tmp_path, clean, [1, 5, *(chance.randrange(8, 90) for _ in range(3))], chance)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(40))
def test_killed_all_night(sandbox: Sandbox, tmp_path: Path, clean: str, seed: int) -> None:
    chance = random.Random(seed)
    _prove_kills(sandbox, tmp_path, clean, [chance.randrange(0, 120) for _ in range(5)], chance)


@pytest.mark.sqlite
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_told_to_stop_it_ends_soon_and_in_order(
    sandbox: Sandbox, desk: Inflow, clean: str, number: signal.Signals
) -> None:
    process = start(desk.settings.home, "import", "--json")
    wait_for(asked(sandbox, 60))
    began = time.monotonic()
    process.send_signal(number)
    code, out, complaints = ended(process)

    assert time.monotonic() - began < 5
    assert code == 1
    assert complaints == "Interrupted. Run the import again: it goes on from where it stopped.\n"
    result = only_result(out)
    assert (result["outcome"], result["error"]) == ("interrupted", None)
    (run,) = desk.rows(schema.imports)
    assert run["outcome"] == "interrupted"
    assert desk.rows(schema.leases) == []
    before = len([row for row in desk.rows(schema.tickets) if row["is_thread_due"]])
    assert 0 < before < 260
    outcome = desk.complete()
    assert outcome.calls < 150
    assert desk.digest() == clean


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A server that accepts and says nothing."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield listener


@pytest.mark.sqlite
def test_told_to_stop_while_freshdesk_says_nothing_it_ends_all_the_same(
    desk: Inflow, silent: socket.socket
) -> None:
    with desk.store.write() as connection:
        domain = f"127.0.0.1:{silent.getsockname()[1]}"
        connection.execute(schema.integrations.update().values(domain=domain))
    process = start(desk.settings.home, "import")
    silent.settimeout(20)
    called, _address = silent.accept()
    began = time.monotonic()
    process.terminate()
    code, out, complaints = ended(process)
    called.close()

    assert time.monotonic() - began < 5
    assert (code, out) == (1, "")
    assert complaints == "Interrupted. Run the import again: it goes on from where it stopped.\n"
    (run,) = desk.rows(schema.imports)
    assert run["outcome"] == "interrupted"
    assert desk.rows(schema.leases) == []


def test_of_two_imports_one_works_and_the_other_says_who(tmp_path: Path, clean: str) -> None:
    """Freshdesk holds its first answer back until the second import has ended."""
    gate = threading.Event()
    with (
        Sandbox(WORLD, until=WORLD.ends_at, plan="unlimited", on_request=lambda *_: gate.wait(20)) as slow,
        inflow(tmp_path, slow) as desk,
    ):
        process = start(tmp_path, "import", "--json")
        wait_for(lambda: desk.rows(schema.leases))
        began = time.monotonic()
        code, out, complaints = ended(start(tmp_path, "import", "--json"))
        assert time.monotonic() - began < 5
        gate.set()

        result = only_result(out)
        assert (code, result["outcome"], result["error"]["code"]) == (1, "busy", "busy")
        assert complaints == result["error"]["message"] + "\n"
        assert (
            f"Desk is being imported by process {process.pid} on {socket.gethostname()} since 20"
            in complaints
        )
        assert ended(process)[0] == 0
        assert desk.digest() == clean


def test_three_imports_at_once_count_nothing_twice(sandbox: Sandbox, desk: Inflow, clean: str) -> None:
    programs = [start(desk.settings.home, "import", "--json") for _ in range(3)]
    results = [ended(program) for program in programs]
    outcomes = [only_result(out)["outcome"] for _code, out, _complaints in results]

    assert set(outcomes) <= {"complete", "busy"}
    assert outcomes.count("complete") >= 1
    assert [code for code, *_ in results] == [int(outcome != "complete") for outcome in outcomes]
    desk.check()
    assert desk.digest() == clean


def test_a_killed_importer_is_replaced_at_once(sandbox: Sandbox, desk: Inflow, clean: str) -> None:
    process = start(desk.settings.home, "import")
    wait_for(asked(sandbox, 40))
    process.send_signal(signal.SIGKILL)  # and nobody asks how it ended: it stays a zombie
    wait_for(lambda: _is_zombie(process))
    assert desk.rows(schema.leases)

    began = time.monotonic()
    other = start(desk.settings.home, "import", "--json")
    code, out, complaints = ended(other)

    assert (code, complaints, only_result(out)["outcome"]) == (0, "", "complete")
    assert time.monotonic() - began < 20
    assert desk.digest() == clean
    assert [row["outcome"] for row in desk.rows(schema.imports) if row["purpose"] == "import"] == [
        "interrupted",
        "complete",
    ]
    process.communicate()


def _is_zombie(process: subprocess.Popen[str]) -> bool:
    return psutil.Process(process.pid).status() == psutil.STATUS_ZOMBIE
