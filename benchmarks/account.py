"""A made-up account, served by the sandbox as a process of its own, for a benchmark to read."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Server:
    """Where the account is served, and the key it takes."""

    domain: str
    api_key: str


@contextmanager
def served(*, tickets: int, days: int, start: str, until: str, seed: int = 1) -> Iterator[Server]:
    """Serve an account on loopback, without rate limit, while the ``with`` lasts.

    Args:
        tickets: How many tickets its world has.
        days: Over how many days. Freshdesk lists no ticket without activity for 120 days.
        start: Day of the first ticket (ISO).
        until: The moment that it shows (ISO), so that every run reads the same account.
        seed: Another number, another desk.
    """
    options = {
        "plan": "unlimited",
        "tickets": tickets,
        "days": days,
        "start": start,
        "until": until,
        "seed": seed,
    }
    chosen = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    process = subprocess.Popen(
        [sys.executable, "-m", "freshdesk_core", "sandbox", "--until-stdin-closes", *chosen],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdin is not None and process.stdout is not None
        ready = json.loads(process.stdout.readline())
        yield Server(ready["domain"], ready["api_key"])
        process.stdin.close()
