"""The receiver is killed under load: what it acknowledged is in the store."""

import shutil
from functools import partial
from pathlib import Path

import psutil
import pytest
from sqlalchemy import select

from freshdesk_core.settings import Settings
from freshdesk_core.store import Store
from freshdesk_core.store.event_schema import events
from tests.events.endpoint import wait_for
from tests.events.programs import Sender, end, started

SENDERS = 6


def _have(senders: list[Sender], wanted: int) -> bool:
    return sum(len(sender.acknowledged) for sender in senders) >= wanted


def _cycles(store: Store, home: Path, key: str, cycles: int) -> int:
    """Kill it so many times, each time after some more answers; returns how many events were acknowledged."""
    acknowledged: set[int] = set()
    for cycle in range(cycles):
        with started(home) as (process, port):
            senders = [
                Sender(port, key, 1 + (cycle * SENDERS + number) * 1_000_000) for number in range(SENDERS)
            ]
            for sender in senders:
                sender.start()
            wait_for(partial(_have, senders, 20 + 35 * (cycle % 7)))
            process.kill()
            process.wait(60)
        for sender in senders:
            sender.join(60)
            assert sender.statuses == {202}
            acknowledged |= set(sender.acknowledged)
        with store.read() as connection:
            kept = set(connection.execute(select(events.c.ticket_id)).scalars())
        assert acknowledged <= kept
    return len(acknowledged)


@pytest.mark.sqlite
def test_no_acknowledged_event_is_lost(store: Store, settings: Settings, desk: int, key: str) -> None:
    """kill -9, five times."""
    assert _cycles(store, settings.home, key, 5) >= 5 * 20


@pytest.mark.nightly
def test_no_acknowledged_event_is_lost_in_40_kills(
    store: Store, settings: Settings, desk: int, key: str
) -> None:
    """On each database."""
    assert _cycles(store, settings.home, key, 40) >= 40 * 20


@pytest.mark.sqlite
def test_told_to_end_it_answers_what_it_has_taken(
    store: Store, settings: Settings, desk: int, key: str
) -> None:
    """SIGTERM: every event sent is either acknowledged and kept, or its sender knows that it was not."""
    with started(settings.home) as (process, port):
        sender = Sender(port, key, 1)
        sender.start()
        wait_for(lambda: len(sender.acknowledged) >= 20)
        assert end(process) == ""
    sender.join(60)
    with store.read() as connection:
        kept = set(connection.execute(select(events.c.ticket_id)).scalars())
    assert set(sender.acknowledged) <= kept


@pytest.mark.nightly
@pytest.mark.sqlite
@pytest.mark.skipif(shutil.which("strace") is None, reason="no strace on this machine")
def test_the_disk_has_the_event_before_the_sender_has_the_answer(
    store: Store, settings: Settings, desk: int, key: str, tmp_path: Path
) -> None:
    """By the system's own account: between the request and each 202 the journal is flushed."""
    trace = tmp_path / "trace.txt"
    calls = "trace=fsync,fdatasync,sendto,sendmsg,write,recvfrom"
    under = ("strace", "-f", "-qq", "-s", "64", "-e", calls, "-o", str(trace))
    with started(settings.home, *under) as (process, port):
        sender = Sender(port, key, 1, most=50)
        sender.start()
        sender.join(120)
        assert len(sender.acknowledged) == 50
        for receiver in psutil.Process(process.pid).children():
            receiver.terminate()
        process.wait(60)
    flushed, answers = False, 0
    for line in trace.read_text(encoding="utf-8", errors="replace").splitlines():
        if "POST /events" in line:
            flushed = False
        elif "sync(" in line or "sync resumed" in line:
            flushed = flushed or "= 0" in line
        elif "HTTP/1.1 202" in line:
            assert flushed, "an answer before the disk had the event"
            answers += 1
    assert answers == 50
