"""When contacts come: a few counted by hand, sums that must hold, clocks that change, days without proof."""

from datetime import date, timedelta

import pandas as pd
import pytest

from freshdesk_core.volumes import (
    Window,
    day_profile,
    offered,
    periods_compared,
    today_against_usual,
    unevenness,
    unusual_days,
    week_profile,
)
from tests.volumes.account import Account, at

pytestmark = pytest.mark.sqlite  # arithmetic on what offered() answers

BERLIN = "Europe/Berlin"


def days(first: str, end: str, zone: str = "UTC") -> Window:
    return Window.of_days(date.fromisoformat(first), date.fromisoformat(end), zone)


@pytest.fixture
def acme(store):
    """Mondays 2 and 9 March 2026 with 3 and 1 contacts at nine, a Tuesday with 2 at 14:30."""
    account = Account(store)
    account.proven(("2026-03-01", "2026-03-15"))
    for when in ("2026-03-02T09:05", "2026-03-02T09:07", "2026-03-02T09:14", "2026-03-09T09:00"):
        account.ticket(when)
    for when in ("2026-03-03T14:30", "2026-03-03T14:59"):
        account.ticket(when)
    return account.settle()


def test_the_week_holds_means_medians_and_shares(store, acme):
    frame = week_profile(store, days("2026-03-02", "2026-03-16"), "1h")

    came = frame[frame["mean"] > 0].to_dict("records")
    assert [
        (row["weekday"], row["minute"], row["intervals"], row["mean"], row["median"]) for row in came
    ] == [
        (0, 540, 2, 2.0, 2.0),
        (1, 870 - 30, 2, 1.0, 1.0),
    ]
    assert [row["share"] for row in came] == pytest.approx([2 / 3, 1 / 3])
    sunday = frame[frame["weekday"] == 6]
    assert set(sunday["intervals"]) == {1}, "the second Sunday is not proven"


@pytest.mark.parametrize("zone", ["UTC", BERLIN, "Australia/Lord_Howe", "Asia/Kathmandu"])
@pytest.mark.parametrize("interval", ["15min", "30min", "1h"])
def test_intervals_times_means_are_all_contacts(store, zone, interval):
    account = Account(store)
    account.proven(("2026-03-20", "2026-04-12"))
    for hour in range(0, 20 * 24, 5):
        account.ticket(
            f"{date(2026, 3, 21) + timedelta(hours=hour) // timedelta(days=1) * timedelta(days=1)}"
            f"T{hour % 24:02d}:20"
        )
    account.settle()
    window = days("2026-03-22", "2026-04-10", zone)

    total = offered(store, window, "1d")["offered"].sum()
    for frame in (week_profile(store, window, interval), day_profile(store, window, interval)):
        assert (frame["mean"] * frame["intervals"]).sum() == pytest.approx(total)
        assert frame["intervals"].sum() == len(offered(store, window, interval, fill=True))


def test_an_hour_that_the_clock_shows_twice_is_observed_twice(store):
    account = Account(store)
    account.proven(("2026-10-20", "2026-10-30"))
    account.ticket("2026-10-25T00:10")  # 02:10 in Berlin, for the first time
    account.ticket("2026-10-25T01:10")  # and for the second
    account.settle()

    frame = day_profile(store, days("2026-10-25", "2026-10-26", BERLIN), "1h").set_index("minute")

    assert frame.loc[120, ["intervals", "mean"]].tolist() == [2, 1.0]
    assert frame["intervals"].sum() == 25


def test_the_day_shows_its_spread_and_only_the_weekdays_asked_for(store):
    account = Account(store)
    account.proven(("2026-03-01", "2026-03-31"))
    for day, count in zip(range(2, 13), (0, 1, 2, 3, 4, 99, 99, 5, 6, 7, 8), strict=True):
        for _contact in range(count):
            account.ticket(f"2026-03-{day:02d}T09:00")
    account.settle()

    frame = day_profile(store, days("2026-03-02", "2026-03-13"), "1h", weekdays=range(5)).set_index("minute")

    nine = frame.loc[540]
    assert nine["intervals"] == 9
    assert (nine["mean"], nine["median"]) == (4.0, 4.0)
    assert (nine["low"], nine["high"]) == pytest.approx((0.8, 7.2))


def test_today_stands_beside_the_same_weekday_and_ends_where_proof_ends(store):
    account = Account(store)
    account.proven(("2026-01-01", "2026-03-09T12:00"))
    for week in range(1, 7):
        for contact in range(week):
            account.ticket(f"{date(2026, 3, 9) - timedelta(weeks=week)}T10:{contact:02d}")
    account.ticket("2026-03-09T10:30")
    account.settle()

    frame = today_against_usual(store, at("2026-03-09T12:20"), "UTC", "1h").set_index("minute")

    assert len(frame) == 24
    assert frame.loc[600, "offered"] == 1
    assert frame.loc[600, "usual"] == 2.5, "the median of 0, 0 and 1 to 6"
    assert frame.loc[660, "offered"] == 0
    assert frame["offered"].isna().tolist() == [False] * 12 + [True] * 12


def test_nothing_is_usual_after_three_weeks(store):
    account = Account(store)
    account.proven(("2026-02-16", "2026-03-09T12:00"))
    account.ticket("2026-03-02T10:00")
    account.settle()

    frame = today_against_usual(store, at("2026-03-09T12:20"), "UTC", "1h")

    assert frame["usual"].isna().all()
    assert frame["offered"].notna().any()


def test_a_day_stands_out_by_what_its_weekday_has_around_it(store):
    account = Account(store)
    account.proven(("2026-01-05", "2026-03-09"))
    for week in range(9):
        day = date(2026, 1, 5) + timedelta(weeks=week)
        for contact in range(25 if week == 4 else 9):
            account.ticket(f"{day}T10:{contact:02d}")
    account.settle()

    frame = unusual_days(store, days("2026-01-05", "2026-03-16")).set_index("day")

    peak = frame.loc[date(2026, 2, 2)]
    assert (peak["offered"], peak["usual"]) == (25, 9)
    assert peak["deviation"] == pytest.approx(16 / 3), "all others equal: what chance makes of 9 is 3"
    assert frame.index[frame["stands_out"]].tolist() == [date(2026, 2, 2)]
    unproven = frame.loc[date(2026, 3, 9)]
    assert unproven["offered"] is pd.NA
    assert unproven["deviation"] is pd.NA
    assert not unproven["stands_out"]


def test_a_day_that_is_missing_is_no_day_without_contacts(store):
    account = Account(store)
    account.proven(("2026-03-01", "2026-03-08"))
    account.settle()

    frame = unusual_days(store, days("2026-03-01", "2026-03-10"))

    assert frame["offered"].tolist()[:7] == [0] * 7
    assert frame["offered"].isna().tolist() == [False] * 7 + [True] * 2
    assert frame["usual"].isna().all(), "one week is not enough"


def test_periods_are_laid_side_by_side_by_the_clock(store, acme):
    week, before = days("2026-03-09", "2026-03-16"), days("2026-03-02", "2026-03-09")

    frame = periods_compared(store, week, before, "1d")

    assert frame["offered"].tolist() == [1, 0, 0, 0, 0, 0, pd.NA]
    assert frame["other_offered"].tolist() == [3, 2, 0, 0, 0, 0, 0]
    assert [moment.date().isoformat() for moment in frame["other_start"]][:2] == ["2026-03-02", "2026-03-03"]


def test_a_day_of_25_hours_beside_one_of_24(store):
    account = Account(store)
    account.proven(("2026-10-01", "2026-10-30"))
    account.ticket("2026-10-18T12:30")  # 14:30 in Berlin
    account.ticket("2026-10-25T13:30")  # 14:30 there, after the change
    account.settle()

    frame = periods_compared(
        store, days("2026-10-25", "2026-10-26", BERLIN), days("2026-10-18", "2026-10-19", BERLIN), "1h"
    )

    assert len(frame) == 25
    both = frame[(frame["offered"] == 1) & (frame["other_offered"] == 1)]
    assert len(both) == 1
    assert frame["other_offered"].isna().sum() == 1, "the hour that comes twice has nothing beside it"


def test_months_are_compared_by_their_number(store, acme):
    frame = periods_compared(store, days("2026-03-01", "2026-05-01"), days("2026-02-01", "2026-03-01"), "1MS")

    assert len(frame) == 2
    assert frame["position"].tolist() == [0, 1]


def test_how_uneven_contacts_come(store, acme):
    hours = {0: (480, 1020), 1: (480, 870)}  # Tuesday closes at 14:30, when two come

    told = unevenness(store, days("2026-03-02", "2026-03-14"), "30min", hours)

    assert told.outside_share == pytest.approx(2 / 6)
    # Seven weekdays of 48 half hours: of 336 means one is 2 and one is 1.
    assert told.peak_to_mean == pytest.approx(2 / (3 / 336))
    assert told.intervals == 12 * 48


def test_where_nothing_came_nothing_is_uneven(store):
    account = Account(store)
    account.proven(("2026-03-01", "2026-03-15"))
    account.settle()

    told = unevenness(store, days("2026-03-02", "2026-03-14"), "1h", {0: (480, 1020)})

    assert (told.peak_to_mean, told.outside_share) == (None, None)
    assert week_profile(store, days("2026-03-02", "2026-03-14"), "1h")["share"].isna().all()
