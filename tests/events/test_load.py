"""Many events for a while, and very many at once: all are answered, none is lost."""

import threading
import time

import pytest
from sqlalchemy import func, select

from freshdesk_core.settings import Settings
from freshdesk_core.store import Store
from freshdesk_core.store.event_schema import events
from tests.events.programs import Sender, end, started

pytestmark = [pytest.mark.sqlite, pytest.mark.nightly]

PER_SECOND = 500
SECONDS = 60
SENDERS = 25


class PacedSender(Sender):
    """Keeps to a pace, and takes the time of each answer."""

    def __init__(self, port: int, key: str, first: int, per_second: float, most: int) -> None:
        super().__init__(port, key, first, most)
        self._every = 1 / per_second
        self._began = time.monotonic()
        self._number = 0
        self.waits: list[float] = []

    def before(self) -> None:
        due = self._began + self._number * self._every
        self._number += 1
        time.sleep(max(0.0, due - time.monotonic()))

    def after(self, seconds: float) -> None:
        self.waits.append(seconds)


def _kept(store: Store) -> int:
    with store.read() as connection:
        return int(connection.execute(select(func.count()).select_from(events)).scalar_one())


def test_500_a_second_for_a_minute(store: Store, settings: Settings, desk: int, key: str) -> None:
    most = PER_SECOND * SECONDS // SENDERS
    with started(settings.home) as (process, port):
        senders = [
            PacedSender(port, key, 1 + number * 1_000_000, PER_SECOND / SENDERS, most)
            for number in range(SENDERS)
        ]
        _send(senders)
        end(process)
    waits = sorted(seconds for sender in senders for seconds in sender.waits)
    assert {status for sender in senders for status in sender.statuses} == {202}
    assert len(waits) == _kept(store) == most * SENDERS
    assert waits[int(0.99 * len(waits))] <= 0.25


def test_5000_at_once(store: Store, settings: Settings, desk: int, key: str) -> None:
    with started(settings.home) as (process, port):
        senders = [Sender(port, key, 1 + number * 1_000_000, 50) for number in range(100)]
        began = time.monotonic()
        _send(senders)
        seconds = time.monotonic() - began
        end(process)
    assert {status for sender in senders for status in sender.statuses} == {202}
    assert sum(len(sender.acknowledged) for sender in senders) == _kept(store) == 5_000
    assert seconds < 15


def _send(senders: "list[Sender] | list[PacedSender]") -> None:
    for sender in senders:
        sender.start()
    for sender in senders:
        threading.Thread.join(sender, 300)
        assert not sender.is_alive()
