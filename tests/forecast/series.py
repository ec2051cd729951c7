"""Made-up series with known parts: level, weekday, chance."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from freshdesk_core.forecast import Forecast, History

MONDAY = date(2024, 1, 1)
WEEK = np.array([1.3, 1.2, 1.1, 1.0, 0.9, 0.3, 0.2])


def counts(days: int, level: float = 40.0, seed: int = 1, week: np.ndarray = WEEK) -> np.ndarray:
    """Poisson counts per day, the first being a Monday."""
    return np.random.default_rng(seed).poisson(level * np.resize(week, days)).astype(float)


def history(values: np.ndarray) -> History:
    return History(MONDAY, np.asarray(values, dtype=float))


def csv_of_days(values: np.ndarray, first: date = MONDAY) -> str:
    """A file of days; NaN is empty."""
    rows = [f"{first + timedelta(days=n)},{'' if np.isnan(v) else v}" for n, v in enumerate(values)]
    return "\n".join(["ds,y", *rows]) + "\n"


def moments(first: date, days: int, minutes: int, zone: str) -> list[datetime]:
    """When each interval of some local days begins, with its offset."""
    tz = ZoneInfo(zone)
    start = datetime(first.year, first.month, first.day, tzinfo=tz).timestamp()
    last = first + timedelta(days=days)
    end = datetime(last.year, last.month, last.day, tzinfo=tz).timestamp()
    return [datetime.fromtimestamp(at, tz) for at in np.arange(start, end, minutes * 60)]


def is_possible(said: Forecast) -> bool:
    """A forecast in which nothing is below 0 or missing, or a word why there is none."""
    if said.steps is None:
        return any(note.code == "forecast-none" for note in said.notes)
    parts = [said.steps] if said.intervals is None else [said.steps, said.intervals]
    return all(
        np.isfinite(part.values).all()
        and (part.low >= 0).all()
        and (part.low <= part.values).all()
        and (part.values <= part.high).all()
        for part in parts
    )
