"""Getting a history ready: gaps filled, what stands out bounded, phases that are closed found.

Its *period* is the number of steps in a season: 7 for days. Steps of equal remainder by the period are one
*phase* (a weekday).
"""

import warnings
from dataclasses import dataclass

import numpy as np

from freshdesk_core.forecast.history import Flags, Numbers, Values

AROUND = 8  # seasons before and after, among which something is usual
FEWEST = 3  # steps of the same phase, without which nothing is
UNUSUAL = 3.5  # spreads
NORMAL_SPREAD = 1.4826  # a normal distribution's standard deviation, in median absolute deviations
CLOSED_SEASONS = 8
CLOSED_SHARE = 0.9


@dataclass(frozen=True, eq=False)
class Cleaned:
    """A history that methods can read: ``values`` without a gap, and the phases that are ``closed``.

    ``year`` is the number of steps in a year, None where the steps do not go into one.
    """

    values: Values
    closed: Flags
    period: int
    year: int | None = None

    def __len__(self) -> int:
        return len(self.values)

    def phases(self, horizon: int) -> Numbers:
        """The phases of the steps ahead."""
        return np.arange(len(self.values), len(self.values) + horizon) % self.period

    def ahead(self, forecast: Values) -> Values:
        """Make a method's answer possible: nothing below 0, nothing on closed phases, no number missing."""
        bounded = np.maximum(np.nan_to_num(forecast, nan=0.0, posinf=0.0, neginf=0.0), 0.0)
        return np.where(self.closed[self.phases(len(forecast))], 0.0, bounded)


def clean(history: Values, period: int, special: Flags | None = None, year: int | None = None) -> Cleaned:
    """Fill the gaps of a history with what is usual, and bound what stands out.

    Args:
        history: Counts per step; NaN: no data.
        period: Steps in a season.
        special: Steps that are no guide to others (holidays, campaigns): taken for gaps.
        year: Steps in a year.

    Returns:
        As many values, none missing, none below 0; closed phases are 0.
    """
    known = history.astype(np.float64).copy()
    if special is not None:
        known[special] = np.nan
    closed = closed_phases(known, period)
    usual, spread = usual_and_spread(known, period)
    low, high = usual - UNUSUAL * spread, usual + UNUSUAL * spread
    outside = _lonely((known < low) | (known > high), period)
    bounded = np.where(outside, np.clip(known, low, high), known)
    filled = np.where(np.isnan(bounded), usual, bounded)
    filled = np.where(np.isnan(filled) & closed[np.arange(len(filled)) % period], 0.0, filled)
    rest = float(np.nanmean(known)) if (~np.isnan(known)).any() else 0.0
    return Cleaned(np.where(np.isnan(filled), rest, filled), closed, period, year)


def usual_and_spread(known: Values, period: int) -> tuple[Values, Values]:
    """What is usual for each step, and by how much steps differ from it.

    Returns:
        The median of the same phase within 8 seasons before and after, and a robust standard deviation of
        at least that of chance; NaN where fewer than three are known.
    """
    seasons = -(-len(known) // period)
    padded = np.full((seasons + 2 * AROUND) * period, np.nan)
    padded[AROUND * period : AROUND * period + len(known)] = known
    table = padded.reshape(-1, period)
    near = np.lib.stride_tricks.sliding_window_view(table, 2 * AROUND + 1, axis=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # where nothing is known, NaN is right
        middle = np.nanmedian(near, axis=2)
        away = np.nanmedian(np.abs(near - middle[:, :, None]), axis=2)
    spread = np.maximum(NORMAL_SPREAD * away, np.maximum(np.sqrt(middle), 1.0))
    few = (~np.isnan(near)).sum(axis=2) < FEWEST
    middle[few], spread[few] = np.nan, np.nan
    return middle.ravel()[: len(known)], spread.ravel()[: len(known)]


def _lonely(outside: Flags, period: int) -> Flags:
    """A whole season outside at the end is a new level, not steps that stand out; one that passed is none."""
    lonely = outside.copy()
    inside = np.flatnonzero(~outside)
    begins = int(inside[-1]) + 1 if len(inside) else 0
    if len(outside) - begins >= period:
        lonely[begins:] = False
    return lonely


def closed_phases(known: Values, period: int) -> Flags:
    """Phases on which nearly nothing comes, or nothing is ever recorded, while on others something does."""
    nothing = np.zeros(period, dtype=np.bool_)
    recent = known[-CLOSED_SEASONS * period :]
    phase = (np.arange(len(recent)) + len(known) - len(recent)) % period
    is_known = ~np.isnan(recent)
    # Where hardly anything comes at all, a day without is no closed day.
    if not is_known.any() or float(recent[is_known].mean()) < 1:
        return nothing
    closed = nothing.copy()
    for one in range(period):
        values = recent[is_known & (phase == one)]
        others = is_known[phase != one].sum() >= FEWEST * (period - 1) * 0.5
        if len(values) == 0:
            closed[one] = (phase == one).sum() >= FEWEST and bool(others)
        else:
            closed[one] = len(values) >= FEWEST and float((values == 0).mean()) >= CLOSED_SHARE
    return nothing if closed.all() else closed
