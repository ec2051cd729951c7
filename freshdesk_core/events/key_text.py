"""The text of an Inflow API key: ``inflow_e_``, 43 characters of chance, 6 of checksum.

The checksum lets a form say "mistyped" before anything is looked up, and a scanner for secrets be sure.
"""

import hashlib
import re
import secrets
import zlib

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
EVENTS = "e"  # the kind: what the key is good for
SECRET_LENGTH = 43  # base62 characters that hold 256 bits
CHECK_LENGTH = 6  # and 32 bits
PREFIX_LENGTH = 8

_START = f"inflow_{EVENTS}_"
_SHAPE = re.compile(rf"{_START}[0-9A-Za-z]{{{SECRET_LENGTH + CHECK_LENGTH}}}")


def make() -> str:
    """A new key."""
    body = _START + _base62(secrets.randbits(256), SECRET_LENGTH)
    return body + _checksum(body)


def is_well_formed(text: str) -> bool:
    """The text can be a key: right form, right checksum."""
    return _SHAPE.fullmatch(text) is not None and _checksum(text[:-CHECK_LENGTH]) == (text[-CHECK_LENGTH:])


def prefix(text: str) -> str:
    """The part of a key that may be shown, and by which it is looked up."""
    return text[len(_START) : len(_START) + PREFIX_LENGTH]


def digest(text: str) -> str:
    """What is stored of a key: SHA-256 in hex. With 256 bits of chance no slower hash is needed."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def shown(prefix: str) -> str:
    """A key as it may be shown."""
    return f"{_START}{prefix}…"


def _checksum(body: str) -> str:
    return _base62(zlib.crc32(body.encode("ascii")), CHECK_LENGTH)


def _base62(number: int, length: int) -> str:
    digits = []
    for _place in range(length):
        number, digit = divmod(number, len(ALPHABET))
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))
