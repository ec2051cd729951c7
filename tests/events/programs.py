"""The receiver as a process of its own, and senders that press it hard."""

import json
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from tests.databases import environment

ROOT = Path(__file__).parents[2]
UNLIMITED = {"INFLOW_EVENTS_PER_MINUTE": "0", "INFLOW_WRONG_KEYS_PER_MINUTE": "0"}


def start(home: Path, *before: str, **more: str) -> tuple[subprocess.Popen[str], int]:
    """Start a receiver on a free port; *before* is a program to run it under. Gives it and its port."""
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
    ready = json.loads(process.stdout.readline())
    return process, int(ready["url"].rpartition(":")[2])


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
