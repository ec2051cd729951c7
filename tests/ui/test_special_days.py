"""Special days on the pages: set, seen in charts, words and tables, and no figure heeds them."""

from datetime import date, timedelta

import pandas as pd
import pytest

from freshdesk_core.access import COMMAND_LINE
from freshdesk_core.store import special_days as kept
from freshdesk_core.store.special_days import SpecialDay
from tests.ui.conftest import DAYS, HOSTILE, iso
from ui import special_days

PATTERNS = "pages/patterns.py"


def _day(n: float) -> date:
    return date.fromisoformat(iso(n)[:10])


def _one(day: date, name: str = "Koningsdag") -> SpecialDay:
    return SpecialDay(1, None, day, name, "holiday", "ann", 0)


@pytest.mark.usefixtures("account")
def test_a_planner_sets_a_day_and_takes_it_back(open_app, store):
    app = open_app(PATTERNS)
    app.date_input(key="special_date").set_value(_day(DAYS - 3))
    app.text_input(key="special_name").set_value("Outage of the shop")
    app.selectbox(key="special_kind").set_value("remark")
    app.button(key="special_set").click().run()

    assert not app.exception
    [one] = kept.listed(store, [])
    assert (one.day, one.name, one.kind, one.set_by) == (
        *(_day(DAYS - 3), "Outage of the shop", "remark", "this computer"),
    )
    app.selectbox(key="special_gone").select_index(0).run()
    app.button(key="special_remove").click().run()
    assert not app.exception
    assert kept.listed(store, []) == []


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("page", ["pages/overview.py", "pages/queues.py", PATTERNS])
def test_a_special_day_is_said_on_every_page_and_changes_no_figure(open_app, store, page):
    """The words of the charts name it, whatever its name is made of; the metrics stay as they were."""
    before = [(metric.label, metric.value) for metric in open_app(page).metric]
    kept.add(COMMAND_LINE, store, _day(DAYS - 5), "Koningsdag")
    kept.add(COMMAND_LINE, store, _day(DAYS - 6), HOSTILE)
    app = open_app(page)

    assert not app.exception
    assert [(metric.label, metric.value) for metric in app.metric] == before
    assert "Koningsdag" in str([chart.proto.alt for chart in app.get("plotly_chart")])


def test_a_name_stands_beside_the_interval_that_holds_its_day():
    """Days as dates or times, weeks, hours; the first interval of a day bears it."""
    day = date(2026, 3, 29)
    days = pd.Series([day - timedelta(days=1), day, day + timedelta(days=1)])
    assert special_days.beside(days, [_one(day)]) == ["", "Koningsdag", ""]
    weeks = pd.Series(pd.date_range("2026-03-23", periods=3, freq="7D", tz="Europe/Amsterdam"))
    assert special_days.beside(weeks, [_one(day)]) == ["Koningsdag", "", ""]
    hours = pd.Series(pd.date_range("2026-03-28 22:00", periods=5, freq="h", tz="Europe/Amsterdam"))
    assert special_days.beside(hours, [_one(day)]) == ["", "", "Koningsdag", "", ""]
    assert special_days.beside(pd.Series([day]), [_one(day)]) == ["Koningsdag"]
    assert special_days.beside(pd.Series([], dtype=object), [_one(day)]) == []


def test_many_days_are_summed_up_in_the_words():
    found = [_one(date(2026, 1, 1) + timedelta(days=n)) for n in range(15)]
    assert special_days.words(found).endswith("; 3 more.")
