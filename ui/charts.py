"""The charts. Each has a title, a unit, a text for those who do not see it, and a cue besides colour.

Intervals without data are hatched and labelled, never drawn as 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from freshdesk_core.text import gettext as _
from ui import markdown, numbers
from ui.palette import FRESHDESK, GRID, HATCH, KINDS, OTHER, SERIES, Look

HEIGHT = 360
SUB_DAILY = {"15min": "%H:%M", "30min": "%H:%M", "1h": "%H:%M"}
CONFIG = {"displayModeBar": False, "displaylogo": False, "scrollZoom": False, "doubleClick": False}
Values = npt.NDArray[np.float64] | npt.NDArray[np.int64]


@dataclass(frozen=True)
class Chart:
    """A figure and what it says in words."""

    figure: go.Figure
    alt: str


def show(chart: Chart, key: str) -> None:
    """Put a chart on the page."""
    st.plotly_chart(chart.figure, key=key, config=CONFIG, alt=chart.alt)


def contacts_by_kind(
    offered: pd.DataFrame, totals: pd.DataFrame | None, *, title: str, unit: str, interval: str
) -> Chart:
    """Contacts over time, stacked by kind, with Freshdesk's own ticket figure as a line over them.

    Args:
        offered: ``interval_start``, ``kind``, ``offered`` (<NA>: no data), every interval filled.
        totals: ``interval_start``, ``freshdesk_tickets`` (<NA>: not yet compared); None leaves the line out.
        title: What is shown.
        unit: What a value counts, and per what.
        interval: Into what the range is cut; decides how times are written.
    """
    wide = offered.pivot_table(
        index="interval_start", columns="kind", values="offered", aggfunc="first", dropna=False
    )
    kinds = [kind for kind in KINDS if kind in wide]
    figure = go.Figure()
    for kind in kinds:
        _stacked(figure, kind, KINDS[kind], wide.index, _values(wide[kind]))
    missing = wide[kinds].isna().any(axis=1).to_numpy()
    _hatch(figure, wide.index, missing, interval)
    words = [f"{_kind_label(kind)}: {_total_words(wide[kind])}" for kind in kinds]
    if totals is not None and totals["freshdesk_tickets"].notna().any():
        line = totals.set_index("interval_start")["freshdesk_tickets"]
        _line(figure, _("Freshdesk tickets"), FRESHDESK, line.index, _values(line), width=2.5)
        words.append(f"{_('Freshdesk tickets')}: {_total_words(line)}")
    return Chart(_dressed(figure, title, unit, interval), _alt(title, unit, words, missing))


def lines(
    frame: pd.DataFrame, series: Sequence[tuple[str, str]], *, title: str, unit: str, interval: str
) -> Chart:
    """Several series over time, busiest first; what is not among them is summed up as one more line.

    Args:
        frame: ``interval_start``, ``queue_id``, ``offered`` (<NA>: no data), every interval filled.
        series: Queue id and name of each series to draw, at most ``len(SERIES)``.
        title: What is shown.
        unit: What a value counts, and per what.
        interval: Into what the range is cut.
    """
    wide = frame.pivot_table(
        index="interval_start", columns="queue_id", values="offered", aggfunc="first", dropna=False
    )
    figure, words = go.Figure(), []
    for (queue_id, name), look in zip(series, SERIES, strict=False):
        _line(figure, markdown.chart(name), look, wide.index, _values(wide[queue_id]))
        words.append(f"{markdown.plain(name)}: {_total_words(wide[queue_id])}")
    rest = [queue_id for queue_id in wide if queue_id not in dict(series)]
    if rest:
        other = wide[rest].sum(axis=1, skipna=False)
        _line(figure, _("{count} other queues").format(count=len(rest)), OTHER, wide.index, _values(other))
    missing = wide.isna().any(axis=1).to_numpy()
    _hatch(figure, wide.index, missing, interval)
    return Chart(_dressed(figure, title, unit, interval), _alt(title, unit, words, missing))


def waterfall(steps: Sequence[tuple[str, int, bool]], *, title: str, unit: str) -> Chart:
    """From Freshdesk's tickets to our contacts, one bar per difference.

    Args:
        steps: Label, value, and whether the bar is a total (stands on the ground) or a step.
        title: What is shown.
        unit: What a value counts.
    """
    labels = [label for label, _value, _total in steps]
    texts = [
        f"{value:,}" if total else numbers.signed(value, "", decimals=0) for _label, value, total in steps
    ]
    figure = go.Figure(
        go.Waterfall(
            orientation="h",
            y=labels,
            x=[value for _label, value, _total in steps],
            measure=["absolute" if total else "relative" for _label, _value, total in steps],
            text=texts,
            textposition="outside",
            cliponaxis=False,
            connector={"line": {"color": GRID, "width": 1}},
            increasing={"marker": {"color": KINDS["Replies"].colour}},
            decreasing={"marker": {"color": OTHER.colour}},
            totals={"marker": {"color": KINDS["Tickets"].colour}},
            hovertemplate="%{y}: %{text}<extra></extra>",
        )
    )
    _dressed(figure, title, unit, "1d")
    figure.update_layout(height=70 + 34 * len(steps), showlegend=False, hovermode="closest")
    figure.update_xaxes(type="linear", showticklabels=False, showgrid=False, zeroline=False, tickformat=None)
    figure.update_yaxes(
        type="category",
        autorange="reversed",
        tickformat=None,
        showgrid=False,
        rangemode="normal",
        automargin=True,
    )
    spread = max((abs(value) for _label, value, _total in steps), default=0)
    figure.update_xaxes(range=[0, spread * 1.15 or 1])
    return Chart(
        figure,
        _alt(title, unit, [f"{label} {text}" for label, text in zip(labels, texts, strict=True)], None),
    )


def _stacked(figure: go.Figure, name: str, look: Look, starts: pd.DatetimeIndex, values: Values) -> None:
    """Areas on top of each other, one group per unbroken run: a stack across a gap would draw zeros."""
    for number, run in enumerate(_runs(~np.isnan(values))):
        figure.add_scatter(
            **_times(starts[run]),
            y=_compact(values[run]),
            name=_kind_label(name),
            legendgroup=name,
            showlegend=number == 0,
            stackgroup=f"run {number}",
            mode="lines+markers" if run.stop - run.start == 1 else "lines",
            line={"color": look.colour, "width": 1.75, "dash": look.dash},
            fillcolor=look.faint(),
            fillpattern={
                "shape": "" if name == "Tickets" else ".",
                "fgcolor": look.colour,
                "size": 7,
                "solidity": 0.12,
            },
        )


def _line(
    figure: go.Figure, name: str, look: Look, starts: pd.DatetimeIndex, values: Values, width: float = 2
) -> None:
    known = int((~np.isnan(values)).sum())
    figure.add_scatter(
        **_times(starts),
        y=_compact(values),
        name=name,
        mode="lines+markers" if known < 3 else "lines",
        line={"color": look.colour, "width": width, "dash": look.dash},
        connectgaps=False,
    )


def _hatch(
    figure: go.Figure, starts: pd.DatetimeIndex, missing: npt.NDArray[np.bool_], interval: str
) -> None:
    """Hatch the stretches without data, and say what they are."""
    step = pd.Timedelta(days=7 if interval == "1w" else 31) if interval in ("1w", "1MS") else None
    for number, run in enumerate(_runs(missing)):
        begin = _local(starts[run.start])
        if run.stop < len(starts):
            end = _local(starts[run.stop])
        else:
            end = _local(starts[-1]) + (step or _last_step(starts))
        figure.add_scatter(
            x=[begin, end, end, begin],
            y=[0, 0, 1, 1],
            yaxis="y2",
            fill="toself",
            mode="none",
            fillcolor="rgba(128,136,148,0.10)",
            fillpattern={
                "shape": "/",
                "fgcolor": HATCH,
                "bgcolor": "rgba(0,0,0,0)",
                "size": 8,
                "solidity": 0.15,
            },
            name=_("No data"),
            legendgroup="no data",
            showlegend=number == 0,
            hoverinfo="skip",
        )
    if missing.any():
        figure.update_layout(
            yaxis2={"overlaying": "y", "range": [0, 1], "visible": False, "fixedrange": True}
        )


def _dressed(figure: go.Figure, title: str, unit: str, interval: str) -> go.Figure:
    hover = "%a %Y-%m-%d %H:%M" if interval in SUB_DAILY else "%b %Y" if interval == "1MS" else "%a %Y-%m-%d"
    figure.update_layout(
        title={"text": title, "subtitle": {"text": unit}, "x": 0, "xanchor": "left"},
        height=HEIGHT,
        margin={"l": 8, "r": 8, "t": 64, "b": 8},
        hovermode="x unified",
        dragmode=False,
        legend={
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": -0.14,
            "yanchor": "top",
            "title": {"text": ""},
        },
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
    )
    figure.update_xaxes(type="date", hoverformat=hover, showgrid=False, fixedrange=True, automargin=True)
    figure.update_yaxes(
        rangemode="tozero", tickformat=",d", hoverformat=",d", gridcolor=GRID, nticks=6, fixedrange=True,
        zeroline=True, zerolinecolor=GRID, automargin=True, selector={"overlaying": None},
    )  # fmt: skip
    return figure


def _times(starts: pd.DatetimeIndex) -> dict[str, object]:
    """Local times for an axis: a start and a step where all steps are equal, else each one."""
    local = starts.tz_localize(None)
    steps = np.unique(np.diff(local.to_numpy()))
    if len(steps) == 1:
        return {"x0": local[0].isoformat(), "dx": int(steps[0] / np.timedelta64(1, "ms"))}
    return {"x": [moment.isoformat() for moment in local]}


def _local(moment: pd.Timestamp) -> pd.Timestamp:
    return moment.tz_localize(None)


def _last_step(starts: pd.DatetimeIndex) -> pd.Timedelta:
    return _local(starts[-1]) - _local(starts[-2]) if len(starts) > 1 else pd.Timedelta(days=1)


def _values(counts: pd.Series) -> npt.NDArray[np.float64]:
    return counts.astype("Float64").to_numpy(dtype=float, na_value=np.nan)


def _compact(values: npt.NDArray[np.float64]) -> Values:
    """Whole numbers as integers, which travel in a quarter of the space; floats only where one is missing."""
    return values if np.isnan(values).any() else values.astype(np.int64)


def _runs(flags: npt.NDArray[np.bool_]) -> list[slice]:
    """The unbroken stretches in which a flag is set."""
    padded = np.concatenate([[False], flags, [False]]).astype(np.int8)
    edges = np.flatnonzero(np.diff(padded))
    return [slice(int(start), int(stop)) for start, stop in zip(edges[::2], edges[1::2], strict=True)]


def _kind_label(kind: str) -> str:
    return {"Tickets": _("Tickets (new)"), "Replies": _("Replies")}.get(kind, kind)


def _total_words(counts: pd.Series) -> str:
    total = numbers.whole(int(counts.sum()))
    return total if counts.notna().all() else _("{total} in the part with data").format(total=total)


def _alt(title: str, unit: str, words: Sequence[str], missing: npt.NDArray[np.bool_] | None) -> str:
    gaps = int(missing.sum()) if missing is not None else 0
    text = f"{title}, {unit}. " + "; ".join(words) + "."
    return text + (" " + _("{count} intervals have no data.").format(count=gaps) if gaps else "")
