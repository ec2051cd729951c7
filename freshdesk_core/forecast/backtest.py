"""Rolling back-test: what each method would have said then, against what came.

The mean of the best three is chosen by the origins before each origin, so that its own measures were not
chosen by what they measure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from freshdesk_core.forecast.cleaning import clean
from freshdesk_core.forecast.history import Flags, Values
from freshdesk_core.forecast.methods import AVERAGE, NAIVE, average, candidates, seasonal_naive
from freshdesk_core.forecast.result import Measure

ORIGINS = 14
CHOOSING = 4  # origins by which the first choice is made, and which are not measured
BEST = 3
FEWEST_SEASONS = 8  # of history before an origin, where there is enough
APART = 2  # seasons between origins, at most


@dataclass(frozen=True, eq=False)
class Origin:
    """A moment of the past: what every method said then, what came, and on which steps that counts."""

    at: int
    said: Mapping[str, Values]
    came: Values
    counts: Flags


@dataclass(frozen=True, eq=False)
class Told:
    """What was said at an origin by the method that would have been used."""

    origin: Origin
    said: Values


@dataclass(frozen=True, eq=False)
class Backtest:
    """``origins`` oldest first; ``measured`` are those on which the choice itself is judged."""

    origins: Sequence[Origin]
    measured: Sequence[Told]

    def of(self, name: str) -> list[Told]:
        """What a single method said, on the origins on which the choice was judged."""
        return [Told(told.origin, told.origin.said[name]) for told in self.measured]

    def best(self) -> list[str]:
        """The best three now, the best first."""
        return best(self.origins)


def backtest(
    history: Values, period: int, horizon: int, special: Flags | None = None, year: int | None = None
) -> Backtest:
    """Let every method forecast the past.

    Args:
        history: Counts per step; NaN: no data.
        period: Steps in a season.
        horizon: Steps ahead; at the end of a short history fewer.
        special: Steps that are no guide: they are not measured either.
        year: Steps in a year.

    Returns:
        At most 14 origins, a season or two apart; none where history is shorter than three seasons or
        nothing is known.
    """
    marked = np.zeros(len(history), dtype=np.bool_) if special is None else special[: len(history)]
    origins = [
        _origin(history, at, period, horizon, marked, year)
        for at in _places(len(history), period, horizon)
        if not np.isnan(history[:at]).all()
    ]
    origins = [origin for origin in origins if origin.counts.any()]
    measured: list[Told] = []
    for number, origin in enumerate(origins):
        if number >= min(CHOOSING, max(1, len(origins) // 3), len(origins) - 1):
            names = best(origins[:number]) or [AVERAGE]
            measured.append(Told(origin, mean_of(origin.said, names)))
    return Backtest(origins, measured)


def best(origins: Sequence[Origin]) -> list[str]:
    """The three with the smallest error over all origins; a method has to have been there each time."""
    if not origins:
        return []
    names = set.intersection(*(set(origin.said) for origin in origins)) - {NAIVE}

    def error(name: str) -> float:
        return sum(float(np.abs(o.said[name] - o.came)[o.counts].sum()) for o in origins)

    return sorted(names, key=lambda name: (error(name), name))[:BEST]


def mean_of(said: Mapping[str, Values], names: Sequence[str]) -> Values:
    """The mean of what some methods said."""
    return np.asarray(np.mean([said[name] for name in names], axis=0))


def measure(told: Sequence[Told]) -> Measure | None:
    """How good that was, over all origins; None when nothing came."""
    came = np.concatenate([one.origin.came[one.origin.counts] for one in told]) if told else np.zeros(0)
    said = np.concatenate([one.said[one.origin.counts] for one in told]) if told else np.zeros(0)
    return Measure.of(said, came)


def _places(length: int, period: int, horizon: int) -> list[int]:
    """Where to stand: seasons apart, the last one so that all of its horizon has come."""
    last = length - min(horizon, max(period, length // 4))
    first = max(2 * period, min(FEWEST_SEASONS * period, length // 2))
    if last < first:
        return []
    step = max(period, min((last - first) // ORIGINS // period, APART) * period)
    return list(range(last, first - 1, -step))[:ORIGINS][::-1]


def _origin(history: Values, at: int, period: int, horizon: int, special: Flags, year: int | None) -> Origin:
    known = clean(history[:at], period, special[:at], year)
    came = history[at : at + horizon]
    counts = ~np.isnan(came) & ~special[at : at + horizon]
    methods = {NAIVE: seasonal_naive, AVERAGE: average, **candidates(known)}
    return Origin(at, {name: method(known, len(came)) for name, method in methods.items()}, came, counts)
