"""Methods that know the time of the year; they need two years of history.

The ordinary year of ``Cleaned.year`` is 52 weeks for days, so that a weekday meets the same weekday.
"""

import numpy as np

from freshdesk_core.forecast.cleaning import Cleaned
from freshdesk_core.forecast.history import Numbers, Values

YEARS = 2
RECENT = 6  # seasons whose level is compared with that of the same seasons a year before
PROFILED = 13
SMALLEST, LARGEST = 0.25, 4.0  # growth beyond which last year is another desk
TRUST = 0.5  # of what a season of the year did in earlier years


def last_year(history: Cleaned, horizon: int) -> Values:
    """The same weeks last year, at this year's level.

    Three seasons' mean around each step: a single day of last year is mostly chance.
    """
    year = history.year or len(history)
    return history.ahead(_growth(history, year) * _around(history, _places(history, horizon, year)))


def earlier_years(history: Cleaned, horizon: int) -> Values:
    """This quarter's level and profile, moved half as far as the same weeks moved in earlier years."""
    year = history.year or len(history)
    whole = min(PROFILED, len(history) // history.period)
    table = history.values[len(history) - whole * history.period :].reshape(whole, history.period)
    flat = np.resize(table[-RECENT:].mean(axis=0), horizon)
    moves = []
    for back in range(year, len(history) - 2 * RECENT * history.period, year):
        places = np.minimum(np.arange(horizon) + len(history) - back, len(history) - history.period - 1)
        then = _level(history, len(history) - back)
        if then > 0:
            moves.append(_smooth(_around(history, places), history.period) / then)
    if not moves:
        return history.ahead(flat)
    moved = np.clip(np.mean(moves, axis=0), SMALLEST, LARGEST)
    return history.ahead(flat * (1 - TRUST + TRUST * moved))


def _places(history: Cleaned, horizon: int, year: int) -> Numbers:
    """A year, or as many years as it takes, before each step ahead; the season after it is known, too."""
    ahead = np.arange(len(history), len(history) + horizon)
    years = -(-(ahead - len(history) + 1 + history.period) // year)
    return ahead - years * year


def _around(history: Cleaned, places: Numbers) -> Values:
    near = [history.values[np.maximum(places + k * history.period, 0)] for k in (-1, 0, 1)]
    return np.asarray(np.mean(near, axis=0))


def _growth(history: Cleaned, year: int) -> float:
    now, then = _level(history, len(history)), _level(history, len(history) - year)
    return float(np.clip(now / then, SMALLEST, LARGEST)) if then > 0 else 1.0


def _level(history: Cleaned, end: int) -> float:
    """The mean of the seasons that ended then."""
    return float(history.values[max(0, end - RECENT * history.period) : end].mean())


def _smooth(values: Values, period: int) -> Values:
    """The mean of the season around each step: what is left is the time of the year, not the weekday."""
    weights = np.ones(min(period, len(values)))
    return np.convolve(values, weights, mode="same") / np.convolve(np.ones(len(values)), weights, mode="same")
