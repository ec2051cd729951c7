"""The page Patterns shows what the core answers."""

import re

import pytest

from freshdesk_core.volumes import offered, week_profile
from tests.ui.conftest import DAYS, iso
from tests.ui.test_pages import words
from tests.volumes.account import Account
from tests.volumes.test_patterns import days
from ui import heatmap, shapes

PAGE = "pages/patterns.py"


@pytest.mark.usefixtures("account")
def test_the_page_shows_week_day_and_periods(open_app):
    app = open_app(PAGE)

    assert not app.exception
    assert not app.error
    assert [heading.value for heading in app.subheader] == [
        "Over the week",
        "Over the day",
        "Today so far",
        "Day by day",
        "Against another period",
        "Special days",
    ]
    assert "AHT is not available" in words(app)


@pytest.mark.usefixtures("account")
def test_business_hours_round_the_clock_leave_nothing_outside(open_app):
    app = open_app(PAGE)
    before = next(metric.value for metric in app.metric if "Outside" in metric.label)
    for key, value in (("opens", 0), ("closes", 0), ("business", 2)):
        box = app.selectbox(key=key)
        box.set_value(box.options[value]) if key != "business" else box.select_index(value)
    app.run()

    assert not app.exception
    assert before != "0.0 %"
    assert next(metric.value for metric in app.metric if "Outside" in metric.label) == "0.0 %"


def test_filters_that_leave_nothing_can_be_reset(open_app, store):
    account = Account(store)
    account.ticket(iso(39.2), source=1)
    account.ticket(iso(39.3), source=3, group_id=12)
    account.proven((iso(0), iso(DAYS)))
    account.settle()

    app = open_app(PAGE)
    app.multiselect(key="source").set_value(["phone"])
    app.multiselect(key="group").set_value(["CustomerService"]).run()
    assert "Nothing matches these filters" in words(app)
    assert not app.subheader

    app.button[0].click().run()
    assert "Over the week" in [heading.value for heading in app.subheader]


def test_the_heat_map_and_its_words_bear_the_figures_of_the_core(store, account):
    window = days(iso(2)[:10], iso(30)[:10])
    frame = week_profile(store, window, "1h")
    chart = heatmap.week(frame, "mean", "1h", "UTC", "light")

    cells = chart.figure.data[0].z
    assert cells.shape == (24, 7)
    assert cells.sum() * 4 == pytest.approx(offered(store, window, "1d")["offered"].sum())
    top = frame.loc[frame["mean"].idxmax()]
    assert re.search(rf"{heatmap.weekday_name(int(top['weekday']))} \d\d:00", chart.alt)


def test_a_cell_without_an_observation_is_blank(store):
    account = Account(store)
    account.ticket(iso(1.5))
    account.proven((iso(0), iso(DAYS)))
    account.settle()
    frame = week_profile(store, days(iso(1)[:10], iso(2)[:10]), "1h")

    chart = heatmap.week(frame, "median", "1h", "UTC", "dark")

    assert chart.figure.data[0].customdata[0].count("–") == 6
    assert (shapes.profile_table(frame.assign(low=0.0, high=0.0))["time"] == chart.table["Time"]).all()
