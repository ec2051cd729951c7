"""At which distance the rows of a series stand."""

from math import gcd

import numpy as np
import pandas as pd

from freshdesk_core.errors import DataError
from freshdesk_core.forecast.history import Step

DAY_MINUTES = 1440
FEWEST = 4  # rows that show a step of more than a day
STRAY = 0.05  # share of rows off the usual distance that are a mistake, not a finer distance


def step_of_days(wall: pd.Series) -> Step:
    """The step of rows that are a day or more apart, in order of time: days, weeks, months."""
    distances = wall.dt.normalize().diff().dropna().dt.days.astype(int)
    if len(wall) < FEWEST:
        return Step()
    if distances.min() >= 28 and (wall.dt.day == 1).all():
        return Step(0)
    return Step(int(np.gcd.reduce(distances.to_numpy())))


def step_of_minutes(wall: pd.Series) -> int:
    """The interval of rows that are less than a day apart: minutes that go into a day without rest.

    Raises:
        DataError: ``series-irregular``: they stand on no regular minutes.
    """
    if (wall.dt.second.any()) or (wall.dt.microsecond.any()):
        raise DataError("series-irregular")
    minutes = (wall.dt.hour * 60 + wall.dt.minute).to_numpy()
    distances = wall.drop_duplicates().diff().dropna().dt.total_seconds() / 60
    usual = int(distances.mode().iloc[0]) if len(distances) else DAY_MINUTES
    finest = gcd(DAY_MINUTES, int(np.gcd.reduce(minutes)))
    if finest == usual or usual <= 0:
        return finest
    off = float((minutes % usual != 0).mean()) if DAY_MINUTES % usual == 0 else 1.0
    if off < STRAY and (minutes % usual != 0).any():
        raise DataError("series-irregular")
    if finest < 5:
        raise DataError("series-irregular")
    return finest
