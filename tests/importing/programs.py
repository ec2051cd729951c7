"""``python -m freshdesk_core`` as a process of its own, against a sandbox of the test's process."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from freshdesk_core.sandbox import Sandbox
from tests.importing.inflow import environment

ROOT = Path(__file__).parents[2]


def start(home: Path, *arguments: str, **more: str) -> subprocess.Popen[str]:
    environ = os.environ | environment(home, **more) | {"PYTHONWARNINGS": "error"}
    return subprocess.Popen(
        [sys.executable, "-m", "freshdesk_core", *arguments],
        env=environ,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str], seconds: float = 60) -> tuple[int, str, str]:
    out, complaints = process.communicate(timeout=seconds)
    return process.returncode, out, complaints


def only_result(out: str) -> dict[str, Any]:
    """The one integration of ``import --json``."""
    (found,) = json.loads(out)["integrations"]
    assert isinstance(found, dict)
    return found


def wait_for(condition: Callable[[], object], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.003)


def asked(sandbox: Sandbox, number: int) -> Callable[[], bool]:
    """So many requests have come since now."""
    before = len(sandbox.application.requests)
    return lambda: len(sandbox.application.requests) >= before + number
