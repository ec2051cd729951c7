"""How an answer is sent, when the connection is at fault: reset, cut, slow, silent, endless."""

import asyncio
import socket
import struct
from contextlib import suppress
from http import HTTPStatus

from freshdesk_core.sandbox.spoiling.call import Call, Effect, Head, Manner, Receive, Wire
from freshdesk_core.sandbox.spoiling.kinds import Kind, Stage, none, one, one_of, seconds, size, whole

RESETS = ("before", "header", "body")
HUGE = "500MB"
_CHUNK = b" " * 262_144


def kinds() -> list[Kind]:
    """All switches of this module."""
    return [
        Kind(
            "reset",
            Stage.WIRE,
            _resetting,
            "|".join(RESETS),
            "the connection is reset before the answer, inside its header or inside its body (default: any)",
        ),
        Kind("hangup", Stage.WIRE, _hanging_up, "", "the connection is closed in good order, without a byte"),
        Kind(
            "cut",
            Stage.WIRE,
            _cutting,
            "N",
            "the connection is closed after N bytes of the body (default: half), short of Content-Length",
        ),
        Kind(
            "short-length",
            Stage.WIRE,
            _shortening,
            "N",
            "Content-Length says N (default: half of the body), the rest of the body follows all the same",
        ),
        Kind("slow", Stage.WIRE, _slowing, "2s", "the answer waits so long"),
        Kind(
            "drip",
            Stage.WIRE,
            _dripping,
            "5s + header",
            "the body comes byte by byte, one in so long; with header, the header too",
        ),
        Kind("silent", Stage.WIRE, _falling_silent, "", "the call is taken, and nothing ever said"),
        Kind(
            "huge",
            Stage.WIRE,
            _growing,
            HUGE,
            "a body of this size, blanks inside a JSON array, sent in chunks",
        ),
    ]


async def _gone(receive: Receive) -> None:
    """Return when the other side has hung up, or the server stops."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _wait(receive: Receive, delay: float) -> bool:
    """Wait; True when the other side has hung up meanwhile."""
    with suppress(TimeoutError):
        await asyncio.wait_for(_gone(receive), delay)
        return True
    return False


def _raw(status: int, head: Head) -> bytes:
    """A header as it goes over the wire."""
    first = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n".encode()
    return first + b"".join(b"%b: %b\r\n" % field for field in head) + b"\r\n"


def _with_length(head: Head, length: int) -> Head:
    return [(name, b"%d" % length if name == b"Content-Length" else value) for name, value in head]


async def _reset(wire: Wire) -> None:
    """End the connection with RST: what was not sent yet is thrown away."""
    connection: socket.socket = wire.transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    wire.transport.abort()
    await _gone(wire.receive)


async def _close(wire: Wire) -> None:
    """End the connection with FIN, after all that was written."""
    wire.transport.close()
    await _gone(wire.receive)


def _resetting(options: tuple[str, ...]) -> Effect:
    fixed = one_of(options, RESETS)

    def effect(call: Call) -> None:
        place = fixed or RESETS[int(call.random.random() * len(RESETS))]

        async def manner(wire: Wire) -> None:
            head = _raw(wire.status, wire.head)
            if place == "header":
                wire.transport.write(head[: len(head) // 2])
            if place == "body":
                wire.transport.write(head + wire.body[: len(wire.body) // 2])
            await _reset(wire)

        _send_so(call, manner)

    return effect


def _hanging_up(options: tuple[str, ...]) -> Effect:
    none(options)
    return lambda call: _send_so(call, _close)


def _cutting(options: tuple[str, ...]) -> Effect:
    offset = whole(one(options, "0"), 0) if options else None

    async def manner(wire: Wire) -> None:
        sent = len(wire.body) // 2 if offset is None else min(offset, len(wire.body) - 1)
        wire.transport.write(_raw(wire.status, wire.head) + wire.body[: max(sent, 0)])
        await _close(wire)

    return lambda call: _send_so(call, manner)


def _shortening(options: tuple[str, ...]) -> Effect:
    length = whole(one(options, "0"), 0) if options else None

    async def manner(wire: Wire) -> None:
        shown = len(wire.body) // 2 if length is None else min(length, len(wire.body))
        wire.transport.write(_raw(wire.status, _with_length(wire.head, shown)) + wire.body)
        await _close(wire)

    return lambda call: _send_so(call, manner)


def _slowing(options: tuple[str, ...]) -> Effect:
    delay = seconds(one(options, "2s"))

    async def manner(wire: Wire) -> None:
        if not await _wait(wire.receive, delay):
            await wire.deliver()

    return lambda call: _send_so(call, manner)


def _dripping(options: tuple[str, ...]) -> Effect:
    delay = seconds(one(tuple(option for option in options if option != "header"), "5s"))

    async def manner(wire: Wire) -> None:
        answer = _raw(wire.status, wire.head) + wire.body
        at_once = 0 if "header" in options else len(answer) - len(wire.body)
        wire.transport.write(answer[:at_once])
        for position in range(at_once, len(answer)):
            if await _wait(wire.receive, delay):
                return
            wire.transport.write(answer[position : position + 1])
        await _close(wire)

    return lambda call: _send_so(call, manner)


def _falling_silent(options: tuple[str, ...]) -> Effect:
    none(options)

    async def manner(wire: Wire) -> None:
        await _gone(wire.receive)

    return lambda call: _send_so(call, manner)


def _growing(options: tuple[str, ...]) -> Effect:
    length = size(one(options, HUGE))

    async def manner(wire: Wire) -> None:
        head = [field for field in wire.head if field[0] != b"Content-Length"]
        await wire.send({"type": "http.response.start", "status": 200, "headers": head})
        left = length - 2
        await wire.send({"type": "http.response.body", "body": b"[", "more_body": True})
        while left > 0 and not wire.transport.is_closing():
            await wire.send({"type": "http.response.body", "body": _CHUNK[:left], "more_body": True})
            left -= len(_CHUNK)
        await wire.send({"type": "http.response.body", "body": b"]"})

    return lambda call: _send_so(call, manner)


def _send_so(call: Call, manner: Manner) -> None:
    """Of several manners the first one is taken."""
    if call.manner is None:
        call.manner = manner
