"""Cohorts, flow and reply ages as the page shows them."""

import pytest

from freshdesk_core.volumes import ReplyAges, cohorts
from tests.ui.conftest import iso
from tests.ui.test_pages import words
from tests.volumes.test_patterns import days
from ui import cohorts as shown

PAGE = "pages/contacts_vs_tickets.py"


@pytest.mark.usefixtures("account")
def test_the_page_tells_flow_cohorts_and_ages(open_app):
    app = open_app(PAGE, range="Last 28 days", tz="UTC")

    assert not app.exception
    metrics = {metric.label: metric for metric in app.metric}
    ours, older = metrics["Replies to its tickets"], metrics["Replies to older tickets"]
    assert ours.delta == "100.0 % of the replies"  # every reply of this account comes on its ticket's day
    assert (older.value, older.delta) == ("0", "0.0 % of the replies")
    assert "100.0 % come within a day" in words(app).replace("\\", "")


def test_replies_that_are_not_proven_have_no_figure(open_app, account):
    account.change(replies_from=None, replies_to=None)
    app = open_app(PAGE, range="Last 28 days")

    assert not app.exception
    metrics = {metric.label: (metric.value, metric.delta) for metric in app.metric}
    assert metrics["Replies to older tickets"] == ("–", "not complete")


def test_young_tickets_are_hatched_and_said_to_be_unfinished(store, account):
    frame = cohorts(store, days(iso(0)[:10], iso(40)[:10]), "1w")
    chart = shown._cohorts_chart(frame, "1w", "UTC")

    bars = [bar for bar in chart.figure.data if bar.type == "bar"]
    patterns = {bar.name.partition(":")[0]: bar.marker.pattern.shape for bar in bars}
    assert patterns == {"Finished": "", "Unfinished": "/"}
    assert sum(len(bar.x) for bar in bars) == len(frame)
    assert f"{int((~frame['is_finished']).sum())} unfinished" in chart.alt


def test_the_spans_of_reply_ages_add_up():
    table = shown.age_table(ReplyAges(200, (20, 100, 120, 150, 160, 190), 150, 50))

    assert table["replies"].tolist() == [20, 80, 20, 30, 10, 30, 10]
    assert table["replies"].sum() == 200
    assert table["within"].tolist()[-1] == 1.0
    chart = shown._ages_chart(table)
    assert "more than 30 days: 5.0 %" in chart.alt
    assert shown._age_words(ReplyAges(200, (20, 100, 120, 150, 160, 190), 150, 50)).startswith("50.0 % come")
