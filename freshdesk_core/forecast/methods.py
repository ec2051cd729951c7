"""The candidates, and the two that every forecast is measured against.

Each reads a cleaned history and says what comes next; none knows of the others. Those in this file are a
line each (Hyndman & Athanasopoulos, *Forecasting: Principles and Practice*, chapter 5); see ``smoothing`` and
``yearly`` for the rest.
"""

from collections.abc import Callable

import numpy as np

from freshdesk_core.forecast.cleaning import Cleaned
from freshdesk_core.forecast.history import Values
from freshdesk_core.forecast.smoothing import decomposition, smoothing, smoothing_of_logarithms, theta
from freshdesk_core.forecast.yearly import YEARS, earlier_years, last_year

Method = Callable[[Cleaned, int], Values]

AVERAGED = 8  # seasons
PROFILED = 13
NEWEST = 0.35  # weight of the newest season in its level

NAIVE = "seasonal naive"
AVERAGE = "average"


def seasonal_naive(history: Cleaned, horizon: int) -> Values:
    """The last season again."""
    season = history.values[-history.period :]
    if len(season) < history.period:
        return _flat(history, horizon)
    return history.ahead(np.resize(season, horizon))


def average(history: Cleaned, horizon: int) -> Values:
    """The mean of the same phase over the last 8 seasons."""
    table = seasons(history, AVERAGED)
    return history.ahead(np.resize(table.mean(axis=0), horizon)) if len(table) else _flat(history, horizon)


def median(history: Cleaned, horizon: int) -> Values:
    """The median of the same phase over the last 8 seasons."""
    table = seasons(history, AVERAGED)
    if not len(table):
        return _flat(history, horizon)
    return history.ahead(np.resize(np.median(table, axis=0), horizon))


def level_and_profile(history: Cleaned, horizon: int) -> Values:
    """The phases' shares of the last 13 seasons, at the level of the newest ones."""
    table = seasons(history, PROFILED)
    if not len(table):
        return _flat(history, horizon)
    sums = table.sum(axis=1)
    weights = (1 - NEWEST) ** np.arange(len(sums))[::-1]
    level = float((sums * weights).sum() / weights.sum())
    total = float(sums.sum())
    shares = table.sum(axis=0) / total if total else np.zeros(history.period)
    return history.ahead(np.resize(level * shares, horizon))


SIMPLE: dict[str, Method] = {
    AVERAGE: average,
    "median": median,
    "level and profile": level_and_profile,
}
SMOOTHED: dict[str, Method] = {
    "exponential smoothing": smoothing,
    "exponential smoothing of logarithms": smoothing_of_logarithms,
    "Theta": theta,
    "decomposition": decomposition,
}
YEARLY: dict[str, Method] = {
    "last year": last_year,
    "earlier years": earlier_years,
}


def candidates(history: Cleaned) -> dict[str, Method]:
    """The methods that a history is long enough for, by name; seasonal naive is none of them."""
    found = dict(SIMPLE)
    if len(history) >= AVERAGED * max(history.period, 2):
        found |= SMOOTHED
    if history.year is not None and len(history) >= YEARS * history.year:
        found |= YEARLY
    return found


def seasons(history: Cleaned, count: int) -> Values:
    """The last whole seasons, one per row; the columns begin with the phase that comes next."""
    whole = min(count, len(history) // history.period)
    return history.values[len(history) - whole * history.period :].reshape(whole, history.period)


def _flat(history: Cleaned, horizon: int) -> Values:
    mean = float(history.values.mean()) if len(history) else 0.0
    return history.ahead(np.full(horizon, mean))
