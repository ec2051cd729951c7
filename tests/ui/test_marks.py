"""Weeks and months that the range cuts are marked, and every interval of every queue can be taken away."""

import pytest

from tests.ui.test_special_days import PATTERNS


def _first_chart(app):
    return app.get("plotly_chart")[0].proto


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("page", ["pages/overview.py", "pages/queues.py"])
def test_weeks_that_the_range_cuts_are_marked_in_chart_words_and_table(open_app, page):
    app = open_app(page, range="Last 28 days", interval="Month", tz="UTC")
    key = "contacts_as_table" if "overview" in page else "queues_chart_as_table"
    app.toggle(key=key).set_value(True).run()

    assert not app.exception
    assert "cut by the range" in _first_chart(app).alt
    assert "Only a part of the month" in _first_chart(app).spec
    table = next(frame.value for frame in app.dataframe if "Whole" in frame.value)
    assert "only a part" in table["Whole"].tolist()


@pytest.mark.usefixtures("account")
def test_days_are_never_cut(open_app):
    app = open_app(range="Last 28 days")
    assert "cut by the range" not in _first_chart(app).alt
    assert not open_app(PATTERNS).exception


@pytest.mark.usefixtures("account")
def test_every_interval_of_every_queue_is_offered_in_two_shapes(open_app):
    app = open_app("pages/queues.py", interval="15 minutes", range="Last 7 days")
    app.segmented_control(key="shape").set_value("One column per queue").run()

    assert not app.exception
    assert "Every interval of every queue" in [heading.value for heading in app.subheader]
