"""The endpoint in a thread of the tests' process, asked over real HTTP."""

import json
import socket
import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPResponse
from types import TracebackType
from typing import Any, NamedTuple, Self

from freshdesk_core.events import server
from freshdesk_core.events.endpoint import Opening
from freshdesk_core.settings import Settings

SECONDS = 30.0


class Answer(NamedTuple):
    status: int
    told: dict[str, Any]
    headers: dict[str, str]


class Endpoint:
    """Serves while the ``with`` block runs; each thread that asks keeps one connection open."""

    def __init__(self, settings: Settings) -> None:
        self._listener = server.listen("127.0.0.1", 0)
        self.port = self._listener.getsockname()[1]
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=server.serve, args=(self._listener, self._stop, Opening(lambda: settings)), daemon=True
        )
        self._kept: dict[int, HTTPConnection] = {}  # by thread

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for connection in self._kept.values():
            connection.close()
        self._stop.set()
        self._thread.join(SECONDS)
        self._listener.close()

    def send(self, event: object, key: str | None = None, **headers: str) -> Answer:
        """Post an event; bytes go as they are. ``Content_Type`` and so on name headers."""
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        given = {"Content-Type": "application/json"}
        if key is not None:
            given["Authorization"] = f"Bearer {key}"
        given |= {name.replace("_", "-"): text for name, text in headers.items()}
        return self.ask("POST", "/events", body, given)

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        me = threading.get_ident()
        connection = self._kept.pop(me, None) or HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        connection.request(method, path, body, headers or {})
        answer = answer_of(connection.getresponse())
        if answer.headers.get("connection") == "close":
            connection.close()
        else:
            self._kept[me] = connection
        return answer

    def talk(self, *pieces: bytes) -> bytes:
        """Say something as it is, and hear all until the other side closes."""
        heard = b""
        with socket.create_connection(("127.0.0.1", self.port), SECONDS) as line:
            try:
                for piece in pieces:
                    line.sendall(piece)
            except (ConnectionError, BrokenPipeError):
                pass  # it has heard enough
            try:
                while more := line.recv(65_536):
                    heard += more
            except ConnectionError:
                pass
        return heard


def answer_of(response: HTTPResponse) -> Answer:
    body = response.read()
    headers = {name.lower(): text for name, text in response.getheaders()}
    return Answer(response.status, json.loads(body) if body else {}, headers)


def wait_for(condition: Callable[[], object], seconds: float = SECONDS) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.01)
