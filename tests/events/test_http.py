"""What the endpoint makes of requests that no decent sender would write."""

import ast
import asyncio
import gzip
import inspect
import json
import re
import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

import psutil
import pytest

from freshdesk_core.access import COMMAND_LINE
from freshdesk_core.events import activity, http, intake, keys, parsing
from freshdesk_core.events import endpoint as endpoint_module
from freshdesk_core.messages import MESSAGES
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store
from tests.events.conftest import add, unlimited
from tests.events.endpoint import SECONDS, Answer, Endpoint

pytestmark = pytest.mark.sqlite

LIMIT = 100 * 1024
BOMB = gzip.compress(b"0" * 10_000_000, 1)
SAID = {"code", "message", "next_step"}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, database: str) -> Settings:
    """One endpoint for all tests here: none of them leaves anything that another minds."""
    return unlimited(tmp_path_factory.mktemp("endpoint"))


@pytest.fixture(scope="module")
def store(settings: Settings) -> Iterator[Store]:
    opened = Store.open(settings)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def key(store: Store, settings: Settings) -> str:
    return keys.generate(COMMAND_LINE, store, add(store, settings, "Desk")).text


@pytest.fixture(scope="module")
def endpoint(settings: Settings, key: str) -> Iterator[Endpoint]:
    with Endpoint(settings) as running:
        yield running


def _is_told(answer: Answer, status: int, code: str) -> None:
    assert (answer.status, answer.told["code"], set(answer.told)) == (status, code, SAID)
    assert all(answer.told.values())
    assert answer.headers["content-type"] == "application/json"


def _padded(size: int) -> bytes:
    body = b'{"ticket_id": 1, "more": "'
    return body + b"x" * (size - len(body) - 2) + b'"}'


def _chunked(endpoint: Endpoint, key: str, *chunks: bytes) -> Answer:
    connection = HTTPConnection("127.0.0.1", endpoint.port, timeout=SECONDS)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    connection.request("POST", "/events", iter(chunks), headers, encode_chunked=True)
    response = connection.getresponse()
    answer = Answer(response.status, json.loads(response.read()), dict(response.getheaders()))
    connection.close()
    return answer


def test_a_body_of_100_kilobytes_is_taken_and_no_byte_more(endpoint: Endpoint, key: str) -> None:
    assert endpoint.send(_padded(LIMIT), key).status == 202
    _is_told(endpoint.send(_padded(LIMIT + 1), key), 413, "event-too-large")
    assert _chunked(endpoint, key, _padded(LIMIT)[:50_000], _padded(LIMIT)[50_000:]).status == 202
    body = _padded(LIMIT + 1)
    told = _chunked(endpoint, key, body[:50_000], body[50_000:])
    assert (told.status, told.told["code"]) == (413, "event-too-large")


def test_a_huge_body_is_not_read(endpoint: Endpoint, key: str) -> None:
    """200 MB, whether it says so or comes piece by piece: the memory of the process hardly grows."""
    process = psutil.Process()
    piece = b"x" * 65_536
    head = (
        b"POST /events HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
        b"Authorization: Bearer " + key.encode() + b"\r\n"
    )
    endpoint.send({"ticket_id": 1}, key)
    before = process.memory_info().rss
    told = endpoint.talk(head + b"Content-Length: 209715200\r\n\r\n", *[piece] * 3_200)
    assert told == b"" or b" 413 " in told.split(b"\r\n")[0]
    chunk = b"10000\r\n" + piece + b"\r\n"
    told = endpoint.talk(head + b"Transfer-Encoding: chunked\r\n\r\n", *[chunk] * 3_200)
    assert told == b"" or b" 413 " in told.split(b"\r\n")[0]
    assert process.memory_info().rss - before < 20 * 1024 * 1024
    assert endpoint.send({"ticket_id": 2}, key).status == 202


class _Tap:
    """A body without an end, and how much of it was taken."""

    def __init__(self) -> None:
        self.taken = 0

    async def receive(self) -> dict[str, Any]:
        self.taken += 4_096
        return {"type": "http.request", "body": b"x" * 4_096, "more_body": True}


def test_of_a_body_without_an_end_at_most_128_kilobytes_are_taken() -> None:
    tap = _Tap()
    with pytest.raises(http.BadEvent) as refused:
        asyncio.run(http.body_of(tap.receive))
    assert refused.value.error_code == "event-too-large"
    assert tap.taken <= 128 * 1024


def test_a_body_that_never_comes_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent() -> dict[str, Any]:
        await asyncio.sleep(60)
        return {}

    monkeypatch.setattr(http, "BODY_SECONDS", 0.01)
    with pytest.raises(http.BadEvent) as refused:
        asyncio.run(http.body_of(silent))
    assert refused.value.error_code == "event-too-slow"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"ticket_id=1",
        b'{"ticket_id": NaN}',
        b'{"ticket_id": ' + b"9" * 5_000 + b"}",
        b"[" * 10_000 + b"]" * 10_000,
        b"[" * 10_000,
        b'{"a":' * 33 + b"1" + b"}" * 33,
        '{"ticket_id": 1}'.encode("utf-16"),
        b"\xef\xbb\xbf" + b'{"ticket_id": 1}',
        b'{"ticket_id": "\xff"}',
    ],
    ids=lambda body: repr(body[:20]),
)
def test_what_is_no_json_is_told_so(store: Store, endpoint: Endpoint, key: str, body: bytes) -> None:
    _is_told(endpoint.send(body, key), 400, "event-not-json")
    assert activity.dead_letters(store, 1) == []


def test_32_levels_are_not_too_deep(endpoint: Endpoint, key: str) -> None:
    body = b'{"ticket_id": 1, "a":' * 31 + b"{}" + b"}" * 31
    assert endpoint.send(body, key).status == 202


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Encoding": "gzip"},
        {"Content_Encoding": "br"},
        {"Content_Type": "text/plain"},
        {"Content_Type": "application/x-www-form-urlencoded"},
        {"Content_Type": "multipart/form-data; boundary=x"},
        {"Content_Type": "application/json; charset=utf-16"},
        {"Content_Type": ""},
    ],
    ids=lambda headers: " ".join(headers.values()),
)
def test_only_plain_json_is_read(endpoint: Endpoint, key: str, headers: dict[str, str]) -> None:
    """A bomb of a thousand to one is not unpacked, either."""
    _is_told(endpoint.send(BOMB, key, **headers), 415, "event-type")
    assert endpoint.send({"ticket_id": 1}, key, Content_Type="application/json; charset=UTF-8").status == 202


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "KANARI"])
def test_only_post_is_answered(endpoint: Endpoint, key: str, method: str) -> None:
    """No other site's page is let in (no CORS), and nobody is sent elsewhere."""
    headers = {"Authorization": f"Bearer {key}", "Origin": "https://example.org"}
    answer = endpoint.ask(method, "/events", b"" if method == "PUT" else None, headers)
    assert (answer.status, answer.headers["allow"]) == (405, "POST")
    assert method == "HEAD" or set(answer.told) == SAID
    assert not [name for name in answer.headers if name.startswith("access-control") or name == "location"]


def test_every_refusal_has_a_status() -> None:
    """And one that a sender is told of has a sentence."""
    made = {
        node.args[0].value
        for module in (endpoint_module, http, intake, parsing)
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "BadEvent"
        if node.args and isinstance(node.args[0], ast.Constant)
    }
    assert made == set(http.STATUS)
    assert made <= set(MESSAGES)


def test_nothing_else_is_served(endpoint: Endpoint) -> None:
    for path in ("/", "/events/", "/healthz/..", "/docs", "/../etc/passwd"):
        assert endpoint.ask("GET", path).status == 404


def test_a_sender_that_leaves_is_no_error(endpoint: Endpoint, key: str) -> None:
    head = f"POST /events HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {key}\r\n"
    head += "Content-Type: application/json\r\n"
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", endpoint.port), SECONDS) as line:
            line.sendall(f"{head}Content-Length: 50\r\n\r\n{{".encode())
    assert endpoint.send({"ticket_id": 1}, key).status == 202


def test_what_is_told_holds_nothing_of_the_inside(endpoint: Endpoint, key: str) -> None:
    answers = [
        endpoint.send({"ticket_id": 1}),
        endpoint.send(b"x", key),
        endpoint.send([], key),
        endpoint.ask("GET", "/events"),
        endpoint.ask("GET", "/healthz"),
    ]
    told = " ".join(json.dumps([answer.told, answer.headers]) for answer in answers)
    assert not re.search(r"sqlite|/home|\.db|Traceback|freshdesk_core|uvicorn", told, re.IGNORECASE)
