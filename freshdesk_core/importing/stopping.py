"""How an import is told to stop, and how it hears of it while it waits."""

import threading
import time
from collections.abc import Callable


class Interrupted(Exception):
    """The caller asked the import to stop; it is resumable."""


def patience(*stops: threading.Event) -> Callable[[float], None]:
    """A sleep for the client that ends within a moment when one of the events is set, if any is given."""
    ticking = stops[0] if stops else threading.Event()

    def sleep(seconds: float) -> None:
        until = time.monotonic() + seconds
        while not any(stop.is_set() for stop in stops):
            if (left := until - time.monotonic()) <= 0:
                return
            ticking.wait(min(left, 0.2))
        raise Interrupted

    return sleep
