"""When contacts come: over week and day, today against usual, days that stand out, periods compared.

Every figure is made of proven intervals alone; what is not proven is left out, never taken for 0. Time of
day is the wall clock's: an hour that the clock shows twice is observed twice that day, one that it leaps
over is not observed.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from freshdesk_core.store import Store
from freshdesk_core.volumes.filters import EVERYTHING, Filters
from freshdesk_core.volumes.offered import offered
from freshdesk_core.volumes.windows import Window, local_day

EVERY_DAY = range(7)
USUAL_WEEKS = 8
FEWEST = 4  # days of the same weekday, below which nothing is called usual
UNUSUAL = 3.5  # spreads from usual, from which on a day stands out: with 364 days about one by chance
LOW, HIGH = 0.1, 0.9
NORMAL_SPREAD = 1.4826  # a normal distribution's standard deviation, in median absolute deviations
MINUTES_PER_DAY = 1440


def week_profile(store: Store, window: Window, interval: str, filters: Filters = EVERYTHING) -> pd.DataFrame:
    """How contacts spread over weekdays and times of day.

    Args:
        store: The store.
        window: From when to when, in which zone.
        interval: "15min", "30min" or "1h".
        filters: Which contacts.

    Returns:
        One row per weekday and time of day that was observed, in this order: ``weekday`` (0 is Monday),
        ``minute`` (of the local day), ``intervals`` (how many were observed), ``mean`` and ``median``
        (contacts per interval), ``share`` (the mean's share of the sum of all means, 0 to 1; <NA> when
        nothing came).

    Raises:
        ConfigError: ``no-such-integration``, ``bad-interval``.
    """
    seen = _observed(store, window, interval, filters).groupby(["weekday", "minute"])["offered"]
    frame = seen.agg(intervals="size", mean="mean", median="median").reset_index()
    total = frame["mean"].sum()
    share = frame["mean"] / total if total else pd.Series(pd.NA, index=frame.index)
    return frame.assign(share=share.astype("Float64"))


def day_profile(
    store: Store,
    window: Window,
    interval: str,
    filters: Filters = EVERYTHING,
    weekdays: Collection[int] = EVERY_DAY,
) -> pd.DataFrame:
    """How contacts spread over the day, and how much that varies.

    Args:
        store: The store.
        window: From when to when, in which zone.
        interval: "15min", "30min" or "1h".
        filters: Which contacts.
        weekdays: Which days count, 0 is Monday.

    Returns:
        One row per time of day that was observed: ``minute`` (of the local day), ``intervals``, ``mean``,
        ``median``, ``low`` and ``high`` (one day in ten has fewer, one in ten more; contacts per interval).

    Raises:
        ConfigError: ``no-such-integration``, ``bad-interval``.
    """
    seen = _observed(store, window, interval, filters)
    return _spread(seen[seen["weekday"].isin(list(weekdays))])


def today_against_usual(
    store: Store, now: int, zone: str, interval: str, filters: Filters = EVERYTHING
) -> pd.DataFrame:
    """Today so far, beside what is usual on this weekday.

    Args:
        store: The store.
        now: Epoch seconds.
        zone: Whose day it is.
        interval: "15min", "30min" or "1h".
        filters: Which contacts.

    Returns:
        One row per interval of the local day: ``interval_start``, ``minute``, ``offered`` (Int64; <NA> where
        it has not passed or is not proven), ``usual``, ``low``, ``high`` (contacts per interval on the same
        weekday of the last 8 weeks, as in ``day_profile``; <NA> with fewer than 4 of them).

    Raises:
        ConfigError: ``no-such-integration``, ``bad-interval``, ``bad-zone``.
    """
    day = local_day(now, zone)
    start = day - timedelta(weeks=USUAL_WEEKS)
    so_far = offered(store, _days(day, 1, zone), interval, (), filters, fill=True)
    before = _observed(store, _days(start, 7 * USUAL_WEEKS, zone), interval, filters)
    usual = _spread(before[before["weekday"] == day.weekday()])
    usual = usual[usual["intervals"] >= FEWEST].rename(columns={"median": "usual"})
    shown = so_far.assign(minute=_minutes(so_far["interval_start"]))
    return shown.merge(usual[["minute", "usual", "low", "high"]], on="minute", how="left").astype(
        {"usual": "Float64", "low": "Float64", "high": "Float64"}
    )[["interval_start", "minute", "offered", "usual", "low", "high"]]


def unusual_days(store: Store, window: Window, filters: Filters = EVERYTHING) -> pd.DataFrame:
    """Day by day, and how unusual each day was.

    What is usual is the median of the same weekday in the 8 weeks before and the 8 after. The spread is
    their median absolute deviation, scaled as a normal distribution's, but at least what chance alone
    makes of counts (the square root).

    Args:
        store: The store.
        window: Whole local days.
        filters: Which contacts.

    Returns:
        One row per local day: ``day`` (date), ``offered`` (Int64; <NA> where not proven), ``usual``
        (Float64, contacts; <NA> with fewer than 4 days to compare), ``deviation`` (Float64, in spreads; below
        0 means fewer), ``stands_out`` (bool: 3.5 spreads or more).

    Raises:
        ConfigError: ``no-such-integration``.
    """
    wide = _widened(window, weeks=USUAL_WEEKS)
    frame = offered(store, wide, "1d", (), filters, fill=True)
    days = [moment.date() for moment in frame["interval_start"]]
    counts = frame["offered"].to_numpy(dtype=np.float64, na_value=np.nan)
    known = dict(zip(days, counts, strict=True))
    rows = [(day, *_judged(day, known)) for day in window.days()]
    judged = pd.DataFrame(rows, columns=["day", "offered", "usual", "deviation"])
    judged = judged.astype({"offered": "Int64", "usual": "Float64", "deviation": "Float64"})
    return judged.assign(stands_out=(judged["deviation"].abs() >= UNUSUAL).fillna(value=False).astype(bool))


def periods_compared(
    store: Store, window: Window, other: Window, interval: str, filters: Filters = EVERYTHING
) -> pd.DataFrame:
    """Two periods side by side, day by day and by the time on the clock.

    Args:
        store: The store.
        window: The period.
        other: The one it is compared with, in the same zone.
        interval: One of ``INTERVALS``; weeks and months are compared by their number from the start.
        filters: Which contacts.

    Returns:
        One row per interval that either has: ``position`` (0, 1, …), ``interval_start``, ``offered``,
        ``other_start``, ``other_offered`` (Int64; <NA> where not proven, or where only one has it).

    Raises:
        ConfigError: ``no-such-integration``, ``bad-interval``.
    """
    sides = [
        _placed(offered(store, one, interval, (), filters, fill=True), interval) for one in (window, other)
    ]
    both = sides[0].merge(sides[1], on=["number", "minute", "again"], how="outer", suffixes=("", "_other"))
    both = both.sort_values(["number", "again", "minute"], kind="stable", ignore_index=True)
    renamed = both.rename(columns={"interval_start_other": "other_start", "offered_other": "other_offered"})
    return renamed.assign(position=np.arange(len(renamed)))[
        ["position", "interval_start", "offered", "other_start", "other_offered"]
    ]


@dataclass(frozen=True)
class Unevenness:
    """How uneven contacts come.

    ``peak_to_mean``: the busiest interval of an average week by the mean interval. ``outside_share``: the
    share of the contacts outside business hours, 0 to 1. None when nothing came. ``intervals``: how many
    proven intervals this rests on.
    """

    peak_to_mean: float | None
    outside_share: float | None
    intervals: int


def unevenness(
    store: Store,
    window: Window,
    interval: str,
    business_hours: Mapping[int, tuple[int, int]],
    filters: Filters = EVERYTHING,
) -> Unevenness:
    """Say how uneven contacts come.

    Args:
        store: The store.
        window: From when to when, in which zone.
        interval: "15min", "30min" or "1h".
        business_hours: By weekday (0 is Monday) the minutes of the local day ``[from, to)``; a weekday that
            is missing is closed.
        filters: Which contacts.

    Raises:
        ConfigError: ``no-such-integration``, ``bad-interval``.
    """
    seen = _observed(store, window, interval, filters)
    total = int(seen["offered"].sum())
    if not total:
        return Unevenness(None, None, len(seen))
    means = seen.groupby(["weekday", "minute"])["offered"].mean()
    opens = (
        seen["weekday"].map({day: hours[0] for day, hours in business_hours.items()}).fillna(MINUTES_PER_DAY)
    )
    closes = seen["weekday"].map({day: hours[1] for day, hours in business_hours.items()}).fillna(0)
    is_open = (seen["minute"] >= opens) & (seen["minute"] < closes)
    outside = int(seen.loc[~is_open, "offered"].sum())
    return Unevenness(float(means.max() / means.mean()), outside / total, len(seen))


def _observed(store: Store, window: Window, interval: str, filters: Filters) -> pd.DataFrame:
    """The proven intervals, with their place in the week: ``weekday``, ``minute``, ``offered``."""
    frame = offered(store, window, interval, (), filters, fill=True).dropna(subset=["offered"])
    starts = frame["interval_start"]
    return pd.DataFrame(
        {
            "weekday": starts.dt.day_of_week.astype("int64"),
            "minute": _minutes(starts),
            "offered": frame["offered"].astype("int64"),
        }
    )


def _minutes(starts: pd.Series) -> pd.Series:
    minutes: pd.Series = (starts.dt.hour * 60 + starts.dt.minute).astype("int64")
    return minutes


def _spread(seen: pd.DataFrame) -> pd.DataFrame:
    groups = seen.groupby("minute")["offered"]
    frame = groups.agg(intervals="size", mean="mean", median="median")
    low, high = groups.quantile(LOW), groups.quantile(HIGH)
    spread: pd.DataFrame = frame.assign(low=low.astype("float64"), high=high.astype("float64"))
    return spread.reset_index()


def _days(first: date, count: int, zone: str) -> Window:
    return Window.of_days(first, first + timedelta(days=count), zone)


def _widened(window: Window, weeks: int) -> Window:
    days = window.days()
    return _days(days[0] - timedelta(weeks=weeks), len(days) + 14 * weeks, window.zone)


def _judged(day: date, known: Mapping[date, float]) -> tuple[float | None, float | None, float | None]:
    """A day's contacts, what is usual, and how many spreads lie between."""
    count = known.get(day, np.nan)
    around = [known.get(day + timedelta(weeks=n), np.nan) for n in range(-USUAL_WEEKS, USUAL_WEEKS + 1) if n]
    others = np.array([value for value in around if not np.isnan(value)])
    shown = None if np.isnan(count) else count
    if len(others) < FEWEST:
        return shown, None, None
    usual = float(np.median(others))
    spread = max(NORMAL_SPREAD * float(np.median(np.abs(others - usual))), usual**0.5, 1.0)
    return shown, usual, None if shown is None else (count - usual) / spread


def _placed(frame: pd.DataFrame, interval: str) -> pd.DataFrame:
    """Give each interval its number of days (or weeks, months) from the first, and its time on the clock."""
    starts = frame["interval_start"]
    if interval in ("1w", "1MS"):
        return frame.assign(number=np.arange(len(frame)), minute=0, again=0)
    dates = starts.dt.date
    number = [(day - dates.iloc[0]).days for day in dates]
    placed = frame.assign(number=number, minute=_minutes(starts))
    return placed.assign(again=placed.groupby(["number", "minute"]).cumcount())
