"""Intervals of local days, also of those on which the clock changes."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from freshdesk_core.forecast.history import Numbers

DAY_MINUTES = 1440
DAY = 86_400
MINUTE = 60


def start_of(day: date, zone: str) -> int:
    """The first second of a local day (epoch)."""
    return int(datetime(day.year, day.month, day.day, tzinfo=_zone(zone)).timestamp())


def is_ordinary(day: date, zone: str) -> bool:
    """The day has 24 hours."""
    return start_of(day + timedelta(days=1), zone) - start_of(day, zone) == DAY


def intervals(day: date, zone: str, minutes: int) -> tuple[Numbers, Numbers]:
    """The intervals of a local day.

    Args:
        day: A date.
        zone: IANA name.
        minutes: Length; it goes into 1,440.

    Returns:
        When each begins (epoch seconds), and its place by the clock (0 up to 1440 / minutes): a place lacks
        where the clock is put forward, and comes twice where it is put back. An interval that the
        change cuts is two.
    """
    start, end = start_of(day, zone), start_of(day + timedelta(days=1), zone)
    if end - start == DAY:
        numbers = np.arange(DAY_MINUTES // minutes)
        return start + numbers * minutes * MINUTE, numbers
    ticks = np.arange(start, end, MINUTE)
    local = [datetime.fromtimestamp(int(tick), _zone(zone)) for tick in ticks]
    places = np.array([(at.hour * MINUTE + at.minute) // minutes for at in local])
    offsets = np.array([(at.utcoffset() or timedelta()).total_seconds() for at in local])
    begins = np.append(True, (np.diff(places) != 0) | (np.diff(offsets) != 0))
    return ticks[begins], places[begins]


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
