"""Why no whole answer came, in words for the person who has to mend it."""

import socket
import ssl
from collections.abc import Iterator

from urllib3 import exceptions

# Waiting does not mend these.
FINAL = {"certificate not accepted", "no secure connection"}
# Nobody was there. Of an answer that began and broke, the fault may lie in the very answer.
OUTAGE = {"connection refused", "name not found", "no connection", "proxy not reached", "timed out"}


class Trouble(Exception):
    """No whole answer. It never leaves this package; it carries words, not the error they came from."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause

    @property
    def is_final(self) -> bool:
        """Whether another try is in vain."""
        return self.cause in FINAL

    @property
    def is_outage(self) -> bool:
        """Whether it is as while Freshdesk, or the network, is down."""
        return self.cause in OUTAGE


def cause_of(error: BaseException) -> Trouble:
    """Tell why a call failed."""
    chain = list(_chain(error))
    for kinds, cause in _CAUSES:
        if any(isinstance(link, kinds) for link in chain):
            return Trouble(cause)
    return Trouble("connection broken off")


_CAUSES: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((exceptions.ProxyError,), "proxy not reached"),
    ((ssl.SSLCertVerificationError,), "certificate not accepted"),
    ((exceptions.NameResolutionError, socket.gaierror), "name not found"),
    ((ConnectionRefusedError,), "connection refused"),
    ((exceptions.TimeoutError, TimeoutError), "timed out"),
    ((exceptions.NewConnectionError,), "no connection"),
    ((exceptions.IncompleteRead,), "answer cut short"),
    ((ssl.SSLEOFError, ssl.SSLZeroReturnError, ConnectionError), "connection broken off"),
    ((exceptions.SSLError, ssl.SSLError), "no secure connection"),
)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Walk from an error to what lies behind it; urllib3 keeps it as cause, context, reason or argument."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        link = waiting.pop(0)
        if not isinstance(link, BaseException) or id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        waiting += [link.__cause__, link.__context__, getattr(link, "reason", None), *_arguments(link)]


def _arguments(error: BaseException) -> list[BaseException | None]:
    return [argument for argument in error.args if isinstance(argument, BaseException)]
