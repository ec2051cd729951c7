"""A Freshdesk on a real port that answers from a script, and a clock that only moves when someone sleeps."""

import gzip
import json
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "canary-key-5up3r"


@dataclass
class Question:
    """What came over the wire."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]

    @property
    def target(self) -> tuple[str, tuple[tuple[str, str], ...]]:
        return self.path, tuple(sorted(self.query.items()))


@dataclass
class Scripted:
    """What goes back: ready bytes, or the steps of an own conversation on the socket."""

    status: int = 200
    body: bytes = b"[]"
    headers: dict[str, str] = field(default_factory=dict)
    on_socket: Callable[["Handler"], None] | None = None


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "FakeFreshdesk"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        question = Question(parts.path, query, dict(self.headers.items()))
        self.server.asked.append(question)
        answer = self.server.next_answer(question)
        if answer.on_socket:
            self.close_connection = True
            answer.on_socket(self)
            return
        self.send_response_only(answer.status)
        headers = {"Content-Type": "application/json", "Content-Length": str(len(answer.body))}
        for name, value in (headers | answer.headers).items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *_: object) -> None:
        """Stay silent."""


class FakeFreshdesk(ThreadingHTTPServer):
    """Answers the next line of its script; a rule, when there is one, answers all else."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.domain = f"127.0.0.1:{self.server_port}"
        self.script: deque[Scripted] = deque()
        self.rule: Callable[[Question], Scripted] | None = None
        self.asked: list[Question] = []
        self._turn = threading.Lock()

    def answers(
        self, content: Any = None, *, status: int = 200, body: bytes | None = None, **headers: str
    ) -> None:
        """Add an answer to the script; header names are written with underscores."""
        self.script.append(answer(content, status=status, body=body, **headers))

    def answers_on_socket(self, steps: Callable[[Handler], None]) -> None:
        """Add an answer that is spelt out on the socket."""
        self.script.append(Scripted(on_socket=steps))

    def next_answer(self, question: Question) -> Scripted:
        with self._turn:
            if self.script:
                return self.script.popleft()
        if self.rule:
            return self.rule(question)
        return answer({"code": "script_ended"}, status=404)

    def handle_error(self, *_: object) -> None:
        """A client that goes away is part of the tests."""


def answer(content: Any = None, *, status: int = 200, body: bytes | None = None, **headers: str) -> Scripted:
    raw = json.dumps([] if content is None else content).encode() if body is None else body
    return Scripted(status, raw, {name.replace("_", "-"): str(value) for name, value in headers.items()})


def gzipped(content: Any) -> bytes:
    return gzip.compress(json.dumps(content).encode())


class Clock:
    """Time that passes only in sleep."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.naps: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.naps.append(seconds)
        self.now += seconds
