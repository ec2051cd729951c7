"""What a forecast is made from: counts per local day, and per interval where the series has them."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]

WEEK = 7
YEAR_DAYS = 364  # 52 whole weeks: a weekday falls on the same weekday
MONTHS = 12


@dataclass(frozen=True)
class Step:
    """The distance of two values: whole days, or one month where ``days`` is 0."""

    days: int = 1

    @property
    def period(self) -> int:
        """Steps in a season: 7 for days, else 1 (no season shorter than a year)."""
        return WEEK if self.days == 1 else 1

    @property
    def year(self) -> int | None:
        """Steps in a year; None where they do not go into one."""
        if self.days == 0:
            return MONTHS
        return YEAR_DAYS // self.days if YEAR_DAYS % self.days == 0 else None

    def day(self, first: date, number: int) -> date:
        """The day on which a step begins, counted from the first."""
        if self.days:
            return first + timedelta(days=self.days * number)
        month = first.year * MONTHS + first.month - 1 + number
        return date(month // MONTHS, month % MONTHS + 1, 1)

    def count(self, days: int) -> int:
        """How many steps cover so many days; at least one."""
        return max(1, -(-days // self.days) if self.days else round(days * MONTHS / 365.25))


@dataclass(frozen=True, eq=False)
class Slots:
    """Counts per interval of the local clock.

    Attributes:
        minutes: Length of an interval; it goes into a day without rest.
        counts: One row per day of the history, one column per interval by the clock (96 for quarter
            hours, also on days when the clock changes: an hour that comes twice is added up). NaN: no
            data, or closed.
        is_naive: The series tells no offsets, and no zone was named.
    """

    minutes: int
    counts: Values
    is_naive: bool = False


@dataclass(frozen=True, eq=False)
class History:
    """Counts from a first day on, without a hole in time.

    Attributes:
        first: The day of the first value.
        values: Counts per step, NaN where there is no complete data. Never below 0.
        step: One day, unless the series is coarser.
        slots: The same days by interval, or None.
        zone: IANA name of the zone in which days begin.
        are_missing_zero: Rows that lack were taken for 0.
    """

    first: date
    values: Values
    step: Step = Step()
    slots: Slots | None = None
    zone: str = "UTC"
    are_missing_zero: bool = False

    def __len__(self) -> int:
        return len(self.values)

    @property
    def days(self) -> int:
        """How many days it spans."""
        return (self.step.day(self.first, len(self)) - self.first).days

    def ahead(self, number: int) -> date:
        """The day of a step after the last."""
        return self.step.day(self.first, len(self) + number)

    def known(self) -> "History":
        """Itself from its first to its last known value; empty when there is none."""
        places = np.flatnonzero(~np.isnan(self.values))
        start, end = (int(places[0]), int(places[-1]) + 1) if len(places) else (0, 0)
        return self.part(start, end)

    def latest(self, steps: int) -> "History":
        """Its last steps."""
        return self.part(max(0, len(self) - steps), len(self))

    def part(self, start: int, end: int) -> "History":
        """The steps from *start* up to, not including, *end*."""
        slots = self.slots and Slots(self.slots.minutes, self.slots.counts[start:end], self.slots.is_naive)
        first = self.step.day(self.first, start)
        return History(first, self.values[start:end], self.step, slots, self.zone, self.are_missing_zero)
