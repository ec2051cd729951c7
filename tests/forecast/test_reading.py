"""A file of ds and y becomes complete local days; what it leaves out is never 0 by accident."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from freshdesk_core.errors import ConfigError, DataError
from freshdesk_core.forecast import read_series
from tests.forecast.series import MONDAY, csv_of_days, moments

ZONE = "Europe/Amsterdam"


@pytest.fixture
def read(tmp_path):
    def from_text(text, zone=None):
        file = tmp_path / "series.csv"
        file.write_text(text, encoding="utf-8")
        return read_series(file, zone)

    return from_text


def csv_of(times, value=lambda at: 1.0, naive=False):
    stamps = [(at.replace(tzinfo=None) if naive else at).isoformat() for at in times]
    return "\n".join(["ds,y", *(f"{ds},{value(at)}" for ds, at in zip(stamps, times, strict=True))]) + "\n"


def test_days_are_read_as_they_are_written(read):
    found = read(csv_of_days(np.array([1.0, 0, np.nan, 4])), ZONE)

    assert found.first == MONDAY
    assert found.slots is None
    assert found.values == pytest.approx([1, 0, np.nan, 4], nan_ok=True)


@pytest.mark.parametrize(
    "head",
    ["y,ds\n1,2024-01-01\n2,2024-01-02\n", " DS ; Y ;z\n2024-01-01;1,0;x\n2024-01-02;2;y\n"],
    ids=["other order", "semicolons, decimal comma, another column"],
)
def test_columns_are_found_by_name(read, head):
    assert read(head).values.tolist() == [1.0, 2.0]


def test_rows_may_stand_in_any_order(read):
    assert read("ds,y\n2024-01-02,0\n2024-01-01,1\n").values.tolist() == [1.0, 0.0]


def test_a_row_that_lacks_is_no_data_where_0_is_told(read):
    found = read("ds,y\n2024-01-01,1\n2024-01-02,0\n2024-01-04,3\n")

    assert found.values == pytest.approx([1, 0, np.nan, 3], nan_ok=True)
    assert not found.are_missing_zero


def test_a_row_that_lacks_is_0_where_0_is_never_told(read):
    """As in an export of volumes without --fill; but not where many contacts are usual."""
    rare = read("ds,y\n2024-01-01,1\n2024-01-02,2\n2024-01-04,3\n2024-01-05,1\n")
    values = np.full(60, 90.0)
    many = read("\n".join(line for n, line in enumerate(csv_of_days(values).splitlines()) if n != 31))

    assert rare.values.tolist() == [1, 2, 0, 3, 1]
    assert rare.are_missing_zero
    assert np.flatnonzero(np.isnan(many.values)).tolist() == [30]


@pytest.mark.parametrize("minutes", [5, 15, 30, 60])
def test_days_on_which_the_clock_changes_are_whole(read, minutes):
    """23 hours in March, 25 in October: a 1 in each interval adds up to as many as the day has."""
    for first, hours in ((date(2026, 3, 27), 23), (date(2026, 10, 23), 25)):
        found = read(csv_of(moments(first, 4, minutes, ZONE), lambda at: int(at.hour != 5)), ZONE)
        per_hour = 60 // minutes

        assert found.values.tolist() == [23 * per_hour, 23 * per_hour, (hours - 1) * per_hour, 23 * per_hour]


def test_local_times_without_offset_may_come_twice_when_the_clock_is_put_back(read):
    text = csv_of(moments(date(2026, 10, 24), 3, 60, ZONE), lambda at: int(at.hour != 5), naive=True)

    assert read(text, ZONE).values.tolist() == [23, 24, 23]
    with pytest.raises(DataError) as caught:
        read(text)
    assert caught.value.error_code == "series-duplicate"


def test_offsets_go_by_the_zone(read):
    """Contacts of 23:00 UTC belong to the next day in Amsterdam; the cut days at both ends are left out."""
    text = csv_of(moments(date(2026, 1, 5), 4, 60, "UTC"), lambda at: int(at.hour == 23))
    found = read(text, ZONE)

    assert found.known().values.tolist() == [1, 1, 1]
    assert found.known().first == date(2026, 1, 6)


def test_days_told_by_their_first_moment_in_utc_are_days_of_the_zone(read):
    """23:00 and, in summer, 22:00 in UTC are midnight in Amsterdam: the day that begins then is counted."""
    days = [date(2026, 3, 20) + timedelta(days=number) for number in range(20)]
    starts = [datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(ZONE)) for day in days]
    lines = "".join(f"{start.astimezone(UTC).isoformat()},5\n" for start in starts)

    found = read("ds,y\n" + lines, ZONE)

    assert (found.first, len(found), found.slots) == (days[0], 20, None)


def test_a_day_with_an_interval_that_lacks_is_no_data(read):
    times = moments(date(2026, 1, 5), 14, 15, ZONE)
    text = csv_of([at for at in times if (at.day, at.hour) != (9, 10)], lambda at: int(at.hour > 6))

    assert np.flatnonzero(np.isnan(read(text, ZONE).values)).tolist() == [4]


def test_closed_hours_and_days_may_be_left_out(read):
    """A desk open from 8 to 18 on weekdays, as call centres write it: five complete days a week."""
    times = [at for at in moments(date(2026, 1, 5), 28, 15, ZONE) if 8 <= at.hour < 18 and at.weekday() < 5]
    found = read(csv_of(times, lambda at: 12), ZONE)

    assert found.values[:7] == pytest.approx([480] * 5 + [0, 0])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "series-columns"),
        ("a,b\n1,2\n", "series-columns"),
        ("ds,y,DS\n2026-01-01,5,2026-01-02\n", "series-columns"),
        ("ds,y\nyesterday,1\n", "series-bad-time"),
        ("ds,y\n,1\n", "series-bad-time"),
        ("ds,y\n2024-01-01,many\n", "series-bad-number"),
        ("ds,y\n2024-01-01,-1\n", "series-bad-number"),
        ("ds,y\n2024-01-01,inf\n", "series-bad-number"),
        ("ds,y\n2024-01-01,1\n2024-01-01,1\n", "series-duplicate"),
        ("ds,y\n2024-01-01T00:00Z,1\n2024-01-01T00:00Z,1\n2024-01-01T01:00Z,1\n", "series-duplicate"),
        ("ds,y\n2024-01-01T00:00Z,1\n2024-01-01T01:00,1\n", "series-mixed-times"),
        ("ds,y\n2024-01-01T00:00,1\n2024-01-01T01:07,1\n2024-01-01T02:00,1\n", "series-irregular"),
        ("ds,y\n2024-01-01T00:00:01,1\n2024-01-01T01:00,1\n", "series-irregular"),
        ("ds,y\n1024-01-01,1\n2024-01-01,1\n", "series-bad-time"),
        ("ds,y\n9999-12-31,1\n", "series-bad-time"),
        ("ds,y\n2024-01-01T00:00+99:00,1\n2024-01-01T01:00+01:00,1\n", "series-bad-time"),
        ("ds,y\n1905-01-01,1\n2024-01-01,1\n", "series-irregular"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(read, text, code):
    with pytest.raises(DataError) as caught:
        read(text)

    assert caught.value.error_code == code
    assert "many" not in str(caught.value)


def test_a_heading_alone_is_an_empty_history(read):
    assert len(read("ds,y\n")) == 0


def test_files_and_zones_that_do_not_exist(tmp_path, read):
    with pytest.raises(DataError, match=r"none\.csv"):
        read_series(tmp_path / "none.csv")
    with pytest.raises(ConfigError, match="Mars"):
        read("ds,y\n", "Mars/Olympus")


def test_weeks_and_months_are_recognized(read):
    weeks = read("ds,y\n2024-01-01,1\n2024-01-08,2\n2024-01-15,3\n2024-01-29,5\n")
    months = read("ds,y\n2024-01-01,1\n2024-02-01,2\n2024-03-01,3\n2024-05-01,5\n")

    assert (weeks.step.days, months.step.days) == (7, 0)
    assert weeks.values == pytest.approx([1, 2, 3, np.nan, 5], nan_ok=True)
    assert months.values == pytest.approx([1, 2, 3, np.nan, 5], nan_ok=True)
