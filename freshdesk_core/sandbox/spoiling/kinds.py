"""A kind of switch: its name, its options, what it does, and at which stage of a call."""

import re
from collections.abc import Callable
from enum import IntEnum
from typing import NamedTuple

from freshdesk_core.sandbox.spoiling.call import Effect

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_SIZE = re.compile(r"(\d+)(k|M|G)?B?")
_BYTES = {None: 1, "k": 1_000, "M": 1_000_000, "G": 1_000_000_000}
Maker = Callable[[tuple[str, ...]], Effect]


class Stage(IntEnum):
    """When a switch acts. Within a stage, in the order they were put on."""

    BEFORE = 0
    ANSWER = 1
    BODY = 2
    WIRE = 3


class Kind(NamedTuple):
    """A kind of switch.

    Attributes:
        make: Turns options into what the switch does; raises ValueError for options it does not know.
        values: The options, as the help shows them.
        what: One sentence for people.
        is_lasting: ``@N`` means from call N on, not only call N.
        first_only: Without ``@`` it acts on the first call only.
    """

    name: str
    stage: Stage
    make: Maker
    values: str
    what: str
    is_lasting: bool = False
    first_only: bool = False


def seconds(text: str) -> float:
    """``90s``, ``250ms``, ``10m`` or ``2h`` in seconds.

    Raises:
        ValueError: It is no duration.
    """
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no duration; write 90s, 250ms, 10m or 2h")
    return float(match[1]) * _SECONDS[match[2]]


def size(text: str) -> int:
    """``4096``, ``64kB`` or ``500MB`` in bytes.

    Raises:
        ValueError: It is no size.
    """
    match = _SIZE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no size; write 4096, 64kB or 500MB")
    return int(match[1]) * _BYTES[match[2]]


def one(options: tuple[str, ...], default: str) -> str:
    """The only option, or the default.

    Raises:
        ValueError: There are several.
    """
    if len(options) > 1:
        raise ValueError(f"one option is enough: {'+'.join(options)}")
    return options[0] if options else default


def one_of(options: tuple[str, ...], choices: tuple[str, ...]) -> str | None:
    """The only option, one of the choices; None where there is none.

    Raises:
        ValueError: It is none of the choices.
    """
    option = one(options, "")
    if option and option not in choices:
        raise ValueError(f"{option!r} is none of {', '.join(choices)}")
    return option or None


def whole(text: str, least: int = 1) -> int:
    """A whole number.

    Raises:
        ValueError: It is none, or below ``least``.
    """
    if not text.isascii() or not text.isdigit() or int(text) < least:
        raise ValueError(f"{text!r} is no whole number from {least} on")
    return int(text)


def none(options: tuple[str, ...]) -> None:
    """Refuse options.

    Raises:
        ValueError: There are some.
    """
    if options:
        raise ValueError(f"takes no options: {'+'.join(options)}")
