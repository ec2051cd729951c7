"""The real importer at the plans' limits: never more than our share of any minute, and nothing refused."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from freshdesk_core.api import Freshdesk, MinuteLimiter
from freshdesk_core.importing.budget import SharedLimiter
from freshdesk_core.importing.run import Import
from freshdesk_core.importing.session import prove
from freshdesk_core.sandbox import Sandbox, Script, World
from freshdesk_core.store import Store, integrations
from freshdesk_core.store.integrations import Integration
from tests.importing.inflow import Inflow, inflow
from tests.importing.programs import ended, only_result, start

pytestmark = pytest.mark.sqlite  # the draws on each database are tested beside the budget

DAY = 86_400
WORLD = World(seed=5, start_day=date(2026, 9, 1), tickets=120, days=60)
UNTIL = (date(2026, 11, 1) - date(1970, 1, 1)).days * DAY
LISTS = {"trial": 16, "growth": 16, "pro": 80, "enterprise": 160}  # four fifths of each plan's limit
TOTALS = {"trial": 50, "growth": 200, "pro": 400, "enterprise": 700}


class Together:
    """Seconds that pass only when everybody waits; then until the first has waited long enough."""

    def __init__(self, workers: int) -> None:
        self._now, self._workers = 1_795_000_000.0, workers
        self._asleep: list[float] = []
        self._change = threading.Condition()

    def __call__(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        with self._change:
            until = self._now + seconds
            self._asleep.append(until)
            self._pass()
            while self._now < until:
                assert self._change.wait(60), "the others neither wait nor end"
            self._asleep.remove(until)

    def end(self) -> None:
        """One worker fewer."""
        with self._change:
            self._workers -= 1
            self._pass()

    def _pass(self) -> None:
        if self._asleep and len(self._asleep) >= self._workers:
            self._now = max(self._now, min(self._asleep))
            self._change.notify_all()


class Log:
    """When each call came, what it cost, and whether it was one of the ticket list."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._times: list[float] = []

    def note(self, _method: str, _path: str) -> None:
        self._times.append(self._clock())

    def check(self, sandbox: Sandbox, plan: str) -> None:
        """No 60 seconds hold more than our share, of credits and of list calls; no call was refused."""
        asked = sandbox.requests
        assert len(asked) == len(self._times)
        assert 429 not in {one.status for one in asked}
        lists = [one.path == "/api/v2/tickets" for one in asked]
        costs = [
            1 + ("include=stats" in one.query) * (2 if is_list else 1)
            for one, is_list in zip(asked, lists, strict=True)
        ]
        first = spent = listed = 0
        for last, moment in enumerate(self._times):
            spent, listed = spent + costs[last], listed + lists[last]
            while self._times[first] <= moment - 60:
                spent, listed = spent - costs[first], listed - lists[first]
                first += 1
            assert spent <= 0.8 * TOTALS[plan]
            assert listed <= LISTS[plan]


def _first_import(
    store: Store, here: Inflow, integration: Integration, clock: Together, *, threads: int
) -> None:
    """Import and prove an account, as a process of its own would."""
    limiter = SharedLimiter(
        store, integration.domain, MinuteLimiter(clock=clock, wall_clock=clock), wall_clock=clock
    )
    with Freshdesk(
        integration.domain,
        Sandbox.api_key,
        limiter=limiter,
        sleep=clock.sleep,
        clock=clock,
        allow_loopback=True,
    ) as freshdesk:
        outcome = Import(store, integration, freshdesk, threads=threads).run()
        assert (outcome.outcome, outcome.error) == ("complete", None)
        stops = {"stop": threading.Event(), "halt": threading.Event()}
        settings = replace(here.settings, threads=threads)
        assert prove(store, settings, integration, freshdesk, **stops).error is None


@pytest.mark.parametrize("plan", ["trial", "growth", "pro"])
def test_an_import_keeps_to_four_fifths_of_each_minute(tmp_path: Path, plan: str) -> None:
    """First import, audit and totals of 120 tickets, from the first call on, when the plan is not known."""
    clock = Together(1)
    log = Log(clock)
    with (
        Sandbox(WORLD, until=UNTIL, plan=plan, wall=clock, on_request=log.note) as sandbox,
        inflow(tmp_path, sandbox) as here,
    ):
        _first_import(here.store, here, here.integration, clock, threads=3)
        log.check(sandbox, plan)


def test_two_jobs_share_one_budget(tmp_path: Path) -> None:
    """Each with a limiter of its own, as two processes have; all they share is the store."""
    clock = Together(2)
    log = Log(clock)
    with (
        Sandbox(WORLD, until=UNTIL, plan="growth", wall=clock, on_request=log.note) as sandbox,
        inflow(tmp_path, sandbox) as here,
    ):
        jobs = [threading.Thread(target=_job, args=(here, one, clock)) for one in _two(here, sandbox)]
        for job in jobs:
            job.start()
        for job in jobs:
            job.join(120)
        log.check(sandbox, "growth")
        with here.store.read() as connection:
            states = connection.exec_driver_sql("SELECT DISTINCT outcome, purpose FROM imports").all()
    assert sorted(states) == [("complete", "audit"), ("complete", "import"), ("complete", "totals")]


def _job(here: Inflow, integration: Integration, clock: Together) -> None:
    try:
        _first_import(here.store, here, integration, clock, threads=1)
    finally:
        clock.end()


def _two(here: Inflow, sandbox: Sandbox) -> list[Integration]:
    with here.store.write() as connection:
        other = integrations.add(
            connection,
            here.settings,
            name="The same desk",
            domain=sandbox.domain,
            api_key=sandbox.api_key,
            time_zone="UTC",
            since=None,
        )
    return [here.integration, other]


@pytest.mark.nightly
def test_two_processes_share_one_budget_by_the_real_clock(tmp_path: Path) -> None:
    """Some minutes at a Pro plan: 400 calls, of which 320 are ours, between two programs."""
    script = Script(now="2026-03-10T12:00:00Z")
    for _ in range(300):
        script.reply(script.ticket(at="2026-03-09"), at="2026-03-09T10:00:00Z")
    log = Log(time.monotonic)
    with Sandbox(script, plan="pro", on_request=log.note) as sandbox, inflow(tmp_path, sandbox) as here:
        names = [one.name for one in _two(here, sandbox)]
        programs = [start(here.settings.home, "import", name, "--json") for name in names]
        for program in programs:
            code, out, complaints = ended(program, 900)
            assert code == 0, complaints
            assert only_result(out)["outcome"] == "complete"
        log.check(sandbox, "pro")
