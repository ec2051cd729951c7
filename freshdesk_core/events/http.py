"""Requests and answers of the endpoint, in ASGI's words."""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from freshdesk_core.errors import BadEvent
from freshdesk_core.messages import parts

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

LARGEST_BODY = 100 * 1024  # bytes
MOST_READ = 128 * 1024
BODY_SECONDS = 15.0

STATUS = {
    "event-key-unknown": 401,
    "event-method": 405,
    "event-not-an-object": 422,
    "event-not-json": 400,
    "event-not-kept": 503,
    "event-too-large": 413,
    "event-too-many": 429,
    "event-too-slow": 408,
    "event-type": 415,
    "event-unknown": 422,
    "event-without-id": 422,
    "events-wrong-keys": 429,
}


class Gone(Exception):
    """The sender has closed the connection."""


def headers(scope: Scope) -> dict[bytes, bytes]:
    """The head of a request; of a field that comes twice, the last."""
    return dict(scope["headers"])


def told_length(head: dict[bytes, bytes]) -> int | None:
    """The length that a request says its body has; None: it does not say."""
    text = head.get(b"content-length", b"")
    return int(text) if text.isdigit() else None


async def body_of(receive: Receive, most: int = LARGEST_BODY) -> bytes:
    """Read a body.

    Raises:
        BadEvent: ``event-too-large``; ``event-too-slow``: not all came within 15 seconds.
        Gone: The sender has left.
    """
    pieces, size = [], 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Gone
                pieces.append(message.get("body", b""))
                size += len(pieces[-1])
                if size > most:
                    raise BadEvent("event-too-large")
                if not message.get("more_body", False):
                    return b"".join(pieces)
    except TimeoutError as error:
        raise BadEvent("event-too-slow") from error


async def refuse(send: Send, error: BadEvent, *, is_read: bool) -> None:
    """Answer with what went wrong; a body that was not read ends the connection."""
    message = parts(error)
    told = {
        "code": error.error_code,
        "message": " ".join(f"{message.what} {message.figures}".split()),
        "next_step": message.next_step,
    }
    status = STATUS[error.error_code]
    more = {}
    if seconds := error.figures.get("seconds"):
        more["retry-after"] = str(seconds)
    if status == 401:
        more["www-authenticate"] = "Bearer"
    if status == 405:
        more["allow"] = "POST"
    if not is_read:
        more["connection"] = "close"
    await answer(send, status, told, more)


async def answer(send: Send, status: int, value: object, more: dict[str, str] | None = None) -> None:
    """Answer with a JSON document."""
    body = json.dumps(value).encode()
    head = {
        "content-type": "application/json",
        "content-length": str(len(body)),
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        **(more or {}),
    }
    fields = [(name.encode(), text.encode()) for name, text in head.items()]
    await send({"type": "http.response.start", "status": status, "headers": fields})
    await send({"type": "http.response.body", "body": body})
