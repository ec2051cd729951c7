"""What all threads of a client know of an outage: one of them tries now and then, the others wait."""

import threading
from collections.abc import Callable

# So many failures with no answer between them, whosever they are, are an outage.
FAILURES = 5
LONGEST_PAUSE = 30.0
# How long an account that answered before is waited for; a usual outage is over by then.
PATIENCE_SECONDS = 300.0
# Those who wait look so often whether it is over, and set out spread over this much more.
LOOK_SECONDS = 5.0
SPREAD_SECONDS = 1.0


class Outage:
    """The one place at which the threads of a client wait for an account that does not answer. Thread-safe.

    Args:
        clock: Seconds that only go forward.
        random: A number from 0 to 1.
        is_waited_out: Whether an account that answered before is waited for at all.
        on_change: Told with True when an outage begins, with False when it is over; by any thread.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        random: Callable[[], float],
        is_waited_out: bool = True,
        on_change: Callable[[bool], None] = lambda is_down: None,
    ) -> None:
        self._clock, self._random, self.on_change = clock, random, on_change
        self._is_waited_out = is_waited_out
        self._lock, self._telling = threading.Lock(), threading.Lock()
        self._is_told = False
        self._failures = 0
        self._failing_since = 0.0
        self._next_at = 0.0
        self._has_answered = False

    def wait(self, sleep: Callable[[float], None]) -> None:
        """Wait for one's turn; at once while the account answers."""
        while self._is_waited_out and (seconds := self._seconds_left()) > 0:
            sleep(seconds)

    def answered(self) -> None:
        """Hear that an answer came."""
        with self._lock:
            ends = self._failures >= FAILURES
            self._failures, self._has_answered = 0, True
        if ends:
            self._tell()

    def failed(self) -> None:
        """Hear that none came."""
        with self._lock:
            now = self._clock()
            if self._failures == 0:
                self._failing_since = now
            self._failures += 1
            begins = self._failures == FAILURES
            if begins:
                self._next_at = now + self._pause()
        if begins:
            self._tell()

    def is_borne(self, since: float) -> bool:
        """Whether a question that failed since then is worth another try.

        An account that never answered is not waited for: its address may be wrong.
        """
        with self._lock:
            began = min(since, self._failing_since) if self._failures else since
            is_hoped_for = self._is_waited_out and self._has_answered
            return is_hoped_for and self._clock() - began < PATIENCE_SECONDS

    def is_given_up(self) -> bool:
        """Whether nobody has had an answer for so long that no further try is worth it."""
        with self._lock:
            return self._is_given_up(self._clock())

    def _tell(self) -> None:
        """Tell how it is by now, one thread after the other: what is told last is true."""
        with self._telling:
            with self._lock:
                is_down = self._is_waited_out and self._has_answered and self._failures >= FAILURES
            if is_down != self._is_told:
                self._is_told = is_down
                self.on_change(is_down)

    def _is_given_up(self, now: float) -> bool:
        is_down = self._has_answered and self._failures >= FAILURES
        return is_down and now - self._failing_since >= PATIENCE_SECONDS

    def _seconds_left(self) -> float:
        with self._lock:
            if self._failures < FAILURES:
                return 0.0
            now = self._clock()
            if self._is_given_up(now):
                return 0.0
            if now < self._next_at:
                return min(self._next_at - now, LOOK_SECONDS) + self._random() * SPREAD_SECONDS
            self._next_at = now + self._pause()  # whoever comes first tries for all
            return 0.0

    def _pause(self) -> float:
        longest = min(LONGEST_PAUSE, 2.0 ** (self._failures - FAILURES + 2))
        return longest * (0.5 + self._random() / 2)
