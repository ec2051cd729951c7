"""Exponential smoothing, Theta and decomposition, as statsmodels does them.

Source: Hyndman & Athanasopoulos, *Forecasting: Principles and Practice*, chapters 3 and 8; Assimakopoulos &
Nikolopoulos, *The theta model* (2000). statsmodels is imported where it is asked: it takes a second.
"""

import warnings
from collections.abc import Callable

import numpy as np

from freshdesk_core.forecast.cleaning import Cleaned
from freshdesk_core.forecast.history import Values

LONGEST = 104  # seasons that these methods look back
TOO_LARGE = 20.0  # logarithm of a count that no desk sees: a fit that ran away


def smoothing(history: Cleaned, horizon: int) -> Values:
    """Holt-Winters: additive season, damped trend."""
    return history.ahead(_quietly(lambda: _holt_winters(_recent(history), history.period, horizon)))


def smoothing_of_logarithms(history: Cleaned, horizon: int) -> Values:
    """The same for logarithms: season and trend multiply."""
    values = np.log1p(_recent(history))
    said = _quietly(lambda: _holt_winters(values, history.period, horizon))
    return history.ahead(np.expm1(np.minimum(said, TOO_LARGE)))


def theta(history: Cleaned, horizon: int) -> Values:
    """The Theta method, on the history without its season."""
    return history.ahead(_quietly(lambda: _theta(_recent(history), history.period, horizon)))


def decomposition(history: Cleaned, horizon: int) -> Values:
    """Seasonal-trend decomposition by Loess, its rest smoothed."""
    return history.ahead(_quietly(lambda: _decomposed(_recent(history), history.period, horizon)))


def _holt_winters(values: Values, period: int, horizon: int) -> Values:
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    has_season = period > 1
    model = ExponentialSmoothing(
        values,
        trend="add",
        damped_trend=True,
        seasonal="add" if has_season else None,
        seasonal_periods=period if has_season else None,
        initialization_method="heuristic",
    )
    # The default looks through a grid first, which takes ten times as long and finds the same.
    return np.asarray(model.fit(method="L-BFGS-B", use_brute=False).forecast(horizon))


def _theta(values: Values, period: int, horizon: int) -> Values:
    from statsmodels.tsa.forecasting.theta import ThetaModel

    has_season = period > 1
    season = period if has_season else 1
    model = ThetaModel(values, period=season, deseasonalize=has_season, method="additive")
    return np.asarray(model.fit(disp=False).forecast(horizon))


def _decomposed(values: Values, period: int, horizon: int) -> Values:
    from statsmodels.tsa.holtwinters import SimpleExpSmoothing
    from statsmodels.tsa.seasonal import STL

    season = np.zeros(len(values))
    if period > 1:
        season = np.asarray(STL(values, period=period, robust=True).fit().seasonal)
    level = SimpleExpSmoothing(values - season, initialization_method="heuristic").fit(use_brute=False)
    return np.asarray(level.forecast(horizon)) + np.resize(season[-period:], horizon)


def _recent(history: Cleaned) -> Values:
    """The end of a history, cut so that it begins with a whole season."""
    whole = min(LONGEST, len(history) // history.period) * history.period
    return history.values[len(history) - whole :]


def _quietly(method: Callable[[], Values]) -> Values:
    """Without the warnings of fits that end at a bound: the back-test judges what comes of them."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return method()
