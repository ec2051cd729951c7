"""An import over wires that break: what is stored is what a clean import stores, or nothing and a word."""

import os
import subprocess
import sys
import time as real_time
from pathlib import Path

import pytest

from freshdesk_core.health import status
from freshdesk_core.importing.progress import progress
from freshdesk_core.sandbox import Faults, Sandbox, w1, w3
from freshdesk_core.store import schema
from tests.importing.inflow import environment, inflow
from tests.importing.wires import THREADS, Permits, RealTime, Wires, complete, failure, run

# Made of a copied file.
pytestmark = pytest.mark.sqlite


@pytest.fixture(scope="module")
def wires(tmp_path_factory: pytest.TempPathFactory) -> Wires:
    return Wires(w1(size=0.02), tmp_path_factory.mktemp("wires"))


# Limits


def test_refusals_for_the_rate_limit_of_every_kind_cost_no_row(wires: Wires) -> None:
    """Three calls in ten are refused: with seconds, a date, nothing or garbage to wait, in JSON or not."""
    kinds = ("34s", "date", "bare+html", "garbage+text", "30s+empty")
    faults = ",".join(f"429={kind}+7%" for kind in kinds)
    with wires.imported(faults) as (_here, sandbox, outcome):
        assert outcome.calls > wires.calls * 1.2
        refused = [asked for asked in sandbox.requests if asked.status == 429]
        assert outcome.calls == len(sandbox.requests)
        assert len(refused) > outcome.calls * 0.15


def test_a_refusal_of_ten_minutes_is_waited_out(wires: Wires) -> None:
    with wires.imported("429@60+10m") as (_here, sandbox, outcome):
        assert 1 <= sandbox.faults.used["429"] <= 20
        assert outcome.calls <= wires.calls + 20


def test_a_plan_that_shrinks_on_the_way_is_kept_to(wires: Wires) -> None:
    with wires.imported("plan=growth@40,plan=trial@120", plan="pro") as (_here, sandbox, _outcome):
        refused = [asked for asked in sandbox.requests if asked.status == 429]
        assert len(refused) <= 2 * THREADS  # what went before the new limit was told


def test_nobody_calls_before_the_time_asked_for_has_passed(wires: Wires) -> None:
    """In real time, where the other threads could call a hundred times meanwhile."""
    time = RealTime()
    with (
        Sandbox(wires.source, plan="unlimited", faults="429=1s@30,429=1s@90") as sandbox,  # type: ignore[arg-type]
        wires.homes.inflow(sandbox) as here,
    ):
        permits = Permits(here, time)
        assert run(here, time, permits=permits).outcome == "complete"
        assert here.digest() == wires.digest
    assert len(permits.pauses) == 2
    for began, ends_at in permits.pauses:
        # Let through just before, and noted just after: one for each other thread at most.
        assert sum(began < at < ends_at for at in permits.permitted) < THREADS


# Servers that fail


def test_one_call_in_five_answered_by_a_gateway_costs_a_quarter_more_calls(wires: Wires) -> None:
    with wires.imported("5xx=20%") as (_here, _sandbox, outcome):
        assert wires.calls * 1.1 < outcome.calls <= wires.calls * 1.5


@pytest.mark.parametrize("at", [9, 120])
def test_three_minutes_of_nothing_are_waited_out_in_the_run(wires: Wires, at: int) -> None:
    """In the listing, and among the threads; the log of imports says meanwhile that it waits."""
    seen = []
    with wires.served(f"outage@{at}+3m") as (sandbox, time), wires.homes.inflow(sandbox) as here:

        def look(running: object) -> None:
            (one,) = progress(here.store)
            seen.append((running.waits_for is not None, one.is_running, one.error_code))  # type: ignore[attr-defined]

        outcome = run(here, time, on_progress=look)
        assert (outcome.outcome, outcome.error) == ("complete", None)
        assert here.digest() == wires.digest
        assert 5 <= sandbox.faults.used["outage"] <= 25
        assert outcome.calls <= wires.calls * 1.5
        (one,) = progress(here.store)
    assert (True, True, "account-down") in seen
    assert seen[-1] == (False, True, None)
    assert one.error_code is None


def test_an_outage_that_lasts_ends_the_run_and_the_next_one_goes_on(wires: Wires) -> None:
    with wires.served("outage@120-") as (sandbox, time), wires.homes.inflow(sandbox) as here:
        error = failure(run(here, time))
        assert error.error_code == "unreachable"
        threads = here.integration.first_import_at
        assert threads is not None  # the listing was done
        (one,) = status(here.store, int(real_time.time()), here.settings)
        assert (one.state, one.broken_link) == ("unknown", "freshdesk")

        sandbox.faults.off()
        outcome = complete(here, time)
        assert here.digest() == wires.digest
        assert outcome.calls <= wires.calls - 60  # what was read before is not read again


# Answers that break

BROKEN = (
    "reset=before",
    "reset=header",
    "reset=body",
    "hangup",
    "cut",
    "cut=0",
    "short-length",
    "gzip=broken",
    "gzip=cut",
    "gzip=plain",
    "garbled",
    "swapped",
    "login",
    "empty",
)


def test_answers_broken_in_every_way_are_asked_again(wires: Wires) -> None:
    """The first answer for each thread is broken, each in another way, or its JSON cut at another place."""
    offsets = iter(range(0, 2_000, 7))
    faults = Faults()
    ways = [*BROKEN] * 2
    for ticket_id in wires.ticket_ids:
        way = ways.pop() if ways else f"truncated={next(offsets)}"
        faults.on(way, calls={1}, paths=rf"tickets/{ticket_id}/conversations")
    with wires.imported(faults) as (_here, sandbox, outcome):
        # What is left of an answer longer than it said may spoil one more; a merge seen late costs one.
        assert abs(outcome.calls - wires.calls - sum(sandbox.faults.used.values())) <= 10
        assert set(sandbox.faults.used) == {way.partition("=")[0] for way in BROKEN} | {"truncated"}
        assert sandbox.faults.used["truncated"] >= 90


def test_an_answer_that_stays_broken_ends_the_run_after_five_tries_and_saves_nothing(wires: Wires) -> None:
    """However the first page of the list is broken: never a success with 0 tickets."""
    with wires.served() as (sandbox, time), wires.homes.inflow(sandbox) as here:
        for way in (*BROKEN, "truncated=1", "truncated"):
            before = len(sandbox.requests)
            sandbox.faults = Faults()
            sandbox.faults.on(way, paths=r"tickets\?.*updated_since")
            assert failure(run(here, time)).error_code in ("bad-answer", "unreachable"), way
            lists = [asked for asked in sandbox.requests[before:] if "updated_since" in asked.query]
            # The rest of a longer answer may be read as that to the next try, which then reaches nobody.
            assert 2 <= len(lists) <= 5 if way == "short-length" else len(lists) == 5, way
            assert here.rows(schema.tickets) == []
        sandbox.faults.off()
        complete(here, time)
        assert here.digest() == wires.digest


def test_a_server_that_drips_or_says_nothing_is_left_and_asked_again(wires: Wires) -> None:
    """One call gets a byte at a time, one none; each ends at its deadline, and the import goes on."""
    faults = "drip=20ms@9,drip=20ms+header@60,silent@100"
    with wires.imported(faults, deadline=1.5) as (_here, sandbox, outcome):
        assert sum(sandbox.faults.used.values()) == 3
        assert outcome.calls >= wires.calls + 3


def test_pages_and_rows_that_come_twice_are_counted_once(wires: Wires) -> None:
    with wires.imported(r"repeat-rows=5,repeat-page=20%~tickets\?") as (_here, sandbox, _outcome):
        assert sandbox.faults.used["repeat-rows"] > 100
        assert sandbox.faults.used["repeat-page"] >= 1


# At full size


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Wires:
    return Wires(w3(), tmp_path_factory.mktemp("large"))


def _highest_memory(sandbox: Sandbox, home: Path) -> tuple[int, str]:
    """Import by the command line, in a process of its own: its highest memory in bytes, and the digest."""
    with inflow(home, sandbox) as here:
        command = [sys.executable, "-m", "freshdesk_core", "import"]
        # One that is waited for here: what it needed is told of it alone.
        process = subprocess.Popen(
            command,
            env=os.environ | environment(home),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _pid, code, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(code)
        assert process.returncode == 0
        return used.ru_maxrss * 1024, here.digest()


@pytest.mark.nightly
def test_a_body_of_500_megabytes_or_a_bomb_is_left_at_64(wires: Wires, tmp_path: Path) -> None:
    """Each hits the list once and the threads twice; the import needs at most 200 MB more than usual."""
    memory, digests = {}, set()
    for name, faults in {
        "usual": "",
        "huge": "huge@3,huge@20-21",
        "bomb": "gzip=bomb@3,gzip=bomb@20-21",
    }.items():
        with Sandbox(wires.source, plan="unlimited", faults=faults) as sandbox:  # type: ignore[arg-type]
            memory[name], digest = _highest_memory(sandbox, tmp_path / name)
            digests.add(digest)
            assert sum(sandbox.faults.used.values()) == (3 if faults else 0)
    assert len(digests) == 1
    assert memory["huge"] - memory["usual"] <= 200e6
    assert memory["bomb"] - memory["usual"] <= 200e6


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(5))
def test_all_of_it_together_with_other_dice(large: Wires, seed: int) -> None:
    faults = "429=34s+5%,429=bare+5%,5xx=10%,reset=2%,cut=1%,truncated=1%,login=1%,outage@400+3m"
    with large.imported(Faults(faults, seed=seed)) as (_here, _sandbox, outcome):
        assert outcome.calls <= large.calls * 1.7
