"""Stores what the endpoint accepts: many events in one transaction, on the disk before any is answered.

One thread writes. While it waits for the disk, the next batch gathers; so a burst costs as many flushes
as it has batches, not as it has events.
"""

import logging
import threading
import time
from asyncio import AbstractEventLoop, Future
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Connection

from freshdesk_core.errors import BadEvent, StoreError
from freshdesk_core.events import recording
from freshdesk_core.events.parsing import Event
from freshdesk_core.store import Store
from freshdesk_core.store.engine import Durable

BATCH = 500
LONGEST_QUEUE = 20_000
RETRY_SECONDS = 5
TALLY_SECONDS = 1.0  # how late a refusal or the use of a key may show
SWEEP_SECONDS = 3_600.0

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Item:
    """Something accepted, and who waits for it to be on the disk."""

    integration_id: int
    event: Event | None
    reason: str = ""  # of one that was not understood
    shape: str = ""
    waiting: "Future[None] | None" = field(default=None, repr=False)
    loop: AbstractEventLoop | None = field(default=None, repr=False)


class Intake:
    """The queue between the endpoint and the store, and the thread that empties it."""

    def __init__(self, store: Store, *, clock: Callable[[], float] = time.time) -> None:
        self._durable = Durable(store)
        self._clock = clock
        self._items: deque[Item] = deque()
        self._tally = recording.Tally()
        self._some = threading.Condition()
        self._is_closing = False
        self._tallied = self._swept = float("-inf")
        self._thread = threading.Thread(target=self._run, name="events", daemon=True)
        self._thread.start()

    async def keep(self, item: Item, loop: AbstractEventLoop) -> None:
        """Return once the item is on the disk.

        Raises:
            BadEvent: ``event-not-kept``: the store cannot be written, or too much is waiting already.
        """
        item.waiting, item.loop = loop.create_future(), loop
        with self._some:
            if len(self._items) >= LONGEST_QUEUE or self._is_closing:
                raise BadEvent("event-not-kept", seconds=RETRY_SECONDS)
            self._items.append(item)
            self._some.notify()
        await item.waiting

    def note_use(self, key_id: int, address: str) -> None:
        """Remember that a key was used."""
        self._tally.use(key_id, address, int(self._clock()))

    def note_refused(self, key_id: int) -> None:
        """Count an event beyond a key's limit."""
        self._tally.refuse(key_id, int(self._clock()))

    def note_refusal(self, reason: str) -> None:
        """Count a request without a good key."""
        self._tally.refusal(reason, int(self._clock()))

    def close(self) -> None:
        """Store what is waiting, then end."""
        with self._some:
            self._is_closing = True
            self._some.notify()
        self._thread.join()
        self._durable.close()

    def _run(self) -> None:
        while (batch := self._next()) is not None:
            if batch:
                self._write(batch)
            now = time.monotonic()
            if self._tally and now - self._tallied >= TALLY_SECONDS:
                self._in_order("What the event endpoint counted is not yet kept: %s", self._tally.write)
                self._tallied = now
            if now - self._swept >= SWEEP_SECONDS:
                self._in_order("Old events were not removed: %s", self._sweep)
                self._swept = now
        self._in_order("What the event endpoint counted was not kept: %s", self._tally.write)

    def _next(self) -> list[Item] | None:
        """The next batch, maybe empty after a while; None once all is done and the end has come."""
        with self._some:
            if not self._items:
                if self._is_closing:
                    return None
                self._some.wait(TALLY_SECONDS)
            return [self._items.popleft() for _ in range(min(BATCH, len(self._items)))]

    def _write(self, batch: list[Item]) -> None:
        try:
            with self._durable.write() as connection:
                recording.store(connection, batch, int(self._clock()))
        except StoreError as error:
            if len(batch) == 1:
                logger.warning("An event was not kept: %s", error)
                _tell(batch, error)
                return
            # One of them may be of an integration that was purged meanwhile.
            for item in batch:
                self._write([item])
        else:
            _tell(batch, None)

    def _in_order(self, failure: str, work: Callable[[Connection], None]) -> None:
        """Do what may as well be done later."""
        try:
            with self._durable.write() as connection:
                work(connection)
        except StoreError as error:
            logger.warning(failure, error)

    def _sweep(self, connection: Connection) -> None:
        recording.sweep(connection, int(self._clock()))


def _tell(batch: list[Item], error: StoreError | None) -> None:
    """Let those go on who wait, each in its loop."""
    for item in batch:
        if item.loop is not None and not item.loop.is_closed():
            item.loop.call_soon_threadsafe(_settle, item, error)


def _settle(item: Item, error: StoreError | None) -> None:
    if item.waiting is None or item.waiting.done():  # the sender has gone
        return
    if error is None:
        item.waiting.set_result(None)
    else:
        item.waiting.set_exception(BadEvent("event-not-kept", seconds=RETRY_SECONDS))
