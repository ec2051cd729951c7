"""Logs: one line per record, whatever a name, a header or an exception holds.

A line end in a text would forge a record of its own, and an escape sequence would write on the terminal of
whoever reads the log; both are written out instead.
"""

import logging
import re
import sys
import traceback
from types import TracebackType
from typing import TypeAlias

FORMAT = "%(asctime)s %(levelname)s %(message)s"
QUIET = ("alembic", "authlib", "httpx", "urllib3")
"""Libraries that tell each call; the address of a sign-in holds a code."""
UNASKED = "ASGI callable returned without completing handshake."
"""What uvicorn says, as an error, of each web socket that is refused in due form."""

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_ExcInfo: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)


class Record(logging.LogRecord):
    """A record that is one line, its traceback included; line ends and controls are written out.

    Not a formatter: the server's libraries bring handlers and formatters of their own, for each logger.
    """

    def __init__(
        self,
        name: str,
        level: int,
        pathname: str,
        lineno: int,
        msg: object,
        args: tuple[object, ...] | None,
        exc_info: _ExcInfo | None,
        func: str | None = None,
        sinfo: str | None = None,
    ) -> None:
        super().__init__(name, level, pathname, lineno, msg, args, None, func)
        lines = traceback.format_exception(exc_info[1]) if exc_info and exc_info[1] is not None else []
        self._details = "".join([*lines, sinfo or ""]).rstrip()

    def getMessage(self) -> str:  # noqa: N802  # logging's own name
        """The message and its details, as one line.

        >>> Record("inflow", 20, "", 0, "group %s", ("a\\nb",), None).getMessage()
        'group a\\\\nb'
        """
        message = super().getMessage()
        return one_line(f"{message}\n{self._details}" if self._details else message)


def one_line(text: str) -> str:
    """Write out what would end a line or control a terminal."""
    return _UNPRINTABLE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def to_stderr(level: int = logging.INFO) -> None:
    """Send this process's logs to standard error, one line per record; for the edges only."""
    logging.setLogRecordFactory(Record)
    logging.basicConfig(level=level, stream=sys.stderr, format=FORMAT)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("uvicorn.error").addFilter(_is_asked)


def _is_asked(record: logging.LogRecord) -> bool:
    return record.msg != UNASKED
