"""Every chart has title, unit and words; no data is a hatched gap, never a zero."""

import numpy as np
import pandas as pd
import pytest

from ui import charts, palette, waterfall

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
    assert "1 interval has no data" in chart.alt


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


def queues_of(a, everything, others):
    frame = pd.DataFrame(
        {"interval_start": STARTS[: len(a)], "queue_id": "a", "offered": pd.array(a, dtype="Int64")}
    )
    total = pd.DataFrame({"interval_start": STARTS[: len(a)], "offered": pd.array(everything, dtype="Int64")})
    return charts.queues(frame, {"a": "A <b>"}, total, others, title="Queues", unit="per day", interval="1d")


def test_what_is_not_drawn_is_summed_up():
    chart = queues_of([4, 4, None], [9, 8, None], 2)

    assert [trace.name for trace in chart.figure.data[:2]] == ["A &lt;b&gt;", "2 other queues"]
    assert list(chart.figure.data[1].y[:2]) == [5, 4]
    assert np.isnan(chart.figure.data[1].y[2])
    assert "2 other queues: 9 in the part with data" in chart.alt


def test_what_would_overshadow_the_others_waits_in_the_legend():
    chart = queues_of([1, 2, 1], [10, 12, 9], 1)

    assert chart.figure.data[1].visible == "legendonly"
    assert "1 other queue: 27" in chart.alt


def test_the_table_says_the_same_as_the_chart(totals):
    chart = draw(by_kind([1, None, 3, 4, 5, 6], [1] * 6), totals)

    assert list(chart.table.columns) == ["interval_start", "New tickets", "Replies", "Freshdesk tickets"]
    assert chart.table["New tickets"].isna().sum() == 1
    assert chart.table["Freshdesk tickets"].sum() == 12


def test_the_waterfall_names_every_bar():
    bars = [
        waterfall.Bar("Freshdesk tickets", 823, 0, "823", palette.FRESHDESK, "/"),
        waterfall.Bar("Spam", 21, 823, "+21", palette.OTHER),
    ]

    chart = waterfall.chart(bars, title="From", unit="Tickets")

    assert [trace.text for trace in chart.figure.data] == [("823",), ("+21",)]
    assert "Freshdesk tickets 823; Spam +21" in chart.alt


def test_two_queues_of_one_name_are_two_lines():
    frame = pd.concat(
        [
            pd.DataFrame(
                {"interval_start": STARTS, "queue_id": queue_id, "offered": pd.array([1] * 6, dtype="Int64")}
            )
            for queue_id in ("1-11-1-tickets", "2-11-1-tickets")
        ]
    )
    names = dict.fromkeys(("1-11-1-tickets", "2-11-1-tickets"), "Sales email Tickets")

    chart = charts.queues(frame, names, frame, 0, title="Queues", unit="Contacts", interval="1d")

    assert [trace.name for trace in chart.figure.data] == ["Sales email Tickets", "Sales email Tickets (2)"]
    assert chart.table.shape == (6, 3)
