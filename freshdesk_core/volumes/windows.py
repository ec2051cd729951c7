"""Windows of time and the intervals they are cut into, in any IANA zone.

Everything is epoch seconds, UTC. A window lies on quarter hours, because the figures do. A local day
has 92, 94, 96, 98 or 100 quarter hours, and may (Samoa, 30 December 2011) not exist at all.
"""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import numpy.typing as npt

from freshdesk_core.errors import ConfigError
from freshdesk_core.terms import INTERVALS

Times = npt.NDArray[np.int64]

QUARTER = 900
HOUR = 3600
DAY = 86400
SECONDS = {"15min": QUARTER, "30min": 2 * QUARTER, "1h": HOUR}  # the intervals shorter than a day
FIRST_YEAR, LAST_YEAR = 1970, 2200  # a day outside is a slip of the pen, and costs millions of rows


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    """Find a time zone.

    Raises:
        ConfigError: ``bad-zone``: there is no such IANA zone.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigError("bad-zone", text=name) from error


def day_start(day: date, zone: str) -> int:
    """The first moment of a local day, epoch seconds, on a quarter hour.

    Where clocks leap over midnight it is the moment of the leap.

    Raises:
        ConfigError: ``bad-zone``; ``bad-date`` for a year that no help desk has seen.
    """
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ConfigError("bad-date", text=day.isoformat())
    local = datetime(day.year, day.month, day.day, tzinfo=zone_of(zone))
    return int(local.timestamp()) // QUARTER * QUARTER


def local_day(epoch: int, zone: str) -> date:
    """The local day on which a moment falls."""
    return datetime.fromtimestamp(epoch, zone_of(zone)).date()


def iso(epoch: int, zone: str = "UTC") -> str:
    """A moment in ISO 8601 with its offset.

    >>> iso(0, "Asia/Kathmandu")
    '1970-01-01T05:30:00+05:30'
    """
    return datetime.fromtimestamp(epoch, zone_of(zone)).isoformat()


@dataclass(frozen=True)
class Window:
    """A stretch of time ``[start, end)``: epoch seconds on quarter hours, and the zone to see it in."""

    start: int
    end: int
    zone: str

    def __post_init__(self) -> None:
        zone_of(self.zone)
        if self.start % QUARTER or self.end % QUARTER or self.end < self.start:
            raise ValueError(f"not a window of quarter hours: {self.start} to {self.end}")

    @classmethod
    def of_days(cls, first: date, end: date, zone: str) -> "Window":
        """The local days from *first* up to, not including, *end*.

        Raises:
            ConfigError: ``bad-zone``; ``bad-range`` when no day lies between; ``bad-date`` for a year
                that no help desk has seen.
        """
        bounds = day_start(first, zone), day_start(end, zone)
        if end <= first:
            raise ConfigError("bad-range", first=first.isoformat(), end=end.isoformat())
        return cls(*bounds, zone)

    def days(self) -> list[date]:
        """The local days it touches, in order."""
        if self.is_empty:
            return []
        first, last = local_day(self.start, self.zone), local_day(self.end - 1, self.zone)
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        return [
            day for day in days if day_start(day + timedelta(days=1), self.zone) > day_start(day, self.zone)
        ]

    def previous(self, elapsed: "Window | None" = None) -> "Window":
        """What this window is compared with, as far as its *elapsed* part reaches (by default all of it).

        Several days from the first of a month on have the month before, up to the same day and time on
        the clock; a whole month has the whole month before. Any other window has equally many local days
        right before it; a bound inside a day keeps its time on the clock.
        """
        part = elapsed or self
        first = local_day(self.start, self.zone)
        following = _next_start(first, "1MS")
        if not self._is_of_one_month(first, following):
            return part.shifted_by_days(-len(self.days()))
        before = part.shifted_by_days(-(first - timedelta(days=1)).day)
        is_whole = part.end == day_start(following, self.zone)
        return Window(before.start, part.start if is_whole else min(before.end, part.start), self.zone)

    def shifted_by_days(self, days: int) -> "Window":
        """The same dates and times on the clock, some days later, or earlier if negative."""
        shift = timedelta(days=days)
        return Window(self._shifted(self.start, shift), self._shifted(self.end, shift), self.zone)

    def until(self, moment: int) -> "Window":
        """The part before a moment, cut down to whole quarter hours."""
        end = min(self.end, moment // QUARTER * QUARTER)
        return Window(self.start, max(self.start, end), self.zone)

    @property
    def is_empty(self) -> bool:
        """Nothing lies between its bounds."""
        return self.start >= self.end

    def _is_of_one_month(self, first: date, following: date) -> bool:
        """It has several days, from the first of a month on, and ends with the month at the latest.

        The first of a month alone is compared with the day before it, as every other day is.
        """
        return (
            first.day == 1
            and self.start == day_start(first, self.zone)
            and self.end <= day_start(following, self.zone)
            and len(self.days()) > 1
        )

    def _shifted(self, epoch: int, shift: timedelta) -> int:
        wall = datetime.fromtimestamp(epoch, zone_of(self.zone)).replace(tzinfo=None, fold=0) + shift
        return int(wall.replace(tzinfo=zone_of(self.zone)).timestamp()) // QUARTER * QUARTER


@dataclass(frozen=True, eq=False)
class Grid:
    """The intervals of a window, as int64 arrays of epoch seconds.

    ``edges`` has one entry more than there are intervals: interval *i* of the window is
    ``[edges[i], edges[i + 1])``. ``labels[i]`` is where the whole interval begins; it lies before
    ``edges[0]`` where the window cuts a week or a month.
    """

    window: Window
    interval: str
    edges: Times
    labels: Times

    def __len__(self) -> int:
        return len(self.labels)


@lru_cache(maxsize=32)
def grid(window: Window, interval: str) -> Grid:
    """Cut a window into intervals.

    Hours and half hours follow the local clock: where it is put forward or back by half an hour
    (Lord Howe), the hour of the change is cut there.

    Raises:
        ConfigError: ``bad-interval``.
    """
    if interval not in INTERVALS:
        raise ConfigError("bad-interval", text=interval, intervals=", ".join(INTERVALS))
    if window.is_empty:
        return Grid(window, interval, np.array([window.start]), np.array([], dtype=np.int64))
    if interval in SECONDS:
        labels = np.array(_clock_starts(window, SECONDS[interval]), dtype=np.int64)
    else:
        labels = np.array(_calendar_starts(window, interval), dtype=np.int64)
    return Grid(window, interval, np.append(np.maximum(labels, window.start), window.end), labels)


def is_cut(slots: Grid) -> npt.NDArray[np.bool_]:
    """For each interval: does the window hold only a part of it? The first and the last one may be cut."""
    cut = slots.labels < slots.edges[:-1]
    if len(slots):
        last, zone = int(slots.labels[-1]), slots.window.zone
        if slots.interval in SECONDS:
            end = last + SECONDS[slots.interval]
        else:
            end = day_start(_next_start(local_day(last, zone), slots.interval), zone)
        cut[-1] |= end > slots.window.end
    return cut


def whole_days(window: Window) -> Window:
    """The whole local days inside a window; without one, an empty window at its start."""
    if window.is_empty:
        return window
    first = local_day(window.start, window.zone)
    if day_start(first, window.zone) < window.start:
        first += timedelta(days=1)
    start = day_start(first, window.zone)
    end = day_start(local_day(window.end, window.zone), window.zone)
    return Window(start, end, window.zone) if start < end else Window(window.start, window.start, window.zone)


def _calendar_start(day: date, interval: str) -> date:
    """The first day of the day, ISO week or month that holds a day."""
    if interval == "1w":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if interval == "1MS" else day


def _next_start(start: date, interval: str) -> date:
    if interval == "1MS":
        return (start + timedelta(days=32)).replace(day=1)
    return start + timedelta(days=7 if interval == "1w" else 1)


def _calendar_starts(window: Window, interval: str) -> list[int]:
    """Where the days, weeks or months begin that a window touches."""
    day = _calendar_start(local_day(window.start, window.zone), interval)
    starts: list[int] = []
    while (start := day_start(day, window.zone)) < window.end:
        day = _next_start(day, interval)
        if max(start, window.start) < day_start(day, window.zone):
            starts.append(start)
    return starts


def _clock_starts(window: Window, seconds: int) -> list[int]:
    """Where the local clock shows a multiple of *seconds*, and where it is put forward or back."""
    starts: list[int] = []
    for start, end, offset in _stretches(window):
        first = start + (-(start + offset)) % seconds
        if first > start:
            starts.append(start)
        starts.extend(range(first, end, seconds))
    return starts


def _stretches(window: Window) -> list[tuple[int, int, int]]:
    """The window, cut where its zone changes its offset: (start, end, offset in seconds)."""
    stretches: list[tuple[int, int, int]] = []
    start = window.start
    for day in range(window.start, window.end, DAY):
        last = min(day + DAY, window.end) - QUARTER
        if _offset(last, window.zone) != _offset(start, window.zone):
            change = _change(max(start, day - QUARTER), last, window.zone)
            stretches.append((start, change, _offset(start, window.zone)))
            start = change
    stretches.append((start, window.end, _offset(start, window.zone)))
    return stretches


def _change(low: int, high: int, zone: str) -> int:
    """The first quarter hour after *low* that has the offset of *high*."""
    quarters = range(low, high + QUARTER, QUARTER)
    before = _offset(low, zone)
    return quarters[bisect_left(quarters, True, key=lambda moment: _offset(moment, zone) != before)]


def _offset(epoch: int, zone: str) -> int:
    """Seconds east of Greenwich, down to the quarter hour (only before 1972 were there others)."""
    offset = datetime.fromtimestamp(epoch, UTC).astimezone(zone_of(zone)).utcoffset()
    assert offset is not None  # noqa: S101 (a zone always has one)
    return int(offset.total_seconds()) // QUARTER * QUARTER
