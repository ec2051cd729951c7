"""What a forecast is, with how good it has been."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from freshdesk_core.forecast.history import Flags, History, Numbers, Values


@dataclass(frozen=True)
class Measure:
    """How good a forecast was.

    Attributes:
        wape: Sum of absolute errors by sum of what came (0.15: 15 % off, weighted by volume).
        bias: Sum of what was said by sum of what came, less 1 (0.05: 5 % too many).
    """

    wape: float
    bias: float

    @classmethod
    def of(cls, said: Values, came: Values) -> "Measure | None":
        """Compare; None when nothing came."""
        total = float(came.sum())
        if total <= 0:
            return None
        return cls(float(np.abs(said - came).sum()) / total, float(said.sum()) / total - 1)


@dataclass(frozen=True)
class Measures:
    """The measures beside a forecast, all from the same origins of the past.

    Attributes:
        forecast: Of the forecast that is shown; None when nothing came in the past that was looked at.
        naive: Of seasonal naive: last week again.
        average: Of the mean of the last 8 weeks.
        floor: The WAPE that chance alone sets: √(2 ÷ (π × volume)) for equal volumes; None for none.
        origins: How many moments of the past it was measured from.
        horizon: How many steps ahead of each.
        coverage: Share of what came that lay within the band, which is made from the same errors.
    """

    forecast: Measure | None
    naive: Measure | None
    average: Measure | None
    floor: float | None
    origins: int
    horizon: int
    coverage: float | None


def floor(volumes: Values) -> float | None:
    """The WAPE that chance alone sets for such volumes per step (of Poisson processes); None for none."""
    total = float(volumes.sum())
    return min(1.0, math.sqrt(2 / math.pi) * float(np.sqrt(volumes).sum()) / total) if total > 0 else None


@dataclass(frozen=True)
class Note:
    """Something to be said beside a forecast: a code of ``messages.py`` and the figures of its sentence."""

    code: str
    figures: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Steps:
    """What is expected per step ahead: the days (or weeks, months), values and 80 % bands.

    ``closed`` are those on whose weekday nothing ever comes.
    """

    days: Sequence[date]
    values: Values
    low: Values
    high: Values
    closed: Flags


@dataclass(frozen=True, eq=False)
class Intervals:
    """What is expected per interval ahead; those of a day add up to the day's value.

    Attributes:
        starts: Epoch seconds.
        values: Contacts expected.
        low: Lower end of the 80 % band.
        high: Its upper end.
    """

    starts: Numbers
    values: Values
    low: Values
    high: Values


@dataclass(frozen=True, eq=False)
class Forecast:
    """A forecast, or why there is none.

    Attributes:
        history: What it was made from.
        steps: What is expected; None when there is no forecast (``notes`` say why).
        intervals: The same by interval, where the history has intervals.
        methods: Whose mean it is.
        measures: How good it has been per step.
        interval_measures: And per interval.
        notes: What has to be said beside it.
    """

    history: History
    steps: Steps | None = None
    intervals: Intervals | None = None
    methods: Sequence[str] = ()
    measures: Measures | None = None
    interval_measures: Measures | None = None
    notes: Sequence[Note] = ()
