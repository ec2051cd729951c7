"""The command: one line when ready, a quick and quiet end."""

import http.client
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

COMMAND = [sys.executable, "-m", "freshdesk_core.sandbox", "--tickets", "60", "--days", "10"]


@contextmanager
def running(*options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    process = subprocess.Popen(
        [*COMMAND, *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        yield process, json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ends_on_a_signal_without_a_word(number: signal.Signals) -> None:
    with running() as (process, ready):
        connection = http.client.HTTPConnection(ready["domain"], timeout=10)
        connection.request("GET", "/api/v2/agents/me")
        assert connection.getresponse().status == 401
        connection.close()
        process.send_signal(number)
        out, err = process.communicate(timeout=10)

    assert (process.returncode, out, err) == (0, "", "")
    assert set(ready) == {"domain", "api_key", "agent_key", "restricted_key"}


def test_ends_when_its_parents_pipe_closes() -> None:
    with running("--until-stdin-closes") as (process, _ready):
        out, err = process.communicate(timeout=10)

    assert (process.returncode, out, err) == (0, "", "")


def test_a_taken_port_is_named() -> None:
    with running() as (_process, ready):
        port = ready["domain"].partition(":")[2]
        second = subprocess.run(
            [*COMMAND, "--port", port], capture_output=True, text=True, check=False, timeout=20
        )

    assert second.returncode == 1
    assert port in second.stderr
    assert "Traceback" not in second.stderr


def test_until_shows_the_world_at_that_time() -> None:
    with running("--start", "2026-01-01", "--until", "2026-01-11T00:00:00Z") as (_process, ready):
        connection = http.client.HTTPConnection(ready["domain"], timeout=10)
        connection.request("GET", "/api/v2/agents/me")
        assert connection.getresponse().headers["Date"] == "Sun, 11 Jan 2026 00:00:00 GMT"
        connection.close()
