"""The right answer, spoilt: cut, garbled, packed badly, repeated, with foreign links."""

import re
import zlib
from functools import lru_cache

from freshdesk_core.sandbox.answers import Answer
from freshdesk_core.sandbox.spoiling.answers import ELSEWHERE
from freshdesk_core.sandbox.spoiling.call import Call, Effect
from freshdesk_core.sandbox.spoiling.drift import change_rows
from freshdesk_core.sandbox.spoiling.kinds import Kind, Stage, none, one, one_of, whole

GZIPS = ("right", "broken", "cut", "plain", "bomb")
BOMB = 500_000_000
_BLOCK = b" " * 1_000_000
_SCHEME_AND_HOST = re.compile(rb"https?://[^/]+")


def kinds() -> list[Kind]:
    """All switches of this module."""
    return [
        Kind(
            "truncated",
            Stage.BODY,
            _truncated,
            "N",
            "JSON that ends after N bytes (default: half), with a length that fits",
        ),
        Kind("garbled", Stage.BODY, _garbled, "", "bytes that are no JSON any more"),
        Kind("swapped", Stage.BODY, _swapped, "", "an object in place of the array, an array of the object"),
        Kind(
            "gzip",
            Stage.BODY,
            _gzip,
            "|".join(GZIPS),
            "packed: broken inside (default), cut, not packed at all (plain), a bomb of 500 MB blanks in "
            "0.5 MB, or as it should be (right)",
        ),
        Kind("link", Stage.BODY, _link, "URL", "Link headers lead to another host (default: a foreign one)"),
        Kind(
            "repeat-rows",
            Stage.BODY,
            _repeat_rows,
            "N",
            "every Nth row (default 10) of a page comes twice, the first one again at the end",
        ),
        Kind(
            "repeat-page",
            Stage.BEFORE,
            _repeat_page,
            "",
            "the page before of the same list once more, in place of the page asked for",
        ),
    ]


def _truncated(options: tuple[str, ...]) -> Effect:
    offset = whole(options[0], 0) if options and one(options, "") else None

    def effect(call: Call) -> None:
        if call.has_rows:
            body = call.answer.body
            cut = len(body) // 2 if offset is None else min(offset, len(body) - 1)
            call.answer = call.answer._replace(body=body[:cut])

    return effect


def _garbled(options: tuple[str, ...]) -> Effect:
    none(options)

    def effect(call: Call) -> None:
        if call.has_rows:
            body = bytearray(call.answer.body)
            # No JSON begins like that: however leniently it is read, nothing of it can be taken for data.
            body[0] = 0xFE
            for _ in range(1 + len(body) // 200):
                body[int(call.random.random() * len(body))] = 0xC3
            call.answer = call.answer._replace(body=bytes(body))

    return effect


def _swapped(options: tuple[str, ...]) -> Effect:
    none(options)

    def effect(call: Call) -> None:
        if call.has_rows:
            body = call.answer.body
            body = b'{"results":' + body + b"}" if body[:1] == b"[" else b"[" + body + b"]"
            call.answer = call.answer._replace(body=body)

    return effect


def _gzip(options: tuple[str, ...]) -> Effect:
    way = one_of(options, GZIPS) or "broken"

    def effect(call: Call) -> None:
        if call.has_rows:
            body = bomb() if way == "bomb" else _packed(call.answer.body, way)
            headers = (*call.answer.headers, (b"Content-Encoding", b"gzip"))
            call.answer = Answer(200, body, headers)

    return effect


def _packed(body: bytes, way: str) -> bytes:
    if way == "plain":
        return body
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    packed = packer.compress(body) + packer.flush()
    if way == "cut":
        return packed[: len(packed) // 2]
    if way == "broken":
        # The end keeps the checksum: whoever unpacks must notice that it does not fit.
        middle = len(packed) // 2
        flipped = bytes(byte ^ 0xFF for byte in packed[middle : middle + 8])
        return packed[:middle] + flipped + packed[middle + 8 :]
    return packed


@lru_cache(maxsize=1)
def bomb(size: int = BOMB) -> bytes:
    """An empty JSON array with so many blanks inside (whole millions), packed."""
    # A block that ends in a full flush may stand any number of times in one stream.
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    begin = packer.compress(b"[") + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(_BLOCK) + packer.flush(zlib.Z_FULL_FLUSH)
    end = packer.compress(b"]") + packer.flush()
    blocks = size // len(_BLOCK)
    checksum = zlib.crc32(b"[")
    for _ in range(blocks):
        checksum = zlib.crc32(_BLOCK, checksum)
    checksum = zlib.crc32(b"]", checksum)
    head = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
    tail = checksum.to_bytes(4, "little") + (size + 2).to_bytes(4, "little")
    return head + begin + block * blocks + end + tail


def _link(options: tuple[str, ...]) -> Effect:
    base = one(options, ELSEWHERE).rstrip("/").encode()

    def effect(call: Call) -> None:
        headers = tuple(
            (name, _SCHEME_AND_HOST.sub(base, value, count=1) if name.lower() == b"link" else value)
            for name, value in call.answer.headers
        )
        call.answer = call.answer._replace(headers=headers)

    return effect


def _repeat_rows(options: tuple[str, ...]) -> Effect:
    every = whole(one(options, "10"))

    def effect(call: Call) -> None:
        change_rows(call, lambda rows: _repeated(rows, every))

    return effect


def _repeated(rows: list[object], every: int) -> list[object]:
    doubled = [copy for number, row in enumerate(rows, 1) for copy in (row,) * (1 + (number % every == 0))]
    return doubled + rows[:1]


def _repeat_page(options: tuple[str, ...]) -> Effect:
    none(options)

    def effect(call: Call) -> None:
        if call.last_query is not None:
            call.query = call.last_query

    return effect
