"""What every answer of the server carries: the headers that tell a browser what not to do, and the language.

A middleware in front of everything, Streamlit's own routes included. It also answers where something
behind it failed, and where a web socket is refused, because those answers need the headers, too.
"""

import logging
import re
from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui import language

logger = logging.getLogger(__name__)

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'{sockets}; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'; worker-src 'self' blob:"
)
_HOST = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?")
_LANG = re.compile(rb'<html lang="[^"]*"')
_FAILED = b'{"code": "server-failed", "message": "Inflow could not answer this.", "next_step": "Try again."}'

Header = tuple[bytes, bytes]


class Headers:
    """The middleware.

    Args:
        app: What it stands in front of.
        has_tls: Viewers come by HTTPS: every cookie is marked ``Secure``.
    """

    def __init__(self, app: ASGIApp, *, has_tls: bool = False) -> None:
        self._app = app
        self._has_tls = has_tls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and put the headers on its answer."""
        if scope["type"] == "http":
            await self._page(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = _Answer(send, scope, self._has_tls)
        # Packed HTML could not be given its language; what is large is never packed here anyway.
        unwanted = [b"accept-encoding"]
        if b"text/html" in _value(scope, b"accept"):
            unwanted += [b"if-none-match", b"if-modified-since"]
        inner = dict(scope, headers=[pair for pair in scope["headers"] if pair[0] not in unwanted])
        try:
            await self._app(inner, receive, answer)
        except Exception:
            logger.exception("A request failed")
            if answer.has_begun:
                raise
            json = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(_FAILED))]
            await answer({"type": "http.response.start", "status": 500, "headers": json})
            await answer({"type": "http.response.body", "body": _FAILED})

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        safety = _safety(scope)
        is_open = False

        async def answer(message: Message) -> None:
            nonlocal is_open
            if message["type"] == "websocket.accept":
                is_open = True
                message = dict(message, headers=[*message.get("headers", ()), *safety])
            elif message["type"] == "websocket.http.response.start":
                message = dict(message, headers=_with(message.get("headers", ()), safety))
            elif message["type"] == "websocket.close" and not is_open and _can_refuse(scope):
                await refuse_socket(send, safety)
                return
            await send(message)

        await self._app(scope, receive, answer)


class _Answer:
    """Sends an answer on with its headers; HTML is held back until it is whole, and given its language."""

    def __init__(self, send: Send, scope: Scope, has_tls: bool) -> None:
        self._send, self._scope, self._has_tls = send, scope, has_tls
        self._held: Message | None = None
        self._html = b""
        self.has_begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.has_begun = True
            headers = [self._cookie(pair) for pair in message.get("headers", ())]
            message = dict(message, headers=_with(headers, _safety(self._scope)))
            if _is_html(headers):
                self._held = message
                return
        elif self._held is not None and message["type"] == "http.response.body":
            self._html += message.get("body", b"")
            if message.get("more_body"):
                return
            await self._send_html(self._held)
            return
        await self._send(message)

    async def _send_html(self, start: Message) -> None:
        spoken = _language(self._scope).encode()
        html = _LANG.sub(b'<html lang="%s"' % spoken, self._html, count=1)
        dropped = (b"etag", b"last-modified", b"content-length", b"cache-control", b"vary", b"accept-ranges")
        headers = [pair for pair in start["headers"] if pair[0].lower() not in dropped]
        if html:  # the answer to HEAD has none
            headers.append((b"content-length", b"%d" % len(html)))
        headers += [(b"cache-control", b"no-cache"), (b"vary", b"Cookie, Accept-Language")]
        await self._send(dict(start, headers=headers))
        await self._send({"type": "http.response.body", "body": html})

    def _cookie(self, pair: Header) -> Header:
        name, value = pair
        if self._has_tls and name.lower() == b"set-cookie" and b"secure" not in value.lower().split(b"; "):
            return name, value + b"; Secure"
        return pair


async def refuse_socket(send: Send, headers: Iterable[Header]) -> None:
    """Answer a web socket's request with 403; closing it would leave the answer without headers."""
    start = {"type": "websocket.http.response.start", "status": 403, "headers": list(headers)}
    await send(start)
    await send({"type": "websocket.http.response.body", "body": b""})


def _safety(scope: Scope) -> list[Header]:
    host = _value(scope, b"host").decode("latin-1")
    # Some browsers do not take 'self' to mean the page's own web sockets.
    sockets = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    return [
        (b"content-security-policy", POLICY.format(sockets=sockets).encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"x-frame-options", b"DENY"),
    ]


def _language(scope: Scope) -> str:
    """The language that the page will speak, by the same rule as its session."""
    cookie, accepted = (_value(scope, name).decode("latin-1") for name in (b"cookie", b"accept-language"))
    return language.of_request(cookie, accepted).partition("_")[0]


def _value(scope: Scope, name: bytes) -> bytes:
    return next((value for key, value in scope["headers"] if key == name), b"")


def _with(headers: Iterable[Header], safety: list[Header]) -> list[Header]:
    names = {name for name, _value in safety}
    return [pair for pair in headers if pair[0].lower() not in names] + safety


def _is_html(headers: Iterable[Header]) -> bool:
    return any(name.lower() == b"content-type" and value.startswith(b"text/html") for name, value in headers)


def _can_refuse(scope: Scope) -> bool:
    return "websocket.http.response" in scope.get("extensions", {})
