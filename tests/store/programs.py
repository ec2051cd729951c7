"""Other processes on the same store: real ones, ended for real."""

import os
import subprocess
import sys
from pathlib import Path

from tests.databases import environment

ROOT = Path(__file__).parents[2]
PREAMBLE = """
import sys
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, integrations, leases, schema
settings = Settings.from_environment()
"""


def start(home: Path, code: str, **more: str) -> subprocess.Popen[str]:
    """A Python program of its own; it may print lines, and read lines to go on."""
    environ = os.environ | environment(home) | {"PYTHONWARNINGS": "error"} | more
    return subprocess.Popen(
        [sys.executable, "-c", PREAMBLE + code],
        env=environ,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def said(process: subprocess.Popen[str]) -> str:
    """The next line that a program prints."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Wait for the end; gives the exit code and what it complained of."""
    _out, complaints = process.communicate(timeout=60)
    return process.returncode, complaints
