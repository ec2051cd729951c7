"""The share of an account's call budget that Inflow allows itself.

Freshdesk counts per account and minute, whatever number of keys or programs. So there is one limiter per
account, and every call asks it first and reports back afterwards.
"""

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple, Protocol

WINDOW = 60.0
SHARE = 0.8
# What the smallest account with an API gets, until the first answer tells.
SMALLEST_TOTAL = 50.0
# Calls of the ticket list a minute, by the plan's total. Below the smallest stated plan its figure holds,
# above the largest the same fifth of the total.
LIST_LIMITS = ((2000, 400), (1000, 300), (700, 200), (400, 100), (0, 20))
# How much of the total may be left before the account's other programs are in danger.
SCARCE_SHARE = 0.1
LIST_CREDITS = 3


class Allowance(NamedTuple):
    """What an answer says about the budget; None where it says nothing of use. In credits."""

    total: float | None = None
    remaining: float | None = None
    used: int | None = None


class Limiter(Protocol):
    """What a client needs of a limiter. Thread-safe."""

    def acquire(self, is_list: bool, sleep: Callable[[float], None], cost: int | None = None) -> int:
        """Wait until a call may go that should *cost* so many credits; return those set aside for it."""

    def settle(self, reserved: int, is_list: bool, allowance: Allowance) -> None:
        """Report a call as over, whatever came of it."""

    def pause(self, seconds: float) -> None:
        """Let nobody call for so long: Freshdesk said 429."""

    @property
    def waiting_until(self) -> int | None:
        """When the calls that wait now may go (epoch seconds); None when none waits."""


def budgets_of(total: float, share: float = SHARE) -> tuple[int, int]:
    """What is ours of an account's minute: credits, calls of the ticket list.

    >>> budgets_of(400)
    (320, 80)
    """
    allowed = next(calls for plan, calls in LIST_LIMITS if total >= plan)
    allowed = max(allowed, math.floor(total / 5)) if total > LIST_LIMITS[0][0] else allowed
    return max(1, math.floor(total * share)), max(1, math.floor(allowed * share))


class _Second:
    """The calls that ended within one second."""

    __slots__ = ("credits", "ends_at", "lists")

    def __init__(self, ends_at: float) -> None:
        self.ends_at, self.credits, self.lists = ends_at, 0, 0


class MinuteLimiter:
    """A limiter for the threads of one process.

    In any 60 s it lets through at most *share* of the account's total, in credits, and of the list limit of
    the account's plan, in calls. A call is booked from its start until 60 s after its end: wherever in
    between Freshdesk counted it, no window of Freshdesk's holds more.

    Args:
        share: Part of the account's budget that is ours, from 0 to 1.
        clock: Seconds that only go forward.
        wall_clock: Epoch seconds, for showing only.
    """

    def __init__(
        self,
        share: float = SHARE,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._share, self._clock, self._wall_clock = share, clock, wall_clock
        self._lock = threading.Lock()
        self._seconds: deque[_Second] = deque()
        self._credits = self._lists = 0
        self._flying_credits = self._flying_lists = 0
        self._dearer = {True: 0, False: 0}  # than was expected, as some answer said
        self._paused_until = -math.inf
        self._waiting: dict[int, float] = {}
        self._is_told = False
        self._set_total(SMALLEST_TOTAL)

    def acquire(self, is_list: bool, sleep: Callable[[float], None], cost: int | None = None) -> int:
        """Wait until a call may go; return the credits set aside for it.

        Args:
            is_list: The plan's limit of the ticket list counts it.
            sleep: Waits, in seconds.
            cost: Credits that it should cost; by default those of a page of the list with stats, else one.
        """
        expected = (LIST_CREDITS if is_list else 1) if cost is None else cost
        now = self._clock()
        while True:
            with self._lock:
                reserved = expected + self._dearer[is_list]
                ready_at = self._ready_at(is_list, now, reserved)
                if ready_at <= now:
                    self._flying_credits += reserved
                    self._flying_lists += is_list
                    return reserved
                self._waiting[threading.get_ident()] = ready_at
            try:
                sleep(ready_at - now)
            finally:
                with self._lock:
                    del self._waiting[threading.get_ident()]
            now = max(self._clock(), ready_at)

    def settle(self, reserved: int, is_list: bool, allowance: Allowance) -> None:
        """Report a call as over, whatever came of it."""
        now = self._clock()
        with self._lock:
            spent = reserved if allowance.used is None else allowance.used
            self._flying_credits -= reserved
            self._flying_lists -= is_list
            if allowance.used is not None:
                self._dearer[is_list] += max(0, allowance.used - reserved)
            self._book(now, spent, is_list)
            if allowance.total is not None:
                self._is_told = True
                if allowance.total != self._total:
                    self._set_total(allowance.total)
            if allowance.remaining is not None and allowance.remaining <= SCARCE_SHARE * self._total:
                # Somebody else lives on this budget too: spread what is left of it over a minute.
                self._paused_until = max(self._paused_until, now + WINDOW / max(1.0, allowance.remaining))

    def pause(self, seconds: float) -> None:
        """Let nobody call for so long: Freshdesk said 429."""
        with self._lock:
            self._paused_until = max(self._paused_until, self._clock() + seconds)

    @property
    def waiting_until(self) -> int | None:
        """When the calls that wait now may go (epoch seconds); None when none waits."""
        with self._lock:
            if not self._waiting:
                return None
            seconds = min(self._waiting.values()) - self._clock()
        return math.ceil(self._wall_clock() + max(0.0, seconds))

    @property
    def is_told(self) -> bool:
        """Some answer has said what the plan allows; before, the smallest plan is assumed."""
        return self._is_told

    @property
    def budgets(self) -> tuple[int, int]:
        """What may be spent in a minute, as far as the plan is known: credits, calls of the ticket list."""
        with self._lock:
            return self._budget, self._list_budget

    def _set_total(self, total: float) -> None:
        self._total = total
        self._budget, self._list_budget = budgets_of(total, self._share)

    def _book(self, now: float, spent: int, is_list: bool) -> None:
        if not self._seconds or self._seconds[-1].ends_at <= now:
            self._seconds.append(_Second(math.floor(now) + 1.0))
        second = self._seconds[-1]
        second.credits += spent
        second.lists += is_list
        self._credits += spent
        self._lists += is_list

    def _ready_at(self, is_list: bool, now: float, cost: int) -> float:
        """The earliest time at which one more call keeps to the budget, as far as can be told now."""
        if self._paused_until > now:
            return self._paused_until
        while self._seconds and self._seconds[0].ends_at + WINDOW <= now:
            gone = self._seconds.popleft()
            self._credits -= gone.credits
            self._lists -= gone.lists
        credits = self._credits + self._flying_credits + cost
        lists = self._lists + self._flying_lists + is_list
        if self._fits(credits, lists, is_list, cost):
            return now
        for second in self._seconds:
            credits -= second.credits
            lists -= second.lists
            if self._fits(credits, lists, is_list, cost):
                return second.ends_at + WINDOW
        return now + 1.0  # the rest is still in flight: look again when some of it has landed

    def _fits(self, credits: int, lists: int, is_list: bool, cost: int) -> bool:
        """Whether so many may stand booked. One call alone always may, or a tiny budget would end all."""
        enough = credits <= self._budget or credits <= cost
        return enough and (not is_list or lists <= self._list_budget)


_shared: dict[tuple[str, Callable[[], float]], MinuteLimiter] = {}
_shared_lock = threading.Lock()


def shared_limiter(domain: str, clock: Callable[[], float] = time.monotonic) -> MinuteLimiter:
    """The one limiter of an account in this process."""
    with _shared_lock:
        return _shared.setdefault((domain, clock), MinuteLimiter(clock=clock))
