"""The event endpoint as its own process, rate limit off: how many events a second, and how long each waits.

Every answer comes after its event is on the disk. The senders are another process (this one), on connections
that are kept; each sends its next event when the last is answered.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

from benchmarks.report import Budget, table, verdict
from freshdesk_core.access import COMMAND_LINE
from freshdesk_core.events import keys
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, integrations

ROOT = Path(__file__).resolve().parent.parent
BURST = 5_000
MOST_EACH = 200  # of one connection: alone, it waits for the disk each time
ROUNDS = 3
CONNECTIONS = (1, 8, 32, 64)
BUDGET_CONNECTIONS = 32
LEAST_PER_SECOND = 2_000
MOST_P99 = 50.0  # milliseconds


@dataclass(frozen=True)
class Burst:
    """What came of a burst; times in milliseconds."""

    per_second: float
    cpu: float  # of the receiver, for one event
    p50: float
    p99: float
    worst: float


def main() -> bool:
    """Measure; true when the budgets are kept."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        key = _prepare(home)
        environ = os.environ | {
            "INFLOW_HOME": str(home),
            "INFLOW_EVENTS_PER_MINUTE": "0",
            "INFLOW_WRONG_KEYS_PER_MINUTE": "0",
        }
        environ.pop("INFLOW_DATABASE_URL", None)
        command = [sys.executable, "-m", "freshdesk_core", "receiver", "--port", "0"]
        with subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True) as receiver:
            try:
                assert receiver.stdout is not None
                port = int(json.loads(receiver.stdout.readline())["url"].rpartition(":")[2])
                return _measure(psutil.Process(receiver.pid), port, key, home)
            finally:
                receiver.terminate()


def _prepare(home: Path) -> str:
    settings = Settings.from_environment({"INFLOW_HOME": str(home)})
    store = Store.open(settings)
    with store.write() as connection:
        desk = integrations.add(
            connection,
            settings,
            name="Desk",
            domain="desk.freshdesk.com",
            api_key="abcdefGHIJ1234",
            time_zone="UTC",
            since=None,
        )
    key = keys.generate(COMMAND_LINE, store, desk.integration_id).text
    store.close()
    return key


def _measure(receiver: psutil.Process, port: int, key: str, home: Path) -> bool:
    asyncio.run(_burst(port, key, 8, 0, 500))  # to open the store
    first, rows, budgeted = 1_000, [], []
    for connections in CONNECTIONS:
        size = min(BURST, connections * MOST_EACH)
        bursts = []
        for _ in range(ROUNDS):
            before = _cpu(receiver)
            burst = asyncio.run(_burst(port, key, connections, first, size))
            bursts.append(replace(burst, cpu=1_000 * (_cpu(receiver) - before) / size))
            first += size
        best = max(bursts, key=lambda one: one.per_second)
        rows.append((connections, size, int(best.per_second), best.cpu, best.p50, best.p99, best.worst))
        if connections == BUDGET_CONNECTIONS:
            budgeted = [best]
    print(f"The best of {ROUNDS} bursts; milliseconds:\n")
    table(("connections", "events", "events/s", "CPU per event", "p50", "p99", "worst"), rows)
    kept = _kept(home)
    return verdict(
        [
            Budget("seconds for 2,000 events", LEAST_PER_SECOND / budgeted[0].per_second, 1.0, " s"),
            Budget("p99", budgeted[0].p99, MOST_P99, " ms"),
            Budget("events acknowledged and not kept", first - 1_000 - kept, 0),
        ]
    )


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def _kept(home: Path) -> int:
    from sqlalchemy import func, select

    from freshdesk_core.store.event_schema import events

    store = Store.open(Settings.from_environment({"INFLOW_HOME": str(home)}))
    with store.read() as connection:
        count: int = connection.execute(select(func.count()).where(events.c.ticket_id > 1_000)).scalar_one()
    store.close()
    return count


async def _burst(port: int, key: str, connections: int, first: int, events: int) -> Burst:
    numbers = iter(range(first + 1, first + events + 1))
    waits: list[float] = []
    lines = [await asyncio.open_connection("127.0.0.1", port) for _ in range(connections)]
    began = time.perf_counter()
    await asyncio.gather(*[_send(reader, writer, key, numbers, waits) for reader, writer in lines])
    seconds = time.perf_counter() - began
    for _reader, writer in lines:
        writer.close()
    waits.sort()
    milliseconds = [1_000 * waits[int(share * (len(waits) - 1))] for share in (0.5, 0.99, 1)]
    return Burst(events / seconds, 0.0, *milliseconds)


async def _send(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    key: str,
    numbers: Iterator[int],
    waits: list[float],
) -> None:
    for number in numbers:
        body = b'{"ticket_id": %d}' % number
        began = time.perf_counter()
        writer.write(
            b"POST /events HTTP/1.1\r\nHost: inflow\r\nAuthorization: Bearer %b\r\n"
            b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
            % (key.encode(), len(body), body)
        )
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 202"):
            raise RuntimeError(head.decode())
        await reader.readexactly(len(b'{"status": "accepted"}'))
        waits.append(time.perf_counter() - began)
