"""The endpoint as a process of its own: a socket, a loop, two paths."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator

import uvicorn

from freshdesk_core.events import http
from freshdesk_core.events.endpoint import Events, Opening
from freshdesk_core.events.healthz import Healthz

BACKLOG = 1_024
NOT_HERE = {
    "code": "not-found",
    "message": "There is nothing at this address.",
    "next_step": "Send events to /events.",
}


class Application:
    """Hands requests to the endpoint or to the health answer."""

    def __init__(self, opening: Opening) -> None:
        self._paths: dict[str, http.Application] = {"/events": Events(opening), "/healthz": Healthz(opening)}

    async def __call__(self, scope: http.Scope, receive: http.Receive, send: http.Send) -> None:
        """Answer one request."""
        found = self._paths.get(scope["path"])
        if found is None:
            await http.answer(send, 404, NOT_HERE)
        else:
            await found(scope, receive, send)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one.

    It names its protocol: asyncio turns Nagle off only for such ones. With Nagle on, an answer may wait
    40 ms for the other side.

    Raises:
        OSError: The address is not this machine's, or taken.
    """
    (family, kind, protocol, _name, address), *_rest = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP, flags=socket.AI_PASSIVE
    )
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def serve(listener: socket.socket, stop: threading.Event, opening: Opening | None = None) -> None:
    """Serve until the stop event is set; what was accepted is stored before it returns."""
    asyncio.run(_serve(listener, stop, opening or Opening()))


async def _serve(listener: socket.socket, stop: threading.Event, opening: Opening) -> None:
    config = uvicorn.Config(
        Application(opening),
        log_config=None,
        access_log=False,  # addresses are nobody's business
        lifespan="off",
        server_header=False,
        ws="none",
        timeout_keep_alive=75,
        timeout_graceful_shutdown=2,
        backlog=BACKLOG,
    )
    try:
        await _Server(config, stop).serve(sockets=[listener])
    finally:
        await opening.close()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, stop: threading.Event) -> None:
        super().__init__(config)
        self._stop = stop

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the command's business."""
        yield

    async def on_tick(self, counter: int) -> bool:
        """Called ten times a second; true ends the server."""
        return self._stop.is_set() or await super().on_tick(counter)
