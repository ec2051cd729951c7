"""One connection: uvicorn's, which also hands the application the wire itself."""

import asyncio
from collections.abc import Awaitable
from functools import partial
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol


class Connection(H11Protocol):
    """HTTP/1.1 whose scope has the ``transport``: a fault may write to it, or cut it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection."""
        super().connection_made(transport)
        self.app = partial(_with_transport, self.app, transport)


def _with_transport(
    app: Any, transport: asyncio.Transport, scope: Any, receive: Any, send: Any
) -> Awaitable[None]:
    scope["transport"] = transport
    answering: Awaitable[None] = app(scope, receive, send)
    return answering
