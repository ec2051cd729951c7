"""The sandbox as a server: a thread with a real port on loopback, for as long as a ``with`` lasts."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from freshdesk_core.sandbox import people
from freshdesk_core.sandbox.account import Account
from freshdesk_core.sandbox.application import Asked, Source
from freshdesk_core.sandbox.faults import Faults
from freshdesk_core.sandbox.faulty import FaultyApplication
from freshdesk_core.sandbox.limits import PLANS, Limits

HOST = "127.0.0.1"


class Sandbox:
    """Serves a world (or a script) on ``127.0.0.1`` while the ``with`` block runs.

    Args:
        source: A ``World``, a ready desk (``desks``) or a ``Script``.
        until: The second (epoch, UTC) that the world shows; default: the source's own clock, else now.
        live: Let the world's time run on from ``until``, at the pace of ``wall``.
        plan: A name of ``limits.PLANS``; decides calls per minute.
        port: 0 takes a free one.
        on_request: Called before each answer with method and path; what it changes in a script, the answer
            shows.
        faults: What goes wrong; ``Faults`` or its text.
        wall: The clock (seconds) of limits, of switches that stay on for a time, and of a live world; a test
            gives the one it sleeps by.

    Attributes:
        domain: ``127.0.0.1:PORT``.
        faults: The switches; put them on and off at any time.
        api_key, agent_key, restricted_key: Keys of an Account Administrator, of an ordinary agent, and
            of an agent who sees only the tickets of two groups.
        new_key: Takes the place of ``api_key`` once that is revoked.
    """

    api_key = people.API_KEY
    agent_key = people.AGENT_KEY
    restricted_key = people.RESTRICTED_KEY
    new_key = people.NEW_KEY

    def __init__(
        self,
        source: Source,
        *,
        until: int | None = None,
        live: bool = False,
        plan: str = "pro",
        port: int = 0,
        on_request: Callable[[str, str], None] | None = None,
        faults: Faults | str | None = None,
        wall: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = _clock(source, until, wall, live=live)
        self._passed = 0.0
        self._wall = wall
        self.application = FaultyApplication(
            source, self.now, Limits(PLANS[plan], wall), on_request, self.let_pass
        )
        self.faults = Faults(faults) if isinstance(faults, str) else faults or Faults()
        # Bound and listening from here on: whoever asks early waits in the backlog.
        self._socket = _listen(port)
        self.domain = f"{HOST}:{self._socket.getsockname()[1]}"
        self._loop = asyncio.new_event_loop()
        self._stopped = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{self.domain}"

    @property
    def faults(self) -> Faults:
        """The switches; others may take their place at any time."""
        return self.application.faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        faults.clock = self._wall
        self.application.faults = faults

    @property
    def requests(self) -> list[Asked]:
        """What was asked, oldest first: (method, path, query, status); the last 100,000."""
        # A copy in one step: the server's thread may be adding to it.
        return list(self.application.requests.copy())

    def now(self) -> int:
        """The world's present second."""
        return self._clock() + int(self._passed)

    def move_to(self, at: int) -> None:
        """Set the world's clock to a later second; it stands still there."""
        self._clock, self._passed = lambda: at, 0.0

    def let_pass(self, seconds: float) -> None:
        """Move the world's clock on."""
        self._passed += seconds

    def truth(self) -> Account:
        """The account as it now is, with all that the switches did at the desk.

        It is the one that is served: read it while nobody asks.
        """
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            return asyncio.run_coroutine_threadsafe(self._truth(), self._loop).result()
        return self.application.account_now()

    async def _truth(self) -> Account:
        return self.application.account_now()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join()

    def _run(self) -> None:
        with self._socket:
            self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        """Serve until stopped; connections that are still open are cut."""
        # 30 ms of import, which the command line would pay for each of its commands.
        from uvicorn import Config
        from uvicorn.server import ServerState

        from freshdesk_core.sandbox.connections import Connection

        config = Config(
            self.application,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            date_header=False,
            ws="none",
        )
        config.load()
        state = ServerState()
        server = await self._loop.create_server(
            lambda: Connection(config, state, {}, self._loop), sock=self._socket
        )
        async with server:
            await self._stopped.wait()
            server.close()
            for connection in list(state.connections):
                connection.shutdown()
                connection.transport.abort()
            # Calls that a switch keeps waiting see that the other side is gone, and end.
            while state.tasks:
                await asyncio.wait(state.tasks)


def _listen(port: int) -> socket.socket:
    """A listening socket that names its protocol: asyncio turns Nagle off only for such ones.

    With Nagle on, each answer waits 40 ms for the client's acknowledgement of its head.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((HOST, port))
    listener.listen(128)
    return listener


def _clock(source: Source, until: int | None, wall: Callable[[], float], *, live: bool) -> Callable[[], int]:
    own: Callable[[], int] | None = getattr(source, "clock", None)
    if until is None and own is not None:
        return own
    present: int = getattr(source, "present", 0) or int(time.time())
    start = present if until is None else until
    if not live:
        return lambda: start
    began = wall()
    return lambda: start + int(wall() - began)
