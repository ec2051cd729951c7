"""A CSV file of ``ds`` and ``y`` becomes a history.

``ds`` is a date or a time (ISO 8601), with an offset or by the local clock; ``y`` a count, empty where there
is no data. Other columns are ignored. Separator: comma, semicolon (then with decimal comma, too) or tab.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pandas as pd

from freshdesk_core.errors import ConfigError, DataError
from freshdesk_core.forecast import clock, gaps
from freshdesk_core.forecast.history import WEEK, History, Numbers, Slots, Step, Values
from freshdesk_core.forecast.regular import step_of_days, step_of_minutes

COLUMNS = ("ds", "y")
OFFSET = r"(?:Z|[+-]\d\d:?(?:\d\d)?)$"
NO_DATA = ("", "na", "n/a", "nan", "null", "none")
FIRST_YEAR, LAST_YEAR = 1900, 2200  # outside of which a date is mistyped
MOST_DAYS = 36_525
DAY_MINUTES = 1440


@dataclass(frozen=True, eq=False)
class _Rows:
    """Rows in order of time: wall clock, epoch seconds where offsets tell them, counts (NaN: no data)."""

    wall: pd.Series
    epoch: Numbers | None
    counts: Values


def read_series(file: Path, zone: str | None = None) -> History:
    """Read a series.

    Args:
        file: A CSV file in UTF-8 with the columns ``ds`` and ``y``.
        zone: IANA name of the zone in which days begin; without it UTC, or no zone where ``ds`` has no
            offsets.

    Returns:
        Its complete days; an empty history for a file without values.

    Raises:
        ConfigError: ``bad-zone``.
        DataError: ``series-unreadable``, ``series-columns``, ``series-bad-time``, ``series-bad-number``,
            ``series-mixed-times``, ``series-duplicate``, ``series-irregular``.
    """
    _check(zone)
    table = _table(file)
    rows = _rows(table, zone)
    if not len(rows.counts):
        return History(date(1970, 1, 1), np.zeros(0), zone=zone or "UTC")
    if (rows.wall.iloc[-1] - rows.wall.iloc[0]).days > MOST_DAYS:
        raise DataError("series-irregular")
    times = rows.wall.dt.hour * 60 + rows.wall.dt.minute
    distances = rows.wall.diff().dropna()
    if times.nunique() == 1 and (distances >= pd.Timedelta(hours=23)).all():
        return _by_day(rows, zone or "UTC")
    return _by_interval(rows, zone)


def _check(zone: str | None) -> None:
    if zone is None:
        return
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigError("bad-zone", text=zone) from error


def _table(file: Path) -> pd.DataFrame:
    try:
        with file.open(encoding="utf-8-sig") as lines:
            head = lines.readline()
        separator = next((mark for mark in ";\t" if mark in head), ",")
        table = pd.read_csv(file, sep=separator, dtype=str, encoding="utf-8-sig", keep_default_na=False)
    except pd.errors.EmptyDataError as error:
        raise DataError("series-columns") from error
    except (OSError, UnicodeDecodeError, pd.errors.ParserError) as error:
        raise DataError("series-unreadable", file=str(file)) from error
    table.columns = [str(name).strip().lower() for name in table.columns]
    if any(list(table.columns).count(name) != 1 for name in COLUMNS):  # "ds" and "DS" are one name
        raise DataError("series-columns")
    texts = pd.DataFrame({name: table[name].fillna("").str.strip() for name in COLUMNS})
    if separator == ";":
        texts["y"] = texts["y"].str.replace(",", ".", regex=False)
    return texts


def _rows(texts: pd.DataFrame, zone: str | None) -> _Rows:
    counts = pd.to_numeric(texts["y"], errors="coerce")
    wrong = (counts.isna() & ~texts["y"].str.lower().isin(NO_DATA)) | (counts < 0) | np.isinf(counts)
    if wrong.any():
        raise DataError("series-bad-number", row=_row(wrong))
    values: Values = counts.to_numpy(np.float64)
    with_offset = texts["ds"].str.contains(r":.*" + OFFSET, regex=True)
    if with_offset.any() and not with_offset.all():
        raise DataError("series-mixed-times", row=_row(with_offset != with_offset.iloc[0]))
    has_offset = bool(with_offset.any())
    written = texts["ds"].str.replace(r"(?<=\d)" + OFFSET, "", regex=True) if has_offset else texts["ds"]
    wall = pd.to_datetime(written, format="ISO8601", errors="coerce")
    _refuse(~wall.dt.year.between(FIRST_YEAR, LAST_YEAR))
    if not has_offset:
        order = np.argsort(wall.to_numpy(), kind="stable")
        return _Rows(wall.iloc[order].reset_index(drop=True), None, values[order])
    moments = pd.to_datetime(texts["ds"], format="ISO8601", utc=True, errors="coerce")
    _refuse(moments.isna())
    epoch = moments.dt.tz_localize(None).to_numpy().astype("datetime64[s]").astype(np.int64)
    order = np.argsort(epoch, kind="stable")
    local = moments.dt.tz_convert(zone or "UTC").dt.tz_localize(None)
    are_midnights = zone is not None and bool((local == local.dt.normalize()).all())
    if are_midnights or (wall.diff().dropna().abs() < pd.Timedelta(hours=23)).any():
        # Days and more keep the dates as they are written, unless each begins by the zone's clock.
        wall = local
    return _Rows(wall.iloc[order].reset_index(drop=True), epoch[order], values[order])


def _refuse(wrong: "pd.Series[bool]") -> None:
    """Refuse times that are none; a time that is missing is in no year."""
    if wrong.any():
        raise DataError("series-bad-time", row=_row(wrong))


def _row(wrong: pd.Series) -> int:
    """The line of the file, the heading being the first."""
    return int(np.flatnonzero(wrong.to_numpy())[0]) + 2


def _by_day(rows: _Rows, zone: str) -> History:
    days = _numbers(rows.wall)
    if len(np.unique(days)) < len(days):
        raise DataError("series-duplicate", ds=_duplicate(rows.wall))
    first = rows.wall.iloc[0].date()
    step = step_of_days(rows.wall)
    places = days // step.days if step.days else _months(rows.wall)
    values = np.full(int(places[-1]) + 1, np.nan)
    values[places] = rows.counts
    is_filled = _is_filled(rows.counts) or step.days != 1
    if not is_filled:
        phases = np.arange(len(values)) % WEEK
        values = gaps.complete_days(values[:, None], phases, is_filled)[:, 0]
    lacks = len(rows.counts) < len(values)
    return History(first, values, step, zone=zone, are_missing_zero=lacks and not is_filled)


def _by_interval(rows: _Rows, zone: str | None) -> History:
    if rows.epoch is not None and len(np.unique(rows.epoch)) < len(rows.epoch):
        raise DataError("series-duplicate", ds=_duplicate(pd.Series(rows.epoch)))
    minutes = step_of_minutes(rows.wall)
    of_day = (rows.wall.dt.hour * 60 + rows.wall.dt.minute).to_numpy()
    size = DAY_MINUTES // minutes
    days = _numbers(rows.wall)
    cells = days * size + of_day // minutes
    first = rows.wall.iloc[0].date()
    if rows.epoch is None:
        _refuse_duplicates(rows.wall, cells, zone)
    total = (int(days[-1]) + 1) * size
    known = ~np.isnan(rows.counts)
    counts: Values = np.bincount(cells[known], rows.counts[known], total).astype(np.float64)
    counts[np.bincount(cells[known], minlength=total) == 0] = np.nan
    # Of an hour that comes twice, one without data is one too many.
    counts[cells[~known]] = np.nan
    table = counts.reshape(-1, size)
    is_filled = _is_filled(rows.counts)
    named = History(first, np.zeros(len(table)), zone=zone or "UTC")
    if is_filled:
        _fill_skipped(table, named, minutes)
    whole = gaps.complete_days(table, np.arange(len(table)) % WEEK, is_filled)
    slots = Slots(minutes, whole, is_naive=rows.epoch is None and zone is None)
    lacks = not is_filled and bool(np.isnan(table).any())
    return History(first, whole.sum(axis=1), Step(), slots, named.zone, lacks)


def _is_filled(counts: Values) -> bool:
    """An export that gives a 0, or says where it has no data, gives each: what lacks in it is no 0."""
    return bool((counts == 0).any() or np.isnan(counts).any())


def _numbers(wall: pd.Series) -> Numbers:
    """Days since the first."""
    dates = wall.dt.normalize()
    return np.asarray((dates - dates.iloc[0]).dt.days.to_numpy(), dtype=np.int64)


def _months(wall: pd.Series) -> Numbers:
    months = (wall.dt.year * 12 + wall.dt.month).to_numpy()
    return np.asarray(months - months[0], dtype=np.int64)


def _duplicate(times: pd.Series) -> str:
    again = times[times.duplicated()].iloc[0]
    return str(again if isinstance(again, pd.Timestamp) else pd.Timestamp(int(again), unit="s", tz="UTC"))


def _refuse_duplicates(wall: pd.Series, cells: Numbers, zone: str | None) -> None:
    """By the local clock a time may come twice, in the hour that comes twice, and only there."""
    again = np.flatnonzero(np.diff(cells) == 0) + 1
    if not len(again):
        return
    moments = wall.iloc[again]
    once = moments.dt.tz_localize(zone or "UTC", ambiguous="NaT", nonexistent="shift_forward").notna()
    thrice = np.diff(again) == 1
    if once.any() or thrice.any():
        raise DataError("series-duplicate", ds=str(moments[once].iloc[0] if once.any() else moments.iloc[0]))


def _fill_skipped(table: Values, history: History, minutes: int) -> None:
    """Where the clock is put forward, the times that it skips lack no data."""
    for number in range(len(table)):
        day = history.step.day(history.first, number)
        if not clock.is_ordinary(day, history.zone):
            skipped = np.ones(table.shape[1], dtype=np.bool_)
            skipped[clock.intervals(day, history.zone, minutes)[1]] = False
            table[number, skipped & np.isnan(table[number])] = 0.0
