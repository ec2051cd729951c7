"""The scheduled import: each integration that is due, on a thread of its own; the sample while there is none.

A first import may take hours. So some run side by side, each under its lease and its account's budget, and
one place is left for those that only look for news.
"""

import logging
import threading
import time
from collections.abc import Callable
from concurrent import futures
from dataclasses import dataclass

from freshdesk_core.errors import Busy, CoreError, NotAuthorized, StoreError
from freshdesk_core.events.applying import Hints
from freshdesk_core.importing import purging
from freshdesk_core.importing.connect import client_of
from freshdesk_core.importing.log import newest_complete
from freshdesk_core.importing.sample import Sample
from freshdesk_core.importing.session import bring_up_to_date, prove
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, integrations
from freshdesk_core.store.integrations import Integration

LOOK_SECONDS = 1.0  # how soon a new integration, or a removed one, is noticed
BUSY_SECONDS = 5.0  # how soon what another process imports, or a store that is away, is tried again
# How soon a terminal error is looked at again where nobody changed anything: a disk may have room again.
# With a rejected key it is the audit's period: each call brings the key's agent nearer to being locked out.
STOPPED_SECONDS = 3600.0
AT_ONCE = 4
FIRST_AT_ONCE = 3

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ended:
    """How an integration's turn ended: in how many seconds the next is due, unless it is *stopped*.

    One that is stopped met a terminal error: it is due at once when its settings change.
    """

    seconds: float
    is_stopped: bool = False


@dataclass(frozen=True)
class Turn:
    """One integration at work."""

    integration: Integration
    stop: threading.Event
    ended: futures.Future[Ended]


class Worker:
    """Imports each integration every ``INFLOW_POLL_SECONDS``, until told to stop."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        stop: threading.Event,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._settings = settings
        self._stop = stop
        self._clock = clock
        self._sample = Sample(settings)
        self._hints = Hints(store, settings, clock)
        self._pool = futures.ThreadPoolExecutor(AT_ONCE, thread_name_prefix="import")
        self._turns: dict[int, Turn] = {}
        self._due: dict[int, float] = {}
        self._proof_due: dict[tuple[int, int | None], float] = {}  # another start is to be proven at once
        self._stopped: dict[int, object] = {}
        self._used: dict[int, object] = {}  # the address and key of the last turn

    def run(self) -> None:
        """Work until the stop event is set."""
        try:
            while not self._stop.is_set():
                self._stop.wait(self._look())
        finally:
            self.close()

    def close(self) -> None:
        """Stop everything: imports end after the step in hand, resumable."""
        self._stop.set()
        for turn in self._turns.values():
            turn.stop.set()
        self._pool.shutdown()
        self._sample.stop()
        self.wait()

    def _look(self) -> float:
        """A round; returns after how many seconds the next is due."""
        try:
            self.round()
        except StoreError as error:
            logger.warning("%s", error)  # a server that is restarted comes back
            return BUSY_SECONDS
        return LOOK_SECONDS

    def round(self) -> None:
        """Begin whatever is due now and not at work yet, as far as there is room."""
        self._gather()
        purging.finish(self._store)  # one that was killed in the middle, or had to wait for a reader
        told = self._hints.waiting()
        wanted = [one for one in self._wanted() if self._is_due(one, is_told=one.integration_id in told)]
        for integration in sorted(wanted, key=lambda one: self._due.get(one.integration_id, 0)):
            if self._stop.is_set():
                return
            if self._has_room(integration):
                self._begin(integration)

    def wait(self) -> None:
        """Wait until everything that is at work now has ended."""
        futures.wait([turn.ended for turn in self._turns.values()])
        self._gather()

    def _gather(self) -> None:
        """Note what has ended. An error that nobody foresaw ends the worker, to be started anew."""
        for id_, turn in list(self._turns.items()):
            if not turn.ended.done():
                continue
            del self._turns[id_]
            ended = turn.ended.result()
            self._due[id_] = self._clock() + ended.seconds
            self._used[id_] = _access(turn.integration)
            self._stopped.pop(id_, None)
            if ended.is_stopped:
                self._stopped[id_] = self._state(turn.integration)

    def _wanted(self) -> list[Integration]:
        with self._store.read() as connection:
            every = integrations.real_ones(connection)
            sample = integrations.sample(connection)
        for one in every:
            if one.paused_at is not None:  # due at once when it is resumed
                self._due.pop(one.integration_id, None)
                self._stopped.pop(one.integration_id, None)
        real = [one for one in every if one.removed_at is None and one.paused_at is None]
        if not every:
            return [sample] if sample else self._connected()
        turn = self._turns.get(sample.integration_id) if sample else None
        if turn is None:
            self._sample.stop()
        else:
            turn.stop.set()  # its server ends once nobody asks it any more
        return real

    def _connected(self) -> list[Integration]:
        """The sample, its server started; nothing where that fails."""
        try:
            return [self._sample.connect(self._store, self._settings)]
        except Busy:
            return []  # another process imports it: what it brings is seen here, too
        except CoreError as error:
            logger.warning("%s", error)
            return []

    def _is_due(self, integration: Integration, *, is_told: bool) -> bool:
        id_ = integration.integration_id
        if id_ in self._turns:
            return False
        if id_ in self._stopped and self._stopped[id_] != self._state(integration):
            return True
        if not integration.is_sample and self._used.get(id_, _access(integration)) != _access(integration):
            return True
        return self._clock() >= self._due.get(id_, 0) or (is_told and id_ not in self._stopped)

    def _state(self, integration: Integration) -> object:
        """What changes when somebody mends a terminal error: key, address, or an import by hand."""
        with self._store.read() as connection:
            newest = newest_complete(connection, integration.integration_id)
        return integration.domain, integration.key_sealed, newest

    def _has_room(self, integration: Integration) -> bool:
        first = [turn for turn in self._turns.values() if turn.integration.first_import_ended_at is None]
        is_first = integration.first_import_ended_at is None
        return len(self._turns) < AT_ONCE and not (is_first and len(first) >= FIRST_AT_ONCE)

    def _begin(self, integration: Integration) -> None:
        stop = self._stop
        if integration.is_sample:
            found = self._connected()
            if not found:
                self._due[integration.integration_id] = self._clock() + BUSY_SECONDS
                return
            (integration,), stop = found, threading.Event()
        ended = self._pool.submit(self._work, integration, stop)
        self._turns[integration.integration_id] = Turn(integration, stop, ended)

    def _work(self, integration: Integration, stop: threading.Event) -> Ended:
        """Import one integration, and prove it once in ``INFLOW_AUDIT_SECONDS``."""
        try:
            error = self._import(integration, stop)
        except Busy:
            return Ended(BUSY_SECONDS)
        except CoreError as caught:
            logger.warning("%s", caught)
            error = caught
        if isinstance(error, Busy):
            return Ended(BUSY_SECONDS)
        poll = self._settings.poll_seconds
        if error is None or not error.is_terminal or integration.is_sample:
            return Ended(poll)
        is_rejected = isinstance(error, NotAuthorized)
        return Ended(max(poll, self._settings.audit_seconds if is_rejected else STOPPED_SECONDS), True)

    def _import(self, integration: Integration, stop: threading.Event) -> CoreError | None:
        """Returns the error that stops the whole account."""
        id_ = integration.integration_id
        proven = (id_, integration.since)
        is_due = self._clock() >= self._proof_due.get(proven, 0)
        hints = self._hints.seen(id_)
        session = bring_up_to_date(self._store, self._settings, integration, stop=stop, with_proof=is_due)
        outcome, proof_error = session.outcome, session.proof_error
        if outcome.outcome == "complete":
            self._hints.applied(hints)
        logger.info("Import of integration %d: %s", id_, outcome.outcome)
        if outcome.error is not None:
            if isinstance(outcome.error, Busy):
                raise outcome.error  # other settings: it is done again by these, at once
            logger.warning("%s", outcome.error)
            return outcome.error
        if outcome.outcome != "complete":
            return None
        if is_due and session.audited is None and proof_error is None:
            halt = threading.Event()
            with client_of(self._settings, integration, stop, halt, store=self._store) as freshdesk:
                proof = prove(self._store, self._settings, integration, freshdesk, stop=stop, halt=halt)
            proof_error = proof.error
        if proof_error is not None:
            logger.warning("%s", proof_error)
            if isinstance(proof_error, NotAuthorized | Busy):
                return proof_error
        # What may pass by itself is tried again after the next import.
        if is_due and not stop.is_set() and (proof_error is None or proof_error.is_terminal):
            wait = self._settings.audit_seconds if proof_error is None else STOPPED_SECONDS
            self._proof_due[proven] = self._clock() + wait
        return None


def _access(integration: Integration) -> object:
    """Whoever gave it another key waits to see what that one brings."""
    return integration.domain, integration.key_sealed
