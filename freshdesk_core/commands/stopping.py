"""A command that works for long ends when it is told to: in order if it can, within 5 seconds anyway."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

GRACE_SECONDS = 3.5  # a server that does not answer may hold a call for a minute
LAST_SECONDS = 1.0
SIGNALS = [signal.SIGINT, signal.SIGTERM]  # Ctrl+C, a service manager


@contextmanager
def told_by_signals(stop: threading.Event, leave: Callable[[], None]) -> Iterator[None]:
    """Set *stop* at the first signal; a program that then works on for too long leaves with exit code 1.

    Args:
        stop: What the program looks at between its steps, and while it waits.
        leave: Called from another thread right before the program leaves at once.
    """
    late = leaving(leave)

    def tell(_number: int, _frame: FrameType | None) -> None:
        if not stop.is_set():
            stop.set()
            late.start()

    numbers = list(SIGNALS)
    # A closed terminal ends it too, but under nohup: then it is meant to outlive its terminal.
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, tell) for number in numbers}
    try:
        yield
    finally:
        late.cancel()
        for number, handler in before.items():
            signal.signal(number, handler)


def leaving(leave: Callable[[], None]) -> threading.Timer:
    """A timer that, once started, gives the program its grace and then ends it."""
    late = threading.Timer(GRACE_SECONDS, _leave, (leave,))
    late.daemon = True
    return late


def _leave(leave: Callable[[], None]) -> None:
    last = threading.Timer(LAST_SECONDS, os._exit, (1,))
    last.daemon = True
    last.start()
    try:
        leave()
    finally:
        os._exit(1)
