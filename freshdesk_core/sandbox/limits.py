"""Calls per minute (or hour), by plan: one budget for the account, a smaller one for ticket lists."""

import time
from collections.abc import Callable
from typing import NamedTuple

WINDOW_SECONDS = 60


class Plan(NamedTuple):
    """``calls`` and ``lists`` per minute; ``lists`` None where no limit of its own is known.

    ``seconds``: 3,600 for the old plans whose limit is per hour.
    """

    calls: int
    lists: int | None
    tier_type: str
    seconds: int = WINDOW_SECONDS


PLANS = {
    "free": Plan(0, None, "Sprout"),
    "trial": Plan(50, None, "Forest"),
    "growth": Plan(200, 20, "Blossom"),
    "pro": Plan(400, 100, "Estate"),
    "enterprise": Plan(700, 200, "Forest"),
    "hourly": Plan(3_000, None, "Blossom", 3_600),
    "unlimited": Plan(1_000_000, None, "Forest"),
}


class Allowance(NamedTuple):
    """Whether a call may go on. ``retry_after`` is in seconds."""

    granted: bool
    remaining: int
    retry_after: int


class Limits:
    """Counts calls in fixed windows of a minute (or an hour) that begin with the first call.

    List calls count one each against the list limit, whatever they cost: which of the two Freshdesk
    counts is not known.
    """

    def __init__(self, plan: Plan, clock: Callable[[], float] = time.monotonic) -> None:
        self.plan = plan
        self._clock = clock
        self._window_ends = float("-inf")
        self._used = self._lists = 0

    def switch(self, plan: Plan) -> None:
        """Change the plan; what was spent in this window stays spent, unless windows get another length."""
        if plan.seconds != self.plan.seconds:
            self._window_ends = float("-inf")
        self.plan = plan

    def take(self, cost: int, *, is_list: bool) -> Allowance:
        """Spend credits for one call, if there are any left."""
        now = self._clock()
        if now >= self._window_ends:
            self._window_ends, self._used, self._lists = now + self.plan.seconds, 0, 0
        retry_after = int(self._window_ends - now) + 1
        out_of_lists = is_list and self.plan.lists is not None and self._lists >= self.plan.lists
        if self._used >= self.plan.calls or out_of_lists:
            return Allowance(False, max(self.plan.calls - self._used, 0), retry_after)
        self._used += cost
        self._lists += is_list
        return Allowance(True, max(self.plan.calls - self._used, 0), retry_after)
