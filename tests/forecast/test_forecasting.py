"""A forecast, or a sentence why there is none; never below 0, never an exception."""

from datetime import date, timedelta

import numpy as np
import pytest

from freshdesk_core.forecast import History, SpecialDay, Step, forecast
from freshdesk_core.messages import told
from tests.forecast.series import MONDAY, WEEK, counts, history, is_possible

ONCE_A_WEEK = np.random.default_rng(5).poisson(1 / 7, 300).astype(float)
OPEN_FIVE_DAYS = counts(200, week=np.array([1, 1, 1, 1, 1, 0, 0]))
ENDED = np.concatenate([counts(200), np.zeros(60)])
OUTAGE = np.where((np.arange(200) > 90) & (np.arange(200) < 130), np.nan, counts(200))
CASES = {
    "nothing": np.zeros(0),
    "one day": np.array([5.0]),
    "no data": np.full(100, np.nan),
    "all zeros": np.zeros(200),
    "13 days": counts(13),
    "two weeks": counts(14),
    "five weeks": counts(35),
    "eight weeks": counts(56),
    "ten weeks": counts(70),
    "a gap of six weeks at the end": np.append(counts(100), np.full(42, np.nan)),
    "every other day known": np.where(np.arange(120) % 2, np.nan, counts(120)),
    "closed weekends": OPEN_FIVE_DAYS,
    "one a week": ONCE_A_WEEK,
    "ended": ENDED,
    "outage": OUTAGE,
    "began yesterday": np.append(np.zeros(200), 7.0),
    "always the same": np.full(150, 12.0),
    "one enormous day": np.where(np.arange(150) == 149, 1e9, counts(150)),
    "fractions": counts(150) / 7,
}


NIGHTLY = {
    "always the same",
    "one enormous day",
    "fractions",
    "every other day known",
    "ten weeks",
    "began yesterday",
}
NAMES = [pytest.param(name, marks=pytest.mark.nightly) if name in NIGHTLY else name for name in CASES]


def codes(values: np.ndarray, days: int = 28) -> set[str]:
    return {note.code for note in forecast(history(values), days).notes}


@pytest.mark.parametrize("name", NAMES)
def test_every_history_gives_a_forecast_or_a_sentence(name):
    said = forecast(history(CASES[name]), 28)

    assert is_possible(said)
    for note in said.notes:
        assert told(note.code, note.figures).next_step
    if said.steps is not None:
        assert len(said.steps.values) == 28


@pytest.mark.parametrize("days", [pytest.param(0, marks=pytest.mark.nightly), 7])
def test_weeks_and_months_are_forecast_in_their_own_steps(days):
    """Weeks and months have no season shorter than a year; two years teach that one."""
    weeks = History(MONDAY, np.random.default_rng(1).poisson(200, 120).astype(float), Step(7 if days else 0))
    said = forecast(weeks, 56)

    assert is_possible(said)
    assert said.steps is not None
    assert said.steps.days[0] == (date(2026, 4, 20) if days else date(2034, 1, 1))
    assert said.steps.values == pytest.approx(200, rel=0.1)


def test_a_known_weekly_pattern_is_found():
    """100 weeks of chance around a weekly pattern: the expected counts are near that pattern."""
    said = forecast(history(counts(700)), 28)

    assert said.steps is not None
    assert said.steps.days == [MONDAY + timedelta(days=700 + n) for n in range(28)]
    assert said.steps.values == pytest.approx(40 * np.resize(WEEK, 28), rel=0.2, abs=2.5)
    assert said.measures is not None
    assert said.measures.forecast.wape < 0.85 * said.measures.naive.wape
    assert said.measures.forecast.wape == pytest.approx(said.measures.floor, rel=0.25)
    assert 0.75 <= said.measures.coverage <= 0.87
    assert len(said.methods) == 3


def test_a_day_without_a_known_sunday_stays_closed():
    said = forecast(history(OPEN_FIVE_DAYS), 28)

    assert said.steps is not None
    assert [n % 7 for n in np.flatnonzero(said.steps.closed)] == [(5 - 200) % 7, (6 - 200) % 7] * 4
    assert not said.steps.values[said.steps.closed].any()
    assert said.steps.values[~said.steps.closed].min() > 20


def test_a_gap_is_no_zero():
    """Six weeks without data in the middle of 40 a day change the level hardly."""
    said, whole = forecast(history(OUTAGE), 7), forecast(history(counts(200)), 7)

    assert said.steps.values.sum() == pytest.approx(whole.steps.values.sum(), rel=0.1)
    assert "forecast-gaps" in {note.code for note in said.notes}


@pytest.mark.nightly
def test_an_unusual_day_does_not_last():
    values = counts(200)
    values[195] = 4_000.0

    assert forecast(history(values), 7).steps.values.max() < 80


def test_a_queue_that_ended_is_expected_to_bring_nothing():
    said = forecast(history(ENDED), 28)

    assert not said.steps.values.any()
    assert not said.steps.high.any()
    assert codes(ENDED) == {"forecast-ended"}


def test_a_rare_queue_has_not_ended():
    """With one contact a week, a month without is nothing unusual."""
    values = np.append(ONCE_A_WEEK[:200], np.zeros(30))

    assert "forecast-ended" not in codes(values)
    assert "forecast-nothing-came" in codes(np.zeros(100))


def test_short_histories_say_so():
    assert codes(counts(13)) == {"forecast-none"}
    assert codes(counts(14)) == {"forecast-short"}
    assert codes(counts(55)) == {"forecast-short"}
    assert forecast(history(counts(55)), 7).methods == ["average"]
    assert "forecast-short" not in codes(counts(56))


@pytest.mark.nightly
def test_what_does_not_beat_last_week_is_not_shown():
    """A series that repeats its last week exactly, with another level each week: naive cannot be beaten."""
    ramp = np.repeat(1.25 ** np.arange(14) * 10, 7)
    alternating = np.tile(np.concatenate([np.arange(7) * 10.0, np.arange(7)[::-1] * 10.0]), 12)
    found = [forecast(history(values), 7) for values in (ramp, alternating)]

    for said in found:
        if "forecast-not-better" in {note.code for note in said.notes}:
            assert said.methods == ["average"]
            assert said.measures.forecast == said.measures.average
        else:
            assert said.measures.forecast.wape < said.measures.naive.wape


@pytest.mark.nightly
def test_twenty_years_are_read_like_four():
    """What is older than four years is not looked at, so that a forecast takes no longer."""
    values = counts(7_300)

    assert forecast(history(values), 7).history.first == MONDAY + timedelta(days=7_300 - 1_456)


def test_special_days_are_no_guide_and_come_again():
    """What Christmas did to the usual, it does again; a factor and a copied day are taken as they are."""
    values, end = counts(430), MONDAY + timedelta(days=430)
    values[100], values[101] = 4.0, 300.0
    special = [
        SpecialDay(MONDAY + timedelta(days=100), "holiday"),
        SpecialDay(MONDAY + timedelta(days=101), "campaign"),
        SpecialDay(end, "holiday"),
        SpecialDay(end + timedelta(days=1), "sale", factor=2.0),
        SpecialDay(end + timedelta(days=2), "again", copy_from=MONDAY + timedelta(days=101)),
        SpecialDay(end + timedelta(days=3), "never seen"),
    ]
    plain, said = forecast(history(values), 7), forecast(history(values), 7, special)

    assert said.steps.values[0] < 0.25 * plain.steps.values[0]
    assert said.steps.values[1] == pytest.approx(2 * plain.steps.values[1], rel=0.1)
    assert said.steps.values[2] == 300.0
    assert said.steps.values[3:] == pytest.approx(plain.steps.values[3:], rel=0.1)
    assert "forecast-special-unknown" in {note.code for note in said.notes}
