"""80 % bands from a forecast's own past errors.

Errors are divided by a scale that grows with what was said, so that a Sunday and a Monday can learn from each
other; the ends are quantiles of these, taken so that 80 of 100 past counts lay within.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from freshdesk_core.forecast.history import Values

SHARE = 0.8
# Shares left outside on either side; more than a tenth only where 0 cuts the lower end.
TAILS = np.linspace(0.2, 0.06, 29)
GROUPED = 400  # errors per group of equal level
GROUPS = 6
NORMAL_90 = 1.2816
FEWEST = 20  # errors, below which chance's own band is wider than nothing


@dataclass(frozen=True, eq=False)
class Bands:
    """How far what comes lies from what was said.

    Attributes:
        excess: Variance beyond chance, by the square of what is said.
        levels: Upper ends of the groups of what was said; the last is infinite.
        tails: Per group, the two ends in scales below and above what is said.
    """

    excess: float
    levels: Sequence[float]
    tails: Sequence[tuple[float, float]]

    def around(self, said: Values) -> tuple[Values, Values]:
        """The lower and upper ends; the lower is never below 0, and both are 0 where nothing comes."""
        group = np.searchsorted(np.asarray(self.levels[:-1]), said, side="right")
        below, above = np.asarray(self.tails)[group].T
        low, high = _ends(said, scale(said, self.excess), below, above)
        return np.where(said > 0, low, 0.0), np.where(said > 0, high, 0.0)


def learn(said: Values, came: Values) -> Bands:
    """Make bands from past errors.

    Args:
        said: What was said. What was said to be nothing teaches nothing.
        came: What came, as many.

    Returns:
        Bands; those of chance alone where there are fewer than 20 errors.
    """
    told = said > 0
    said, came = said[told], came[told]
    if len(said) < FEWEST:
        return Bands(0.0, (np.inf,), ((-NORMAL_90, NORMAL_90),))
    excess = max(0.0, float(((came - said) ** 2 - said).sum() / (said**2).sum()))
    groups = int(np.clip(len(said) // GROUPED, 1, GROUPS))
    levels = [*np.quantile(said, np.arange(1, groups) / groups), np.inf]
    number = np.searchsorted(np.asarray(levels[:-1]), said, side="right")
    tails = []
    for group in range(groups):
        inside = number == group
        tails.append(_tails(said[inside], came[inside], excess) if inside.any() else (-NORMAL_90, NORMAL_90))
    return Bands(excess, levels, tails)


def scale(said: Values, excess: float) -> Values:
    """The spread expected of what comes: chance's own (Poisson), and what goes beyond it."""
    level = np.maximum(said, 0.05)
    return np.sqrt(level + excess * level**2)


def coverage(bands: Bands, said: Values, came: Values) -> float | None:
    """Share of what came that lies within; None where nothing was said to come."""
    told = said > 0
    low, high = bands.around(said[told])
    return float(((came[told] >= low) & (came[told] <= high)).mean()) if told.any() else None


def _tails(said: Values, came: Values, excess: float) -> tuple[float, float]:
    """The ends, of those that leave equally many outside, within which nearest to 80 % lay."""
    spread = scale(said, excess)
    errors = (came - said) / spread
    nearest, found = np.inf, (-NORMAL_90, NORMAL_90)
    for tail in TAILS:
        below, above = (float(value) for value in np.quantile(errors, [tail, 1 - tail]))
        below, above = min(below, 0.0), max(above, 0.0)
        low, high = _ends(said, spread, np.asarray(below), np.asarray(above))
        away = abs(float(((came >= low) & (came <= high)).mean()) - SHARE)
        if away < nearest - 1e-9:
            nearest, found = away, (below, above)
    return found


def _ends(said: Values, spread: Values, below: Values, above: Values) -> tuple[Values, Values]:
    return np.maximum(said + below * spread, 0.0), said + above * spread
