"""Imports over bad wires: the real importer on the sandbox, whose waits pass in a time of their own."""

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from time import monotonic

from freshdesk_core.api import Freshdesk, MinuteLimiter
from freshdesk_core.errors import CoreError
from freshdesk_core.importing.budget import SharedLimiter
from freshdesk_core.importing.log import Run
from freshdesk_core.importing.run import Import, Outcome
from freshdesk_core.importing.stopping import Interrupted, patience
from freshdesk_core.sandbox import Faults, Sandbox
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, schema
from tests.importing.inflow import Inflow, environment, inflow

THREADS = 3


class Time:
    """Seconds that pass only while somebody waits; several who wait from one moment on wait together."""

    def __init__(self) -> None:
        self._now = 1_000_000.0
        self._lock = threading.Lock()
        self._seen = threading.local()

    def __call__(self) -> float:
        with self._lock:
            self._seen.at = self._now
            return self._now

    def waiting(self, halt: threading.Event) -> Callable[[float], None]:
        """A sleep that ends the work when the run has failed."""

        def sleep(seconds: float) -> None:
            if halt.is_set():
                raise Interrupted
            with self._lock:
                since = getattr(self._seen, "at", self._now)
                self._now = max(self._now, since + seconds)
                self._seen.at = self._now

        return sleep


class RealTime:
    """The seconds of this machine."""

    def __call__(self) -> float:
        return monotonic()

    def waiting(self, halt: threading.Event) -> Callable[[float], None]:
        return patience(halt)


class Permits(SharedLimiter):
    """Notes each pause, from when on it is known until when it lasts, and when each call was let through."""

    def __init__(self, here: Inflow, time: Time | RealTime) -> None:
        own = MinuteLimiter(clock=time, wall_clock=time)
        super().__init__(here.store, here.integration.domain, own, wall_clock=time)
        self._time = time
        self.pauses: list[tuple[float, float]] = []
        self.permitted: list[float] = []

    def acquire(self, is_list: bool, sleep: Callable[[float], None], cost: int | None = None) -> int:
        reserved = super().acquire(is_list, sleep, cost)
        self.permitted.append(self._time())
        return reserved

    def pause(self, seconds: float) -> None:
        ends_at = self._time() + seconds
        super().pause(seconds)
        self.pauses.append((self._time(), ends_at))


def run(
    here: Inflow,
    time: Time | RealTime,
    *,
    key: str = Sandbox.api_key,
    deadline: float = 60.0,
    on_progress: Callable[[Run], None] = lambda run: None,
    permits: Permits | None = None,
) -> Outcome:
    """Import; whatever happened, what is stored must be in order afterwards."""
    halt = threading.Event()
    with Freshdesk(
        here.integration.domain,
        key,
        limiter=permits or Permits(here, time),
        sleep=time.waiting(halt),
        clock=time,
        random=Random(1).random,
        deadline=deadline,
        allow_loopback=True,
    ) as freshdesk:
        outcome = Import(
            here.store, here.integration, freshdesk, threads=THREADS, halt=halt, on_progress=on_progress
        ).run()
    here.check()
    return outcome


def complete(here: Inflow, time: Time, *, key: str = Sandbox.api_key, deadline: float = 60.0) -> Outcome:
    """Import to the end."""
    outcome = run(here, time, key=key, deadline=deadline)
    assert (outcome.outcome, outcome.error) == ("complete", None)
    return outcome


def failure(outcome: Outcome) -> CoreError:
    """Why a run failed; that it did."""
    assert outcome.outcome == "failed"
    assert outcome.error is not None
    return outcome.error


class Homes:
    """Folders with an empty store each: to make one takes longer than a whole import."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._made = folder, 0
        self._pattern = folder / "empty"
        store = Store.open(Settings.from_environment(environment(self._pattern)))
        store.checkpoint()
        store.close()

    @contextmanager
    def inflow(self, sandbox: Sandbox) -> Iterator[Inflow]:
        self._made += 1
        home = self._folder / str(self._made)
        shutil.copytree(self._pattern, home)
        with inflow(home, sandbox) as here:
            yield here


class Wires:
    """A desk, what a clean import makes of it, and imports of it over bad wires."""

    def __init__(self, source: object, folder: Path) -> None:
        self.source, self.homes = source, Homes(folder)
        with self.served() as (sandbox, time), self.homes.inflow(sandbox) as here:
            self.calls = complete(here, time).calls
            self.digest = here.digest()
            self.by_quarter = here.by_quarter()
            self.ticket_ids = [row["ticket_id"] for row in here.rows(schema.tickets)]

    @contextmanager
    def served(self, faults: Faults | str = "", plan: str = "unlimited") -> Iterator[tuple[Sandbox, Time]]:
        time = Time()
        with Sandbox(self.source, plan=plan, faults=faults, wall=time) as sandbox:  # type: ignore[arg-type]
            yield sandbox, time

    @contextmanager
    def imported(
        self, faults: Faults | str, *, plan: str = "unlimited", deadline: float = 60.0
    ) -> Iterator[tuple[Inflow, Sandbox, Outcome]]:
        """Import completely under faults; nothing may be lost, doubled or made up."""
        with self.served(faults, plan) as (sandbox, time), self.homes.inflow(sandbox) as here:
            outcome = complete(here, time, deadline=deadline)
            assert here.digest() == self.digest
            yield here, sandbox, outcome
