"""Faults of the connection itself, seen on a bare socket."""

import http.client
import json
import socket
import time
from base64 import b64encode
from collections.abc import Iterator

import pytest

from freshdesk_core.sandbox import Sandbox, Script
from tests.sandbox.wire import ask


@pytest.fixture
def desk() -> Iterator[Sandbox]:
    script = Script(now="2026-03-10T12:00:00Z")
    for _ in range(20):
        script.ticket(at="2026-03-09")
    with Sandbox(script, plan="unlimited") as sandbox:
        yield sandbox


def heard(sandbox: Sandbox, timeout: float = 10.0) -> tuple[bytes, str]:
    """All bytes that come for one call, and how the connection ended: closed, reset or not at all."""
    host, _, port = sandbox.domain.partition(":")
    key = b64encode(f"{sandbox.api_key}:X".encode()).decode()
    said = b""
    with socket.create_connection((host, int(port)), timeout=timeout) as connection:
        request = (
            f"GET /api/v2/tickets HTTP/1.1\r\nHost: {sandbox.domain}\r\nAuthorization: Basic {key}\r\n\r\n"
        )
        connection.sendall(request.encode())
        try:
            while piece := connection.recv(65_536):
                said += piece
        except ConnectionResetError:
            return said, "reset"
        except TimeoutError:
            return said, "open"
    return said, "closed"


def parted(said: bytes) -> tuple[http.client.HTTPMessage, bytes]:
    head, _, body = said.partition(b"\r\n\r\n")
    lines = [line.split(": ", 1) for line in head.decode().split("\r\n")[1:]]
    message = http.client.HTTPMessage()
    for name, value in lines:
        message[name] = value
    return message, body


@pytest.fixture
def whole(desk: Sandbox) -> bytes:
    return ask(desk, "tickets").body


def test_reset_before_the_header_inside_it_and_inside_the_body(desk: Sandbox, whole: bytes) -> None:
    said = {}
    for place in ("before", "header", "body"):
        desk.faults.on(f"reset={place}")
        said[place], end = heard(desk)
        assert end == "reset"
        desk.faults.off()

    assert said["before"] == b""
    assert said["header"].startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\n\r\n" not in said["header"]
    head, body = parted(said["body"])
    assert int(head["Content-Length"]) == len(whole) > len(body) > 0
    assert whole.startswith(body)


def test_resets_are_mixed_unless_one_is_asked_for(desk: Sandbox) -> None:
    desk.faults.on("reset")
    seen = {(b"\r\n\r\n" in said, bool(said)) for said, _ in (heard(desk) for _ in range(20))}
    assert seen == {(False, False), (False, True), (True, True)}


def test_hung_up_without_a_byte(desk: Sandbox) -> None:
    desk.faults.on("hangup")
    assert heard(desk) == (b"", "closed")


@pytest.mark.parametrize("offset", [0, 1, 700])
def test_the_body_is_cut_short_of_its_length(desk: Sandbox, whole: bytes, offset: int) -> None:
    desk.faults.on(f"cut={offset}")
    said, end = heard(desk)
    head, body = parted(said)
    assert (int(head["Content-Length"]), body, end) == (len(whole), whole[:offset], "closed")


def test_content_length_is_too_short_for_the_body(desk: Sandbox, whole: bytes) -> None:
    desk.faults.on("short-length=100")
    head, body = parted(heard(desk)[0])
    assert (head["Content-Length"], body) == ("100", whole)
    with pytest.raises(json.JSONDecodeError):
        json.loads(ask(desk, "tickets").body)


def test_taken_and_never_answered(desk: Sandbox) -> None:
    desk.faults.on("silent@1")
    assert heard(desk, timeout=0.1) == (b"", "open")
    assert ask(desk, "tickets").status == 200


def test_byte_by_byte_with_and_without_the_header(desk: Sandbox) -> None:
    desk.faults.on("drip=60s")
    said, end = heard(desk, timeout=0.1)
    assert (said[:12], parted(said)[1], end) == (b"HTTP/1.1 200", b"", "open")
    desk.faults.off()
    desk.faults.on("drip=60s+header")
    assert heard(desk, timeout=0.05) == (b"", "open")
    desk.faults.off()
    desk.faults.on("drip=0.1ms+header~agents/me")
    assert ask(desk, "agents/me").json["id"]


def test_others_are_served_while_one_waits(desk: Sandbox) -> None:
    desk.faults.on("slow=60s@1")
    host, _, port = desk.domain.partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as slow:
        slow.sendall(b"GET /api/v2/tickets HTTP/1.1\r\nHost: x\r\n\r\n")
        while not desk.requests:
            time.sleep(0.001)
        slow.setblocking(False)
        assert ask(desk, "tickets").status == 200
        with pytest.raises(BlockingIOError):
            slow.recv(1)
    desk.faults.off()
    desk.faults.on("slow=10ms")
    assert ask(desk, "tickets").status == 200


def test_a_huge_body_comes_in_chunks_until_the_reader_has_enough(desk: Sandbox) -> None:
    desk.faults.on("huge")
    connection = http.client.HTTPConnection(desk.domain, timeout=10)
    connection.request("GET", "/api/v2/tickets", headers={"Authorization": "Basic " + _key(desk)})
    response = connection.getresponse()
    assert response.headers["Transfer-Encoding"] == "chunked"
    assert response.headers["Content-Length"] is None
    assert response.read(1_000_000).strip() == b"["
    connection.close()
    desk.faults.off()
    desk.faults.on("huge=1MB")
    said = ask(desk, "tickets").body
    assert (len(said), json.loads(said)) == (1_000_000, [])


def test_ends_at_once_with_calls_that_wait() -> None:
    with Sandbox(Script(), faults="silent@1,drip=60s@2,slow=60s@3") as sandbox:
        host, _, port = sandbox.domain.partition(":")
        waiting = [socket.create_connection((host, int(port)), timeout=10) for _ in range(3)]
        for number, connection in enumerate(waiting, 1):
            connection.sendall(b"GET /api/v2/tickets HTTP/1.1\r\nHost: x\r\n\r\n")
            while len(sandbox.requests) < number:
                time.sleep(0.001)
    for connection in waiting:
        with connection, pytest.raises((ConnectionResetError, BrokenPipeError)):
            while connection.recv(4_096):
                pass
            raise BrokenPipeError


def _key(sandbox: Sandbox) -> str:
    return b64encode(f"{sandbox.api_key}:X".encode()).decode()
