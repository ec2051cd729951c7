"""Every chart has title, unit and words; no data is a hatched gap, never a zero (trust.md R91, R98)."""

import numpy as np
import pandas as pd
import pytest

from ui import charts

STARTS = pd.date_range("2026-03-02", periods=6, freq="D", tz="Europe/Madrid")


def by_kind(tickets, replies):
    return pd.concat(
        [
            pd.DataFrame({"interval_start": STARTS, "kind": kind, "offered": pd.array(values, dtype="Int64")})
            for kind, values in (("Tickets", tickets), ("Replies", replies))
        ]
    )


@pytest.fixture
def totals():
    counts = pd.array([3, 3, None, None, 3, 3], dtype="Int64")
    return pd.DataFrame({"interval_start": STARTS, "freshdesk_tickets": counts})


def draw(frame, totals=None):
    return charts.contacts_by_kind(frame, totals, title="Contacts", unit="Contacts per day", interval="1d")


def lines_of(chart):
    return [trace for trace in chart.figure.data if trace.line.dash and trace.mode != "none"]


def test_a_chart_has_title_unit_and_words(totals):
    chart = draw(by_kind([1, 2, 3, 4, 5, 6], [1] * 6), totals)

    assert chart.figure.layout.title.text == "Contacts"
    assert chart.figure.layout.title.subtitle.text == "Contacts per day"
    assert "21" in chart.alt
    assert "Replies: 6" in chart.alt


def test_each_series_has_a_dash_of_its_own(totals):
    chart = draw(by_kind([1] * 6, [1] * 6), totals)

    assert len({trace.line.dash for trace in lines_of(chart)}) == 3


def test_a_gap_is_hatched_and_not_stacked_over():
    chart = draw(by_kind([1, 1, None, 1, 1, 1], [2, 2, None, 2, 2, 2]))

    runs = [trace for trace in chart.figure.data if trace.stackgroup]
    assert [len(trace.y) for trace in runs] == [2, 3, 2, 3]
    assert not any((np.asarray(trace.y) == 0).any() for trace in runs)
    hatched = [trace for trace in chart.figure.data if trace.fillpattern.shape == "/"]
    assert [trace.name for trace in hatched] == ["No data"]
    assert "1 intervals have no data" in chart.alt


def test_days_not_yet_compared_are_a_gap_in_the_line(totals):
    chart = draw(by_kind([1] * 6, [1] * 6), totals)

    line = chart.figure.data[-1]
    assert np.isnan(np.asarray(line.y, dtype=float)).sum() == 2
    assert line.connectgaps is False


def test_equal_steps_travel_as_start_and_step():
    chart = draw(by_kind([1] * 6, [1] * 6))

    trace = chart.figure.data[0]
    assert (trace.x0, trace.dx, trace.x) == ("2026-03-02T00:00:00", 86_400_000, None)
    assert np.asarray(trace.y).dtype.kind == "i"


def test_what_is_not_drawn_is_summed_up():
    frame = pd.DataFrame(
        {
            "interval_start": np.repeat(STARTS[:2], 3),
            "queue_id": ["a", "b", "c"] * 2,
            "offered": pd.array([1, 2, 3, 4, 5, None], dtype="Int64"),
        }
    )

    chart = charts.lines(frame, [("a", "A <b>")], title="Queues", unit="per day", interval="1d")

    assert [trace.name for trace in chart.figure.data[:2]] == ["A &lt;b&gt;", "2 other queues"]
    assert np.asarray(chart.figure.data[1].y)[0] == 5
    assert np.isnan(np.asarray(chart.figure.data[1].y)[1])


def test_the_waterfall_names_every_step():
    chart = charts.waterfall(
        [("Freshdesk tickets", 823, True), ("Spam", 21, False)], title="From", unit="Tickets"
    )

    assert list(chart.figure.data[0].text) == ["823", "+21"]
    assert "Freshdesk tickets 823; Spam +21" in chart.alt
