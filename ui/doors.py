"""Who may come in at all: without a login, only this computer; from other sites, nobody.

Streamlit has no login of its own accord. So an address that others reach is refused at the start, and
once more for each connection, because a server may have been told its address elsewhere.
"""

import logging
import sys
from urllib.parse import urlsplit

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config

from freshdesk_core.access import Access
from freshdesk_core.errors import ConfigError, CoreError
from freshdesk_core.loopback import is_own_address
from freshdesk_core.messages import parts
from ui import login
from ui.headers import refuse_socket

logger = logging.getLogger(__name__)

EVERY = "every address of this machine"
CLOSED = ("/_stcore/metrics", "/_stcore/script-health-check", "/_stcore/agent")
"""Parts of Streamlit that Inflow does not use, and that tell of the inside or could drive a session."""


def check_at_start() -> None:
    """End the process with a sentence where Inflow would stand open, or where nobody could come in."""
    try:
        _check(str(config.get_option("server.address") or ""))
    except CoreError as error:
        sys.exit(str(error))  # on stderr, with exit code 1


def _check(address: str) -> None:
    if login.is_configured():
        if not Access.from_environment().names_somebody:
            raise ConfigError("nobody-may-sign-in")
    elif not is_own_address(address):
        raise ConfigError("open-without-login", address=address or EVERY)


class Doors:
    """The middleware that turns away what must not come in."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._needs_loopback = not login.is_configured()
        self._trusted = {_origin(origin) for origin in config.get_option("server.corsAllowedOrigins")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it here."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
        elif self._needs_loopback and not is_own_address(str((scope.get("server") or ("",))[0])):
            await _refuse(scope, receive, send, 403, "open-without-login")
        elif any(closed in scope["path"] for closed in CLOSED):
            await _refuse(scope, receive, send, 404, "not-served")
        elif self._is_foreign(scope):
            # Streamlit would ask a server on the internet for our address before it decides.
            if scope["type"] == "websocket":
                logger.warning("Refused: a web socket that a page of another site opened")
                await refuse_socket(send, ())
            else:
                own = [pair for pair in scope["headers"] if pair[0] != b"origin"]
                await self._app(dict(scope, headers=own), receive, send)
        else:
            await self._app(scope, receive, send)

    def _is_foreign(self, scope: Scope) -> bool:
        """Whether a page of another site (or of another port of this machine) sent the request."""
        headers = dict(scope["headers"])
        if b"origin" not in headers:
            return False
        origin = _origin(headers[b"origin"].decode("latin-1"))
        return origin not in self._trusted and origin.partition("//")[2] != _host(headers)


def _host(headers: dict[bytes, bytes]) -> str:
    return headers.get(b"host", b"").decode("latin-1").lower()


def _origin(text: str) -> str:
    """Scheme and host of an origin, or "" for one that is none (``null``)."""
    try:
        found = urlsplit(text)
    except ValueError:
        return ""
    return f"{found.scheme}://{found.netloc.lower()}" if found.netloc else ""


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, code: str) -> None:
    if scope["type"] == "websocket":
        await refuse_socket(send, ())
        return
    said = parts(ConfigError(code, address=EVERY))
    body = {"code": code, "message": said.what, "next_step": said.next_step}
    await JSONResponse(body, status_code=status)(scope, receive, send)
