"""One import in a process of its own, so that its time, memory and calls are its alone.

``python -m benchmarks.importer DOMAIN KEY`` imports into ``INFLOW_HOME`` and prints one JSON object.
"""

import json
import resource
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.account import ROOT, Server

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
    store_megabytes: float


def run(server: Server, home: Path, threads: int) -> Imported:
    """Import an account into the store of a home, totals and audit apart.

    Raises:
        subprocess.CalledProcessError: The import failed; it has said why.
    """
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.importer", server.domain, server.api_key],
        cwd=ROOT,
        env={"INFLOW_HOME": str(home), "INFLOW_THREADS": str(threads), "INFLOW_ALLOW_LOOPBACK": "1"},
        stdout=subprocess.PIPE,
        check=True,
    )
    process = time.perf_counter() - began
    return Imported(process=process, **json.loads(done.stdout))


def _main(server: Server) -> int:
    """Import, and print the figures; exit code 1 when the import is not complete."""
    from freshdesk_core.importing.connect import client_of
    from freshdesk_core.importing.run import Import
    from freshdesk_core.settings import Settings
    from freshdesk_core.store import Store, integrations

    settings = Settings.from_environment()
    store = Store.open(settings)
    with store.write() as connection:
        integration = next(iter(integrations.all_of(connection)), None) or integrations.add(
            connection,
            settings,
            name="Benchmark",
            domain=server.domain,
            api_key=server.api_key,
            time_zone="Europe/Berlin",
            since=None,
        )
    with client_of(settings, integration, threading.Event()) as freshdesk:
        began = time.perf_counter()
        outcome = Import(store, integration, freshdesk, threads=settings.threads).run()
        wall = time.perf_counter() - began
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
        "store_megabytes": (settings.home / "inflow.db").stat().st_size / MEGABYTE,
    }
    print(json.dumps(result))
    if outcome.outcome != "complete":
        print(f"The import ended {outcome.outcome}: {outcome.error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_main(Server(*sys.argv[1:])))
