"""The filters that all pages share, kept in the address: range, interval, zone, integration."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from zoneinfo import available_timezones

import streamlit as st

from freshdesk_core import formats
from freshdesk_core.text import gettext as _
from freshdesk_core.volumes import (
    INTERVALS,
    Filters,
    IntegrationInfo,
    Proven,
    Window,
    account_zone,
    shown_accounts,
    windows,
)
from freshdesk_core.volumes.windows import local_day
from ui import data, markdown

LAST = {"7d": 7, "28d": 28, "90d": 90}
THIS_MONTH, LAST_MONTH, OWN = "month", "last_month", "own"
RANGES = (*LAST, THIS_MONTH, LAST_MONTH, OWN)
PER_DAY = {"15min": 96, "30min": 48, "1h": 24, "1d": 1, "1w": 1 / 7, "1MS": 1 / 30}
MOST_POINTS = 3000  # beyond this a line is a smear, and slow
FIRST_DAY = date(2010, 1, 1)
CHOSEN = "_chosen"
KEYS = ("range", "days", "interval", "tz", "integration")  # of the widgets, and in the address


@dataclass(frozen=True)
class Chosen:
    """What the viewer chose, as the questions of the core want it."""

    window: Window
    interval: str
    filters: Filters
    proven: Proven
    integrations: tuple[IntegrationInfo, ...]
    is_shortened: bool = False
    left_out: tuple[str, ...] = ()  # integrations that were not asked for, and have no whole history yet

    @property
    def chart_interval(self) -> str:
        """The interval that charts use: the chosen one, or a coarser one where there would be too many."""
        finer = INTERVALS[INTERVALS.index(self.interval) :]
        days = (self.window.end - self.window.start) / 86400
        return next((one for one in finer if days * PER_DAY[one] <= MOST_POINTS), finer[-1])

    @property
    def zone(self) -> str:
        """The zone in which days and intervals are cut."""
        return self.window.zone


def current() -> Chosen | None:
    """What the viewer chose; None while nothing at all is proven."""
    return st.session_state.get(CHOSEN)


def draw() -> None:
    """Draw the filters in the sidebar and remember what they say."""
    st.session_state[CHOSEN] = None
    infos = tuple(data.ask("integrations"))
    with st.sidebar:
        picked, left_out = _ready(infos, _integration(infos))
        chosen = Filters(integrations=picked)
        proven = data.ask("proven", chosen)
        if proven.tickets is None:
            return
        # Asked for in this order, shown in another: the range needs the zone.
        place = st.container()
        interval = _interval()
        zone = _zone(infos, picked)
        with place:
            window, is_shortened = _range(proven, zone)
    st.session_state[CHOSEN] = Chosen(window, interval, chosen, proven, infos, is_shortened, left_out)


def _ready(
    infos: tuple[IntegrationInfo, ...], picked: tuple[int, ...]
) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Which integrations to show: where all are, a new one must not blank the others while it is imported."""
    shown_now = [] if picked else [info for info in shown_accounts(infos) if not info.is_sample]
    ready = [info for info in shown_now if info.is_first_import_over]
    if not ready or len(ready) == len(shown_now):
        return picked, ()
    left_out = tuple(info.name for info in shown_now if not info.is_first_import_over)
    return tuple(info.integration_id for info in ready), left_out


def complete_days(proven: Proven, zone: str) -> Window:
    """The whole local days in which tickets and replies are proven; tickets alone where no day has both."""
    assert proven.tickets is not None  # noqa: S101 (the caller asks only then)
    tickets = windows.whole_days(_window(*proven.tickets, zone))
    both = windows.whole_days(_window(*(proven.both or (0, 0)), zone))
    return tickets if both.is_empty else both


def whole_days() -> Window | None:
    """The whole days that are proven now, for what the viewer chose; None while there is no proof at all."""
    chosen = current()
    proven = data.ask("proven", chosen.filters if chosen else Filters())
    return complete_days(proven, chosen.zone if chosen else "UTC") if proven.tickets else None


def has_whole_day() -> bool:
    """There is a day to show."""
    days = whole_days()
    return days is not None and not days.is_empty


def range_of(preset: str, complete: Window, own: tuple[date, date] | None = None) -> Window:
    """The window of a preset, counted back from the last complete day.

    Args:
        preset: One of ``RANGES``.
        complete: The whole days that are proven; not empty.
        own: First and last day of the viewer's own range.
    """
    zone = complete.zone
    end = local_day(complete.end, zone)
    last = end - timedelta(days=1)
    if preset == OWN and own:
        return Window.of_days(own[0], own[1] + timedelta(days=1), zone)
    if preset == THIS_MONTH:
        return Window.of_days(last.replace(day=1), end, zone)
    if preset == LAST_MONTH:
        this_month = last.replace(day=1)
        return Window.of_days((this_month - timedelta(days=1)).replace(day=1), this_month, zone)
    return Window.of_days(end - timedelta(days=LAST.get(preset, 28)), end, zone)


def shown(infos: Sequence[IntegrationInfo], picked: Collection[int]) -> list[IntegrationInfo]:
    """Whose figures are shown: those picked, else those that the core shows."""
    return [info for info in infos if info.integration_id in picked] or shown_accounts(infos)


def range_label(preset: str) -> str:
    """Name a preset."""
    return {
        "7d": _("Last 7 days"),
        "28d": _("Last 28 days"),
        "90d": _("Last 90 days"),
        THIS_MONTH: _("This month"),
        LAST_MONTH: _("Last month"),
        OWN: _("Own range"),
    }[preset]


def interval_label(interval: str) -> str:
    """Name an interval."""
    return {
        "15min": _("15 minutes"),
        "30min": _("30 minutes"),
        "1h": _("Hour"),
        "1d": _("Day"),
        "1w": _("Week"),
        "1MS": _("Month"),
    }[interval]


def interval_word(interval: str) -> str:
    """An interval within a sentence, after "per"."""
    return {
        "15min": _("15 minutes"),
        "30min": _("30 minutes"),
        "1h": _("hour"),
        "1d": _("day"),
        "1w": _("week"),
        "1MS": _("month"),
    }[interval]


def _integration(infos: tuple[IntegrationInfo, ...]) -> tuple[int, ...]:
    """Which integration to look at; asked only where there is a choice."""
    real = [info for info in infos if not info.is_sample]
    if len(real) < 2:
        return ()
    everything = _("All")
    ids = {markdown.plain(info.name): info.integration_id for info in real}
    name = st.selectbox(_("Integration"), [everything, *ids], key="integration", bind="query-params")
    return (ids[name],) if name in ids else ()


def _range(proven: Proven, zone: str) -> tuple[Window, bool]:
    preset = st.selectbox(
        _("Date range"),
        RANGES,
        index=RANGES.index("28d"),
        format_func=range_label,
        key="range",
        bind="query-params",
        help=_("Counted back from the last day that is completely imported."),
    )
    complete = complete_days(proven, zone)
    if complete.is_empty:
        return complete, False
    own = _own_days(range_of("28d", complete), data.today(zone)) if preset == OWN else None
    window = range_of(preset, complete, own)
    if preset == OWN or window.start >= complete.start or window.end <= complete.start:
        return window, False
    return Window(complete.start, window.end, zone), True


def _own_days(default: Window, today: date) -> tuple[date, date]:
    first, last = default.days()[0], default.days()[-1]
    days = st.date_input(
        _("First and last day"),
        value=(first, last),
        min_value=FIRST_DAY,
        max_value=max(today, last),
        format=formats.picker(),
        key="days",
        bind="query-params",
    )
    # While the viewer has clicked only the first day, the range is that day.
    return (days[0], days[-1]) if isinstance(days, tuple) and days else (first, last)


def _interval() -> str:
    return st.selectbox(
        _("Interval"),
        INTERVALS,
        index=INTERVALS.index("1d"),
        format_func=interval_label,
        key="interval",
        bind="query-params",
    )


def _zone(infos: tuple[IntegrationInfo, ...], picked: tuple[int, ...]) -> str:
    default = account_zone(shown(infos, picked))
    names = zones()
    options = names if default in names else (default, *names)
    return st.selectbox(
        _("Time zone"),
        options,
        index=options.index(default),
        key="tz",
        bind="query-params",
        help=_("Days and intervals are cut in this zone. The account's own zone comes first."),
    )


@cache
def zones() -> tuple[str, ...]:
    """The zones a person would look for: UTC, then the places, by name."""
    places = {
        name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/"))
    }
    return ("UTC", *sorted(places))


def _window(start: int, end: int, zone: str) -> Window:
    """A window cut inwards to whole quarter hours."""
    return Window(-(-start // 900) * 900, max(-(-start // 900) * 900, end // 900 * 900), zone)
