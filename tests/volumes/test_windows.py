"""Windows and intervals: any zone, every kind of day."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freshdesk_core.errors import ConfigError
from freshdesk_core.terms import INTERVALS
from freshdesk_core.volumes.windows import QUARTER, Window, grid, iso, whole_days
from tests.volumes.account import at

ZONES = [
    "UTC",
    "Europe/Amsterdam",
    "Europe/Madrid",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/Havana",
    "Pacific/Chatham",
    "Africa/Casablanca",
]


@pytest.mark.parametrize(
    ("day", "zone", "quarters"),
    [
        ("2026-03-28", "Europe/Amsterdam", 96),
        ("2026-03-29", "Europe/Amsterdam", 92),
        ("2026-10-25", "Europe/Amsterdam", 100),
        ("2026-03-29", "Europe/Madrid", 92),
        ("2026-10-25", "Europe/Madrid", 100),
        ("2026-03-08", "America/New_York", 92),
        ("2026-11-01", "America/New_York", 100),
        ("2026-04-05", "Australia/Lord_Howe", 98),
        ("2026-10-04", "Australia/Lord_Howe", 94),
        ("2026-03-29", "Asia/Kathmandu", 96),
        ("2026-03-29", "UTC", 96),
        ("2026-03-08", "America/Havana", 92),  # clocks leap over midnight itself
    ],
)
def test_a_day_has_as_many_quarter_hours_as_its_clock_shows(day, zone, quarters):
    window = Window.of_days(date.fromisoformat(day), date.fromisoformat(day) + timedelta(days=1), zone)

    assert (window.end - window.start) // QUARTER == quarters
    assert len(grid(window, "15min")) == quarters
    assert window.days() == [date.fromisoformat(day)]


def test_a_day_that_a_zone_skipped_does_not_exist():
    """Samoa crossed the date line: there was no 30 December 2011."""
    window = Window.of_days(date(2011, 12, 29), date(2012, 1, 1), "Pacific/Apia")

    assert window.days() == [date(2011, 12, 29), date(2011, 12, 31)]
    assert [iso(start, "Pacific/Apia")[:10] for start in grid(window, "1d").labels] == [
        "2011-12-29",
        "2011-12-31",
    ]


def test_hours_follow_the_clock_in_kathmandu():
    window = Window.of_days(date(2026, 3, 1), date(2026, 3, 2), "Asia/Kathmandu")

    assert [iso(start, "Asia/Kathmandu") for start in grid(window, "1h").labels[:2]] == [
        "2026-03-01T00:00:00+05:45",
        "2026-03-01T01:00:00+05:45",
    ]


@pytest.mark.parametrize(
    ("day", "around"),
    [
        ("2026-04-05", ["01:00:00+11:00", "01:30:00+10:30", "02:00:00+10:30"]),  # back by half an hour
        ("2026-10-04", ["01:00:00+10:30", "02:30:00+11:00", "03:00:00+11:00"]),  # forward by half an hour
    ],
)
def test_a_change_of_half_an_hour_cuts_an_hour_and_no_other(day, around):
    zone = "Australia/Lord_Howe"
    window = Window.of_days(date.fromisoformat(day), date.fromisoformat(day) + timedelta(days=1), zone)

    assert [iso(start, zone)[11:] for start in grid(window, "1h").labels[1:4]] == around


def test_the_hour_that_comes_twice_is_two_intervals():
    window = Window.of_days(date(2026, 10, 25), date(2026, 10, 26), "Europe/Amsterdam")

    labels = [iso(start, window.zone)[11:] for start in grid(window, "1h").labels]

    assert len(labels) == 25
    assert labels[2:4] == ["02:00:00+02:00", "02:00:00+01:00"]


def test_a_cut_week_keeps_its_monday_and_sums_what_lies_inside():
    window = Window.of_days(date(2026, 3, 4), date(2026, 3, 11), "UTC")  # Wednesday to Tuesday

    weeks = grid(window, "1w")

    assert [iso(start)[:10] for start in weeks.labels] == ["2026-03-02", "2026-03-09"]
    assert list(weeks.edges) == [at("2026-03-04"), at("2026-03-09"), at("2026-03-11")]


def test_months_have_their_own_length():
    months = grid(Window.of_days(date(2026, 1, 15), date(2026, 3, 15), "UTC"), "1MS")

    assert [iso(start)[:10] for start in months.labels] == ["2026-01-01", "2026-02-01", "2026-03-01"]


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [
        ("2026-03-04T10:15", "2026-04-09T10:45", "2026-03-05", "2026-04-09"),
        ("2026-03-04", "2026-03-05", "2026-03-04", "2026-03-05"),
        ("2026-03-04T00:15", "2026-03-05T23:45", None, None),
    ],
)
def test_whole_days_inside_a_window(start, end, first, last):
    found = whole_days(Window(at(start), at(end), "UTC"))

    if first is None:
        assert found.is_empty
    else:
        assert (found.start, found.end) == (at(first), at(last))


def test_whole_days_are_those_of_the_local_clock():
    """Kathmandu is 5:45 ahead."""
    found = whole_days(Window(at("2026-03-04T18:00"), at("2026-03-06T18:30"), "Asia/Kathmandu"))

    assert (found.start, found.end) == (at("2026-03-04T18:15"), at("2026-03-06T18:15"))


@pytest.mark.parametrize(
    ("first", "end", "first_before", "end_before"),
    [
        ("2026-11-01", "2026-11-20", "2026-10-01", "2026-10-20"),  # this month, so far
        ("2026-10-01", "2026-11-01", "2026-09-01", "2026-10-01"),  # a month of 31 days after one of 30
        ("2026-09-01", "2026-10-01", "2026-08-01", "2026-09-01"),  # and the other way round
        ("2026-03-01", "2026-03-31", "2026-02-01", "2026-03-01"),  # the month before had no 29th and 30th
        ("2026-01-01", "2026-01-11", "2025-12-01", "2025-12-11"),
        ("2026-11-01", "2026-11-02", "2026-10-31", "2026-11-01"),  # a day alone: the day before
        ("2026-11-02", "2026-11-21", "2026-10-14", "2026-11-02"),
        ("2026-10-01", "2026-11-11", "2026-08-21", "2026-10-01"),  # more than a month: as many days
    ],
)
def test_a_month_is_compared_with_the_month_before(first, end, first_before, end_before):
    first, end, first_before, end_before = map(date.fromisoformat, (first, end, first_before, end_before))
    for zone in ("Europe/Madrid", "UTC", "America/Havana"):
        window = Window.of_days(first, end, zone)
        assert window.previous() == Window.of_days(first_before, end_before, zone)


def test_a_month_until_ten_has_the_month_before_until_ten():
    window = Window.of_days(date(2026, 4, 1), date(2026, 5, 1), "Europe/Amsterdam")
    before = window.previous(window.until(at("2026-04-19T08:07")))

    assert [iso(moment, window.zone) for moment in (before.start, before.end)] == [
        "2026-03-01T00:00:00+01:00",
        "2026-03-19T10:00:00+01:00",
    ]


def test_the_window_before_is_as_many_days_long_by_the_calendar():
    window = Window.of_days(date(2026, 3, 29), date(2026, 3, 31), "Europe/Amsterdam")  # 23 and 24 hours

    assert window.previous() == Window.of_days(date(2026, 3, 27), date(2026, 3, 29), "Europe/Amsterdam")


def test_today_until_ten_has_yesterday_until_ten_before_it():
    window = Window.of_days(date(2026, 3, 29), date(2026, 3, 30), "Europe/Amsterdam")
    elapsed = window.until(at("2026-03-29T08:07"))  # 10:07 on the clock

    assert iso(elapsed.end, window.zone) == "2026-03-29T10:00:00+02:00"
    assert iso(elapsed.previous().end, window.zone) == "2026-03-28T10:00:00+01:00"


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "/etc/localtime", "Europe", "a\0b"])
def test_a_zone_that_is_none_is_refused(zone):
    with pytest.raises(ConfigError) as caught:
        Window.of_days(date(2026, 3, 1), date(2026, 3, 2), zone)

    assert caught.value.error_code == "bad-zone"


@pytest.mark.parametrize(("first", "end"), [("2026-03-02", "2026-03-02"), ("2026-03-02", "2026-03-01")])
def test_a_window_without_a_day_is_refused(first, end):
    with pytest.raises(ConfigError) as caught:
        Window.of_days(date.fromisoformat(first), date.fromisoformat(end), "UTC")

    assert caught.value.error_code == "bad-range"


def test_a_year_nobody_meant_is_refused():
    with pytest.raises(ConfigError, match="0001-01-01"):
        Window.of_days(date(1, 1, 1), date(2026, 1, 1), "UTC")


@settings(max_examples=40, deadline=None)
@given(
    first=st.dates(date(1985, 1, 1), date(2035, 1, 1)),
    length=st.integers(1, 400),
    zone=st.sampled_from(ZONES),
    interval=st.sampled_from(INTERVALS),
)
def test_intervals_fill_the_window_and_begin_where_the_local_clock_says(first, length, zone, interval):
    """An independent, plain way to the same starts: look at every quarter hour."""
    window = Window.of_days(first, first + timedelta(days=length), zone)
    slots = grid(window, interval)

    assert slots.edges[0] == window.start
    assert slots.edges[-1] == window.end
    assert (np.diff(slots.edges) > 0).all()
    assert not (slots.edges % QUARTER).any()
    assert [plain_key(int(edge), zone, interval) for edge in slots.edges[:-1]] == plain_keys(window, interval)


def plain_keys(window: Window, interval: str) -> list[object]:
    keys: list[object] = []
    for quarter in range(window.start, window.end, QUARTER):
        key = plain_key(quarter, window.zone, interval)
        if not keys or keys[-1] != key:
            keys.append(key)
    return keys


def plain_key(epoch: int, zone: str, interval: str) -> object:
    local = datetime.fromtimestamp(epoch, UTC).astimezone(ZoneInfo(zone))
    if interval == "1w":
        return local.isocalendar()[:2]
    if interval == "1MS":
        return local.year, local.month
    if interval == "1d":
        return local.date()
    minutes = {"15min": 15, "30min": 30, "1h": 60}[interval]
    return local.date(), (local.hour * 60 + local.minute) // minutes, local.utcoffset()
