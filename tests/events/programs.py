"""The receiver as a process of its own, and senders that press it hard."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import psutil

from tests.databases import environment

ROOT = Path(__file__).parents[2]
UNLIMITED = {"INFLOW_EVENTS_PER_MINUTE": "0", "INFLOW_WRONG_KEYS_PER_MINUTE": "0"}


@contextmanager
def started(home: Path, *before: str, **more: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run a receiver on a free port; *before* is a program to run it under. Gives it and its port.

    Nothing of it outlives the ``with`` block.
    """
    environ = os.environ | environment(home) | UNLIMITED | {"PYTHONWARNINGS": "error"} | more
    process = subprocess.Popen(
        [*before, sys.executable, "-m", "freshdesk_core", "receiver", "--port", "0"],
        env=environ,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        ready = process.stdout.readline()
        assert ready, process.stderr.read()
        yield process, int(json.loads(ready)["url"].rpartition(":")[2])
    finally:
        with suppress(psutil.Error):
            for one in [*psutil.Process(process.pid).children(), process]:
                one.kill()
        process.wait(60)
        process.stdout.close()
        process.stderr.close()


def end(process: subprocess.Popen[str]) -> str:
    """Tell it to end, by SIGTERM; gives what it complained of."""
    process.terminate()
    _out, complaints = process.communicate(timeout=60)
    assert process.returncode == 0
    return complaints


class Sender(threading.Thread):
    """Posts one event after the other until the other side is gone, or *most* are through."""

    def __init__(self, port: int, key: str, first: int, most: int = 1_000_000) -> None:
        super().__init__(daemon=True)
        self._port = port
        self._key = key
        self._numbers = range(first, first + most)
        self.acknowledged: list[int] = []
        self.statuses: set[int] = set()

    def before(self) -> None:
        """Called before each event."""

    def after(self, seconds: float) -> None:
        """Called with the time that an answer took."""

    def run(self) -> None:
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
        with suppress(OSError, HTTPException):
            for number in self._numbers:
                self.before()
                began = time.monotonic()
                connection.request("POST", "/events", json.dumps({"ticket_id": number}).encode(), headers)
                response = connection.getresponse()
                response.read()
                self.after(time.monotonic() - began)
                self.statuses.add(response.status)
                if response.status == 202:
                    self.acknowledged.append(number)
        connection.close()
