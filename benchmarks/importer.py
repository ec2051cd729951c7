"""One import in a process of its own, so that its time, memory and calls are its alone.

``python -m benchmarks.importer DOMAIN KEY WAY`` imports into ``INFLOW_HOME`` and prints one JSON object. WAY
is "every-thread", or "shortcut" for the way it is done by default.
"""

import hashlib
import json
import resource
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from benchmarks.account import ROOT, Server
from freshdesk_core.importing.connect import client_of
from freshdesk_core.importing.run import Import
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, integrations, schema

MEGABYTE = 10**6


@dataclass(frozen=True)
class Imported:
    """What one import took. ``wall`` is the import alone, ``process`` all from its start to its end."""

    wall: float
    process: float
    cpu: float
    peak_megabytes: float
    calls: int
    tickets: int
    conversations: int
    new_contacts: int
    contacts_digest: str  # the same for two stores that count the same contacts
    store_megabytes: float


def run(server: Server, home: Path, threads: int, *, shortcut: bool = True) -> Imported:
    """Import an account into the store of a home, totals and audit apart.

    Args:
        server: The account.
        home: Where the store lies, or is made.
        threads: Over how many connections.
        shortcut: Skip threads in which no customer answered, as an import does by default.

    Raises:
        subprocess.CalledProcessError: The import failed; it has said why.
    """
    began = time.perf_counter()
    done = subprocess.run(
        [
            *(sys.executable, "-m", "benchmarks.importer", server.domain, server.api_key),
            "shortcut" if shortcut else "every-thread",
        ],
        cwd=ROOT,
        env={"INFLOW_HOME": str(home), "INFLOW_THREADS": str(threads), "INFLOW_ALLOW_LOOPBACK": "1"},
        stdout=subprocess.PIPE,
        check=True,
    )
    process = time.perf_counter() - began
    return Imported(process=process, **json.loads(done.stdout))


def _main(domain: str, api_key: str, way: str) -> int:
    """Import, and print the figures; exit code 1 when the import is not complete."""
    settings = Settings.from_environment()
    store = Store.open(settings)
    with store.write() as connection:
        integration = next(iter(integrations.all_of(connection)), None) or integrations.add(
            connection,
            settings,
            name="Benchmark",
            domain=domain,
            api_key=api_key,
            time_zone="Europe/Berlin",
            since=None,
        )
    with client_of(settings, integration, threading.Event(), store=store) as freshdesk:
        began = time.perf_counter()
        outcome = Import(
            store, integration, freshdesk, threads=settings.threads, use_shortcut=way == "shortcut"
        ).run()
        wall = time.perf_counter() - began
    digest = _digest(store)
    store.close()
    usage = resource.getrusage(resource.RUSAGE_SELF)
    result = {
        "wall": wall,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak_megabytes": usage.ru_maxrss * 1024 / MEGABYTE,
        "calls": outcome.calls,
        "tickets": outcome.accounts.tickets,
        "conversations": outcome.accounts.conversations,
        "new_contacts": outcome.new_contacts,
        "contacts_digest": digest,
        "store_megabytes": (settings.home / "inflow.db").stat().st_size / MEGABYTE,
    }
    print(json.dumps(result))
    if outcome.outcome != "complete":
        print(f"The import ended {outcome.outcome}: {outcome.error}", file=sys.stderr)
        return 1
    return 0


def _digest(store: Store) -> str:
    """All counts of all queues, in one line."""
    line, cell = schema.series.c, schema.volumes.c
    query = (
        select(line.kind, line.group_id, line.source, line.is_unknown, cell.day, cell.counts)
        .join_from(schema.series, schema.volumes)
        .where(line.measure == "contacts")
    )
    with store.read() as connection:
        rows = sorted(str(tuple(row)) for row in connection.execute(query) if any(row.counts))
    return hashlib.sha256("".join(rows).encode()).hexdigest()


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
