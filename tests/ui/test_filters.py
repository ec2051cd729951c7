"""The shared filters: what a link says is what is shown; nonsense is ignored."""

from datetime import date, timedelta

import pytest

from freshdesk_core.volumes import Proven, Window
from tests.ui.conftest import iso
from tests.volumes.account import Account, at
from ui import filters, page

ZONE = "Europe/Madrid"
COMPLETE = Window.of_days(date(2026, 1, 1), date(2026, 3, 20), ZONE)


def days(window):
    return window.days()[0].isoformat(), window.days()[-1].isoformat()


@pytest.mark.parametrize(
    ("preset", "expected"),
    [
        ("7d", ("2026-03-13", "2026-03-19")),
        ("28d", ("2026-02-20", "2026-03-19")),
        ("90d", ("2025-12-20", "2026-03-19")),
        ("month", ("2026-03-01", "2026-03-19")),
        ("last_month", ("2026-02-01", "2026-02-28")),
    ],
)
def test_ranges_count_back_from_the_last_complete_day(preset, expected):
    assert days(filters.range_of(preset, COMPLETE)) == expected


def test_an_own_range_includes_its_last_day():
    own = filters.range_of("own", COMPLETE, (date(2026, 3, 1), date(2026, 3, 1)))

    assert days(own) == ("2026-03-01", "2026-03-01")


def test_days_are_complete_where_tickets_and_replies_are():
    tickets = (COMPLETE.start, COMPLETE.end + 3600)
    replies = (COMPLETE.end - 10 * 86400 - 60, COMPLETE.end)

    assert days(filters.complete_days(Proven(tickets, replies), ZONE)) == ("2026-03-10", "2026-03-19")
    assert days(filters.complete_days(Proven(tickets, None), ZONE)) == ("2026-01-01", "2026-03-19")


def test_the_default_is_the_last_28_complete_days(open_app, account):
    app = open_app()

    assert app.selectbox(key="range").value == "28d"
    assert app.selectbox(key="tz").value == "Europe/Amsterdam"
    assert "per day" in app.caption[0].value


@pytest.mark.parametrize(("label", "preset"), [("Last 7 days", "7d"), ("This month", "month")])
def test_the_range_that_is_compared_with_is_named(open_app, store, label, preset):
    account = Account(store)
    account.ticket(iso(39.5))
    account.proven((iso(-60), iso(40)))
    account.settle()
    span = at(iso(-60)), at(iso(40))
    window = filters.range_of(preset, filters.complete_days(Proven(span, span), "Europe/Amsterdam"))

    app = open_app(range=label)

    now, before = page.range_words(window), page.range_words(window.previous())
    assert f"Changes compare {now} with {before}." in [caption.value for caption in app.caption]


def test_a_window_that_ends_inside_a_day_says_when():
    window = Window(COMPLETE.start, COMPLETE.end + 10 * 3600, ZONE)

    assert page.range_words(COMPLETE) == "2026-01-01 – 2026-03-19"
    assert page.range_words(window) == "2026-01-01 – 2026-03-20 until 10:00"


def test_a_link_opens_the_same_view(open_app, account):
    query = {"range": "Last 7 days", "interval": "Hour", "tz": "America/New_York"}

    app = open_app(**query)

    assert (app.selectbox(key="range").value, app.selectbox(key="interval").value) == ("7d", "1h")
    assert "per hour" in app.caption[0].value
    assert "America\\/New\\_York" in app.caption[0].value


@pytest.mark.parametrize("page", ["pages/overview.py", "pages/queues.py", "pages/contacts_vs_tickets.py"])
def test_nonsense_in_a_link_is_ignored(open_app, account, page):
    app = open_app(
        page,
        range="yesterday-ish",
        interval="<b>",
        tz="Mars/Olympus",
        days=["2026-99-99", "x"],
        integration="?",
    )

    assert not app.exception
    assert not app.error
    assert app.selectbox(key="range").value == "28d"


def test_a_range_that_is_not_proven_is_no_data_and_not_zero(open_app, account):
    app = open_app(range="Own range", days=["2015-01-01", "2015-01-05"])

    assert not app.exception
    assert not app.metric
    assert "missing data, not zero" in "\n".join(element.value for element in app.markdown)


def test_sums_over_a_range_that_is_partly_proven_are_no_data(open_app, half_imported):
    app = open_app(range="Last 90 days")
    assert "cut to what is completely imported" in "\n".join(element.value for element in app.caption)

    app.selectbox(key="range").set_value("own").run()
    first, last = app.date_input(key="days").value
    app.date_input(key="days").set_value((first - timedelta(days=5), last)).run()

    assert not app.exception
    assert [metric.value for metric in app.metric].count("–") >= 3


def test_a_long_range_is_drawn_in_longer_intervals():
    window = Window.of_days(date(2025, 1, 1), date(2026, 1, 1), "UTC")
    chosen = filters.Chosen(window, "15min", filters.Filters(), Proven(None, None), ())

    assert chosen.chart_interval == "1d"


def test_the_zone_is_that_of_the_accounts_that_are_shown(open_app, store):
    span = (iso(0), iso(40))
    Account(store, name="Sample account", domain="127.0.0.1:1", zone="Europe/Berlin", is_sample=True).proven(
        span
    )
    Account(store, zone="America/New_York").proven(span)
    assert open_app().selectbox(key="tz").value == "America/New_York"

    Account(store, name="second", domain="second.freshdesk.com", zone="Asia/Tokyo").proven(span)
    assert open_app().selectbox(key="tz").value == "UTC"
    assert open_app(integration="second").selectbox(key="tz").value == "Asia/Tokyo"


def test_the_integration_is_asked_only_where_there_is_a_choice(open_app, account, store):
    assert not [box for box in open_app().selectbox if box.key == "integration"]
    Account(store, name="second", domain="second.freshdesk.com").proven(("2020-01-01", "2020-02-01"))

    app = open_app(integration="acme")

    assert app.selectbox(key="integration").options == ["All", "acme", "second"]
    assert app.selectbox(key="integration").value == "acme"
    assert not app.exception
