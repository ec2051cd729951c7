"""The pulse of a run: while no step is saved, the store still tells that it lives, or what it waits for.

A thread of fifty pages, or a minute whose calls are used up, saves nothing for a while. A run that makes
calls or waits for Freshdesk's limit is alive; of one that does neither, the age of its last step tells.
"""

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from freshdesk_core.api import Freshdesk
from freshdesk_core.errors import CoreError, RateLimited, StoreError, Unreachable
from freshdesk_core.importing import log
from freshdesk_core.importing.log import Run
from freshdesk_core.store import Store

SECONDS = 5.0
WORTH_SECONDS = 5.0  # a shorter wait for the limit is over before anybody has read of it


class Pulse:
    """Tells of one run what no step tells.

    Args:
        store: Where the run's row is.
        run: The run; nobody ends it while this beats.
        freshdesk: The client of its account.
        on_change: Told when the run begins or ceases to wait for something; by any thread.
        clock: Epoch seconds.
        seconds: Between two beats.
    """

    def __init__(
        self,
        store: Store,
        run: Run,
        freshdesk: Freshdesk,
        *,
        on_change: Callable[[Run], None] = lambda run: None,
        clock: Callable[[], float] = time.time,
        seconds: float = SECONDS,
    ) -> None:
        self._store, self._run, self._freshdesk = store, run, freshdesk
        self._on_change, self._clock, self._seconds = on_change, clock, seconds
        self._calls = freshdesk.calls
        self._outage: Unreachable | None = None
        self._limit: RateLimited | None = None
        self._lock = threading.Lock()

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Beat while the run works, and hear of outages."""
        stop = threading.Event()

        def beat() -> None:
            while not stop.wait(self._seconds):
                self.beat()

        thread = threading.Thread(target=beat, name="pulse", daemon=True)
        self._freshdesk.on_outage(self.tell_outage)
        thread.start()
        try:
            yield
        finally:
            self._freshdesk.on_outage(lambda is_down: None)
            stop.set()
            thread.join()

    def beat(self) -> None:
        """Look whether the run waits for the limit, or made calls since the last beat, and write it down."""
        with self._lock:
            self._limit = self._limited()
            is_new = self._tell()
            is_alive = self._limit is not None or self._freshdesk.calls != self._calls
            self._calls = self._freshdesk.calls
            if is_alive and not is_new:
                with suppress(StoreError), self._store.write() as connection:
                    log.touch(connection, self._run)

    def tell_outage(self, is_down: bool) -> None:
        """Let everybody see that the account does not answer, or that it does again."""
        with self._lock:
            since = f"{time.strftime('%H:%M:%S', time.gmtime(self._clock()))} UTC"
            domain = self._freshdesk.domain
            self._outage = Unreachable("account-down", domain=domain, since=since) if is_down else None
            self._tell()

    def _limited(self) -> RateLimited | None:
        """What to tell of a wait for the limit; one that was told is told until it is over."""
        until, now = self._freshdesk.waiting_until, self._clock()
        least = WORTH_SECONDS if self._limit is None else 0
        if until is None or until - now < least:
            return None
        minute = 60 * math.ceil(until / 60)
        clock = f"{time.strftime('%H:%M', time.gmtime(minute))} UTC"
        return RateLimited("limit-reached", domain=self._freshdesk.domain, until=clock, until_at=minute)

    def _tell(self) -> bool:
        """Write down what the run waits for, if that is another reason than before."""
        reason = self._outage or self._limit
        if _said(reason) == _said(self._run.waits_for):
            return False
        self._run.waits_for = reason
        with suppress(StoreError), self._store.write() as connection:  # the next step meets the same
            log.wait(connection, self._run, reason)
        self._on_change(self._run)
        return True


def _said(reason: CoreError | None) -> object:
    return None if reason is None else (reason.error_code, reason.figures)
