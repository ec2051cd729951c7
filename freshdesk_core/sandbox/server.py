"""The sandbox as a server: a thread with a real port on loopback, for as long as a ``with`` lasts."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import uvicorn

from freshdesk_core.sandbox import people
from freshdesk_core.sandbox.application import Application, Asked, Source
from freshdesk_core.sandbox.limits import PLANS, Limits

HOST = "127.0.0.1"
START_TIMEOUT_SECONDS = 30


class Sandbox:
    """Serves a world (or a script) on ``127.0.0.1`` while the ``with`` block runs.

    Args:
        source: A ``World`` or a ``Script``.
        until: The second (epoch, UTC) that the world shows; default: the script's own clock, else now.
        live: Let the world's time run on from ``until``, at the pace of the wall clock.
        plan: A name of ``limits.PLANS``; decides calls per minute.
        port: 0 takes a free one.

    Attributes:
        domain: ``127.0.0.1:PORT``.
        api_key, agent_key, restricted_key: Keys of an Account Administrator, of an ordinary agent, and
            of an agent who sees only the tickets of two groups.
    """

    api_key = people.API_KEY
    agent_key = people.AGENT_KEY
    restricted_key = people.RESTRICTED_KEY

    def __init__(
        self,
        source: Source,
        *,
        until: int | None = None,
        live: bool = False,
        plan: str = "pro",
        port: int = 0,
    ) -> None:
        self._clock = _clock(source, until, live=live)
        self.application = Application(source, self.now, Limits(PLANS[plan]))
        self._socket = socket.create_server((HOST, port), reuse_port=False)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.domain = f"{HOST}:{self._socket.getsockname()[1]}"
        self._server = uvicorn.Server(
            uvicorn.Config(
                self.application,
                log_config=None,
                access_log=False,
                lifespan="off",
                server_header=False,
                date_header=False,
                http="h11",
                ws="none",
                timeout_graceful_shutdown=1,
            )
        )
        self._thread = threading.Thread(target=self._serve, name="sandbox", daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{self.domain}"

    @property
    def requests(self) -> list[Asked]:
        """What was asked, oldest first: (method, path, query, status); the last 100,000."""
        return list(self.application.requests)

    def now(self) -> int:
        """The world's present second."""
        return self._clock()

    def move_to(self, at: int) -> None:
        """Set the world's clock to a later second; it stands still there."""
        self._clock = lambda: at

    def __enter__(self) -> Self:
        self._thread.start()
        give_up_at = time.monotonic() + START_TIMEOUT_SECONDS
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > give_up_at:
                raise RuntimeError(f"the sandbox did not start on {self.domain}")
            time.sleep(0.002)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(timeout=START_TIMEOUT_SECONDS)
        self._socket.close()

    def _serve(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._socket]))


def _clock(source: Source, until: int | None, *, live: bool) -> Callable[[], int]:
    own = getattr(source, "clock", None)
    if until is None and own is not None:
        return own  # type: ignore[no-any-return]
    start = int(time.time()) if until is None else until
    if not live:
        return lambda: start
    began = time.monotonic()
    return lambda: start + int(time.monotonic() - began)
