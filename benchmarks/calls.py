"""How many calls the sample account costs, and what one call costs the client.

The second says why ``api/transport.py`` calls the pool directly (docs/decisions/0006); no budget depends on
it.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import requests

from benchmarks import importer, wire
from benchmarks.account import Server, served
from benchmarks.report import Budget, table, verdict
from freshdesk_core.api import Freshdesk, MinuteLimiter
from freshdesk_core.api.transport import Transport
from freshdesk_core.importing import sample

START, UNTIL = "2025-10-01", "2026-11-05T00:00:00+00:00"
MOST_SHARE_OF_CALLS = 0.6
CALLS = 2_000
THREADS = (1, 4)


class _Session:
    """``requests`` as it is mostly used, without looking at the environment again for each call."""

    def __init__(self, server: Server) -> None:
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.auth = (server.api_key, "X")
        self._base = f"http://{server.domain}"

    def get(self, target: str) -> bytes:
        """Ask, and give the body."""
        return self._session.get(self._base + target, timeout=(10, 30), allow_redirects=False).content

    def close(self) -> None:
        """Close it."""
        self._session.close()


class _Ours:
    """The transport alone: no limiter, nothing parsed."""

    def __init__(self, server: Server) -> None:
        self._transport = Transport(server.domain, server.api_key, 60)

    def get(self, target: str) -> bytes:
        """Ask, and give the body."""
        return self._transport.get(target).body

    def close(self) -> None:
        """Close it."""
        self._transport.close()


class _Client(_Ours):
    """The whole client: limiter, headers, JSON, records."""

    def __init__(self, server: Server) -> None:
        self._client = Freshdesk(server.domain, server.api_key, limiter=MinuteLimiter(), allow_loopback=True)

    def get(self, target: str) -> bytes:
        """Read a thread."""
        self._client.conversations(int(target.split("/")[4]))
        return b""

    def close(self) -> None:
        """Close it."""
        self._client.close()


WAYS: dict[str, Callable[[Server], wire.Connection]] = {
    "raw socket": wire.RawConnection,
    "http.client": wire.PlainConnection,
    "our transport": _Ours,
    "requests.Session": _Session,
    "our client: limiter, JSON, records": _Client,
}


def main() -> bool:
    """Measure and print; True when the sample account costs few enough calls, and counts the same."""
    is_kept = _share_of_the_sample()
    _own_time()
    return is_kept


def _share_of_the_sample() -> bool:
    """The sample account, imported with and without the conversation shortcut."""
    world = {"tickets": sample.TICKETS, "days": sample.DAYS, "seed": sample.SEED}
    with (
        served(start=START, until=UNTIL, **world) as server,
        tempfile.TemporaryDirectory() as home,
    ):
        bare = len(wire.questions(server))
        short = importer.run(server, Path(home) / "short", 4)
        whole = importer.run(server, Path(home) / "whole", 4, shortcut=False)
    print(f"Calls for the sample account: {short.tickets:,} tickets listed\n")
    rows = [
        ("every list page and every thread once", bare, 1.0),
        ("import, every thread", whole.calls, whole.calls / bare),
        ("import with the shortcut", short.calls, short.calls / bare),
    ]
    table(("way", "calls", "share"), rows)
    return verdict(
        [
            Budget("calls with the shortcut ÷ bare calls", short.calls / bare, MOST_SHARE_OF_CALLS),
            Budget("other contacts", int(short.contacts_digest != whole.contacts_digest), 0),
        ]
    )


def _own_time() -> None:
    with served(tickets=CALLS, days=60, start="2026-01-05", until="2026-03-06T00:00:00+00:00") as server:
        threads = [target for target in wire.questions(server) if "conversations" in target]
        readable = threads[: CALLS // 2]
        wire.seconds(server, readable, 4)
        rows = [
            (name, *(_microseconds(server, readable, number, way) for number in THREADS))
            for name, way in WAYS.items()
        ]
    print(f"Own CPU time per call, {len(readable):,} calls\n")
    table(("way", *(f"{number} thread{'s' * (number > 1)}, µs" for number in THREADS)), rows)


def _microseconds(
    server: Server, targets: list[str], threads: int, way: Callable[[Server], wire.Connection]
) -> int:
    """The least of three turns: what other programs do to the caches is not ours."""
    took: list[float] = []
    for _ in range(3):
        began = time.process_time()
        wire.seconds(server, targets, threads, way)
        took.append(time.process_time() - began)
    return round(min(took) / len(targets) * 1e6)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
