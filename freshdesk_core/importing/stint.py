"""What every run over an integration shares: its lease, its row in the log, its steps and its end."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from typing import TypedDict

from sqlalchemy import Connection

from freshdesk_core.api import Freshdesk
from freshdesk_core.errors import Busy, CoreError, StoreError
from freshdesk_core.importing import log, pulse, shortcut
from freshdesk_core.importing.stopping import Interrupted
from freshdesk_core.store import Store, leases, notices
from freshdesk_core.store.cells import Cells
from freshdesk_core.store.integrations import Integration

SKEW_SECONDS = 120  # a smaller difference between Freshdesk's clock and ours is not worth a word


@dataclass(frozen=True)
class End:
    """How a run ended: "complete", "interrupted" or "failed", and why."""

    outcome: str
    error: CoreError | None
    seconds: float


class How(TypedDict, total=False):
    """How a run is to be done; see ``Stint``."""

    threads: int
    stop: threading.Event | None
    halt: threading.Event | None
    on_progress: Callable[[log.Run], None]
    use_shortcut: bool
    with_estimate: bool
    pulse_seconds: float


class Stint:
    """One run over one integration.

    Args:
        store: Where everything goes.
        integration: Whose tickets are read.
        freshdesk: The client of its account.
        threads: How many calls are made at once.
        stop: Set by the caller to end the run early, resumable.
        halt: Set by the run when it fails, so that no thread of the client goes on waiting (``patience``).
        on_progress: Told after each step.
        use_shortcut: Whether threads may be skipped in which no customer answered.
        with_estimate: Whether a first import tells beforehand what it will cost.
        pulse_seconds: How often it tells that it lives, or what it waits for.
    """

    def __init__(
        self,
        store: Store,
        integration: Integration,
        freshdesk: Freshdesk,
        *,
        threads: int = 4,
        stop: threading.Event | None = None,
        halt: threading.Event | None = None,
        on_progress: Callable[[log.Run], None] = lambda run: None,
        use_shortcut: bool = True,
        with_estimate: bool = False,
        pulse_seconds: float = pulse.SECONDS,
    ) -> None:
        self.store = store
        self.integration = integration
        self.id = integration.integration_id
        self.freshdesk = freshdesk
        self.threads = threads
        self.cells = Cells(self.id)
        self.clock = ServerClock()
        self.run: log.Run
        self._stop = stop or threading.Event()
        self._halt = halt or threading.Event()
        self._on_progress = on_progress
        self._use_shortcut = use_shortcut
        self.with_estimate = with_estimate
        self._pulse_seconds = pulse_seconds
        self._before = (freshdesk.calls, freshdesk.credits, freshdesk.waited)

    def work(self, purpose: str, do: Callable[[], None]) -> End:
        """Do the work under the lease, and write down how it ended.

        The integration is the one that stands in the store when the lease is taken, whenever the one given
        was loaded.

        Raises:
            Busy: Another process works on this integration, or its key or address is another one by now.
            ConfigError: It was removed.
            StoreError: The store failed; how the run ended could not be written down either.
        """
        began = time.monotonic()
        error: CoreError | None = None
        with leases.held(self.store, self.integration) as lease:
            self._lease, self.integration = lease, lease.integration
            is_first = self.integration.first_import_ended_at is None
            with self.store.write() as connection:
                self.run = log.begin(connection, self.id, purpose=purpose, is_first=is_first)
            try:
                with self._beating():
                    do()
                outcome = "complete"
            except Busy as caught:  # somebody wanted it so, and the next run goes on from there
                outcome, error = "interrupted", caught
            except CoreError as caught:
                outcome, error = "failed", caught
            except (Interrupted, KeyboardInterrupt):
                outcome = "interrupted"
            except BaseException:  # a page that was left in the middle, say: nobody works on it any more
                with suppress(StoreError), self.store.write() as connection:
                    log.end(connection, self.run, "interrupted")
                raise
            self._count_calls()
            with self.store.write() as connection:
                noticed = self._noticed(connection)
                log.end(connection, self.run, outcome, error)
                if outcome == "complete" and purpose == "import":
                    notices.keep(connection, self.run.import_id, noticed)
            self.store.checkpoint()
        return End(outcome, error, time.monotonic() - began)

    @contextmanager
    def step(self) -> Iterator[Connection]:
        """One transaction: rows, contacts, summary, cursor and run record, all or nothing."""
        with self.store.write() as connection:
            self._lease.check(connection)
            yield connection
            self.cells.flush(connection)
            self._count_calls()
            log.progress(connection, self.run)
        self._on_progress(self.run)
        if self._stop.is_set():
            raise Interrupted

    @contextmanager
    def halting(self) -> Iterator[None]:
        """Wake the waiting threads when the run fails; a pool would wait for them else."""
        try:
            yield
        except BaseException:
            self._halt.set()
            raise

    def _beating(self) -> AbstractContextManager[None]:
        """Let everybody see that the run lives, and for what it waits."""
        return pulse.Pulse(
            self.store, self.run, self.freshdesk, on_change=self._on_progress, seconds=self._pulse_seconds
        ).beating()

    def shortcut(self, connection: Connection) -> shortcut.Shortcut:
        """Which threads may be skipped now."""
        return shortcut.load(connection, self.id, is_used=self._use_shortcut)

    def _noticed(self, connection: Connection) -> notices.Notices:
        drift = self.freshdesk.drift
        skew = self.clock.skew if abs(self.clock.skew) > SKEW_SECONDS else 0
        noticed = notices.Notices(skew, drift.unknown, drift.missing)
        return noticed.and_kept(notices.newest(connection, self.id), drift.looked_at)

    def _count_calls(self) -> None:
        calls, credits_, waited = self._before
        self.run.calls = self.freshdesk.calls - calls
        self.run.credits = self.freshdesk.credits - credits_
        self.run.waited_seconds = round(self.freshdesk.waited - waited)


class ServerClock:
    """Freshdesk's clock, between the answers that tell it. Ours may be wrong.

    ``skew``: by how many seconds ours was behind it, when it was told last.
    """

    def __init__(self) -> None:
        self._told = (int(time.time()), time.monotonic())
        self.skew = 0

    def set(self, served_at: int) -> None:
        """Hear what an answer tells; 0 when it does not."""
        if served_at == 0:
            return
        self._told = (served_at, time.monotonic())
        self.skew = served_at - int(time.time())

    def now(self) -> int:
        """The time there, as far as we can tell."""
        served_at, then = self._told
        return served_at + int(time.monotonic() - then)
