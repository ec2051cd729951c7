"""The scheduled import: every integration in turn, the sample while there is none; an audit each night."""

import logging
import threading
import time
from collections.abc import Callable

from freshdesk_core.errors import Busy, CoreError, StoreError
from freshdesk_core.importing.connect import client_of
from freshdesk_core.importing.sample import Sample
from freshdesk_core.importing.session import bring_up_to_date, prove
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, integrations
from freshdesk_core.store.integrations import Integration

LOOK_SECONDS = 1.0  # how soon a new integration, or a removed one, is noticed
BUSY_SECONDS = 5.0  # how soon what another process imports, or a store that is away, is tried again

logger = logging.getLogger(__name__)


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
        self._due: dict[int, float] = {}
        self._audit_due: dict[int, float] = {}

    def run(self) -> None:
        """Work until the stop event is set."""
        try:
            while not self._stop.is_set():
                self._stop.wait(self._turn())
        finally:
            self._sample.stop()

    def _turn(self) -> float:
        """A round; returns after how many seconds the next is due."""
        try:
            self.round()
        except StoreError as error:
            logger.warning("%s", error)  # a server that is restarted comes back
            return BUSY_SECONDS
        return LOOK_SECONDS

    def round(self) -> None:
        """Do whatever is due now."""
        for integration in self._wanted():
            if self._stop.is_set():
                return
            if self._clock() >= self._due.get(integration.integration_id, 0):
                self._due[integration.integration_id] = self._clock() + self._work(integration)

    def _wanted(self) -> list[Integration]:
        with self._store.read() as connection:
            real = [one for one in integrations.real_ones(connection) if one.removed_at is None]
            has_real = bool(integrations.real_ones(connection))
        if has_real:
            self._sample.stop()
            return real
        with self._store.read() as connection:
            sample = integrations.sample(connection)
        return [sample] if sample else self._connected()

    def _connected(self) -> list[Integration]:
        try:
            return [self._sample.connect(self._store, self._settings)]
        except CoreError as error:
            logger.warning("%s", error)
            return []

    def _work(self, integration: Integration) -> float:
        """Import one integration; returns after how many seconds it is due again."""
        try:
            if integration.is_sample:
                integration = self._sample.connect(self._store, self._settings)
            session = bring_up_to_date(self._store, self._settings, integration, stop=self._stop)
            outcome = session.outcome
            logger.info("Import of integration %d: %s", integration.integration_id, outcome.outcome)
            for error in (outcome.error, session.proof_error):
                if error is not None:
                    logger.warning("%s", error)
            if outcome.outcome == "complete":
                self._nightly(integration)
        except Busy:
            return BUSY_SECONDS
        except CoreError as error:
            logger.warning("%s", error)
        return self._settings.poll_seconds

    def _nightly(self, integration: Integration) -> None:
        """Audit, and compare with Freshdesk's totals, once in ``INFLOW_AUDIT_SECONDS``."""
        id_ = integration.integration_id
        if id_ not in self._audit_due:
            # A first import has just ended with both; a restarted worker makes up for what it missed.
            just_done = integration.first_import_ended_at is None
            self._audit_due[id_] = self._clock() + (self._settings.audit_seconds if just_done else 0)
        if self._clock() < self._audit_due[id_]:
            return
        self._audit_due[id_] = self._clock() + self._settings.audit_seconds
        halt = threading.Event()
        with client_of(self._settings, integration, self._stop, halt, store=self._store) as freshdesk:
            proof = prove(self._store, self._settings, integration, freshdesk, stop=self._stop, halt=halt)
        if proof.error is not None:
            logger.warning("%s", proof.error)
