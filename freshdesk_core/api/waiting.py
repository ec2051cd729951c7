"""How long a client waited: for the limit of calls, and between tries."""

import threading
from collections.abc import Callable


class Waiting:
    """A sleep that knows for how long there was somebody asleep. Thread-safe.

    Args:
        sleep: Waits, in seconds; may raise to end the work.
        clock: Seconds that only go forward.
    """

    def __init__(self, sleep: Callable[[float], None], clock: Callable[[], float]) -> None:
        self._sleep, self._clock = sleep, clock
        self._lock = threading.Lock()
        self._asleep = 0
        self._since = self._seconds = 0.0

    def __call__(self, seconds: float) -> None:
        """Wait."""
        with self._lock:
            if self._asleep == 0:
                self._since = self._clock()
            self._asleep += 1
        try:
            self._sleep(seconds)
        finally:
            with self._lock:
                self._asleep -= 1
                if self._asleep == 0:
                    self._seconds += self._clock() - self._since

    @property
    def seconds(self) -> float:
        """The time during which one thread or more waited; several at once count once."""
        with self._lock:
            return self._seconds + (self._clock() - self._since if self._asleep else 0.0)
