"""How much comes in when: weekdays, hours, growth, holidays, an outage, a campaign.

Only + − × ÷ on floats are used: they give the same bits on every machine, logarithms may not.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from itertools import accumulate
from random import Random

from freshdesk_core.sandbox.lines import HOURS, LINES, WEEKS

DAY = 86_400
HOUR = 3_600
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
HOLIDAYS = {
    (1, 1): 0.25,
    (5, 1): 0.3,
    (10, 3): 0.3,
    (12, 24): 0.4,
    (12, 25): 0.15,
    (12, 26): 0.2,
    (12, 31): 0.5,
}
GROWTH_PER_YEAR = 0.18
_HOUR_STEPS = {name: list(accumulate(weights)) for name, weights in HOURS.items()}


class Seasons:
    """The expected volume of each day and line of one world."""

    def __init__(self, seed: int, first_day: int, days: int) -> None:
        self._seed, self._first_day, self._days = seed, first_day, days
        self.outage_day = _next_weekday(first_day + days * 62 // 100, 1)
        self.campaign_from = _next_weekday(first_day + days * 78 // 100, 0)

    def weights(self, day: int) -> list[float]:
        """What each line brings on a day, relative to an ordinary Tuesday."""
        weekday, age = (day + 3) % 7, day - self._first_day
        general = self._growth(age) * self._outage(day) * self._noise(day)
        holiday = holiday_factor(day)
        campaign = 0 <= day - self.campaign_from < 7
        return [
            line.weight
            * WEEKS[line.week][weekday]
            * general
            * (holiday if line.week != "social" else 1.0)
            * (line.campaign if campaign else 1.0)
            * (0.0 if line.until and age >= line.until * self._days else 1.0)
            for line in LINES
        ]

    def _growth(self, age: int) -> float:
        return 1.0 + GROWTH_PER_YEAR * age / 365

    def _outage(self, day: int) -> float:
        """The desk cannot be reached for a day; what was held back comes on the next two."""
        return {0: 0.04, 1: 1.7, 2: 1.3}.get(day - self.outage_day, 1.0)

    def _noise(self, day: int) -> float:
        rng = random_for(self._seed, 1, day)
        return 0.64 + 0.36 * (rng.random() + rng.random())


def holiday_factor(day: int) -> float:
    """1.0 on an ordinary day, less on a public holiday."""
    when = date.fromordinal(EPOCH_ORDINAL + day)
    return HOLIDAYS.get((when.month, when.day), 1.0)


def second_of_day(rng: Random, hours: str, offset: int) -> int:
    """Draw a UTC second of the day from an hourly shape of local time.

    Args:
        hours: Name of the shape.
        offset: Seconds that local time is ahead of UTC.
    """
    steps = _HOUR_STEPS[hours]
    hour = min(bisect_right(steps, rng.random() * steps[-1]), 23)
    return (hour * HOUR + int(rng.random() * HOUR) - offset) % DAY


def berlin_offset(day: int) -> int:
    """Seconds that Berlin is ahead of UTC on a day (by the rule of 1996; no time zone data needed)."""
    when = date.fromordinal(EPOCH_ORDINAL + day)
    starts, ends = (_last_sunday(when.year, month) for month in (3, 10))
    return 2 * HOUR if starts <= day < ends else HOUR


def random_for(seed: int, purpose: int, number: int) -> Random:
    """A generator of its own for one purpose and number (a day, a ticket)."""
    return Random(((seed & 0xFFFF_FFFF) << 48) | (purpose << 40) | number)


def draw(rng: Random, steps: Sequence[tuple[float, int]]) -> int:
    """Draw from a distribution given as quantiles [(share, value), …], straight lines between them."""
    share = rng.random()
    low_share, low = steps[0]
    for high_share, high in steps[1:]:
        if share <= high_share:
            return low + int((high - low) * (share - low_share) / (high_share - low_share))
        low_share, low = high_share, high
    return low


def _last_sunday(year: int, month: int) -> int:
    last = date(year, month, 31).toordinal() - EPOCH_ORDINAL
    return last - (last + 4) % 7


def _next_weekday(day: int, weekday: int) -> int:
    return day + (weekday - (day + 3)) % 7
