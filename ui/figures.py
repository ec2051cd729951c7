"""What all charts share: size, axes, legend, hatching, the words and the table behind them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from freshdesk_core import formats, text
from freshdesk_core.text import gettext as _
from freshdesk_core.text import ngettext
from ui import filters, markdown
from ui.palette import GRID, HATCH, INK

HEIGHT = 360
START = "interval_start"
CONFIG = {"modeBarButtons": [["toImage"]], "displaylogo": False, "scrollZoom": False, "doubleClick": False}
PICTURE_SCALE = 2  # for screens and paper that are finer than a pixel
# How days are written under the axis, by language; see ``_ticks`` and ``_hover``.
DAY_TICKS = {"en": "%b %-d", "de": "%-d. %b"}
OTHER_DAY_TICKS = "%-d %b"
MONTHS = "%b %Y"
OVER = {"overlaying": "y", "range": [0, 1], "visible": False, "fixedrange": True}  # the axis of marks
STEPS = {"1w": pd.Timedelta(days=7), "1MS": pd.Timedelta(days=31)}

Mask = npt.NDArray[np.bool_]
Values = npt.NDArray[np.float64] | npt.NDArray[np.int64]


@dataclass(frozen=True)
class Chart:
    """A figure, what it says in words, and the same as a table (one row per interval)."""

    figure: go.Figure
    alt: str
    table: pd.DataFrame | None = None


def show(chart: Chart, key: str) -> None:
    """Put a chart on the page, with its table one key away."""
    _ink(chart.figure)
    st.plotly_chart(chart.figure, key=key, config=_config(chart), alt=chart.alt)
    if chart.table is not None and st.toggle(_("Show as a table"), key=f"{key}_as_table"):
        numbers = {
            name: st.column_config.NumberColumn(name, format=formats.table_number())
            for name in chart.table
            if pd.api.types.is_numeric_dtype(chart.table[name])
        }
        st.dataframe(chart.table, hide_index=True, placeholder="–", column_config=numbers, alt=chart.alt)


def show_choosable(chart: Chart, key: str, on_choice: Callable[[], None]) -> None:
    """Put a chart on the page whose marks can be clicked; the choice stands under its key in the session."""
    _ink(chart.figure)
    st.plotly_chart(
        chart.figure,
        key=key,
        config=_config(chart),
        alt=chart.alt,
        on_select=on_choice,
        selection_mode="points",
    )


def _config(chart: Chart) -> dict[str, object]:
    """Plotly's settings: the picture to take away; words, days and months in the viewer's language."""
    picture = {"format": "png", "filename": _file_name(chart.figure), "scale": PICTURE_SCALE}
    spoken = text.language()
    words = {
        "Download plot as a PNG": _("Take the chart away as a picture"),
        "Preparing image - this may take a few seconds": _("The picture is being made."),
        "Snapshot succeeded": _("The picture is made."),
    }
    local = {"dictionary": words, "format": {} if spoken == text.DEFAULT_LANGUAGE else _names()}
    return CONFIG | {"toImageButtonOptions": picture, "locale": spoken, "locales": {spoken: local}}


def _file_name(figure: go.Figure) -> str:
    """What a chart's picture is called: by its title and the days that are shown."""
    shown = filters.current()
    days = [f"{day:%Y-%m-%d}" for day in (shown.window.days()[0], shown.window.days()[-1])] if shown else []
    return "-".join(["inflow", markdown.file_name(figure.layout.title.text or ""), *days])


def _names() -> dict[str, object]:
    locale, decimals = text.locale(), formats.separators()
    sunday_first = [6, *range(6)]
    days, months = locale.days["stand-alone"], locale.months["stand-alone"]
    return {
        "days": [days["wide"][day] for day in sunday_first],
        "shortDays": [days["abbreviated"][day] for day in sunday_first],
        "months": [months["wide"][month] for month in range(1, 13)],
        "shortMonths": [months["abbreviated"][month] for month in range(1, 13)],
        "decimal": decimals[0],
        "thousands": decimals[1],
    }


def _ticks(interval: str) -> str | None:
    if interval == "1MS":
        return MONTHS
    return DAY_TICKS.get(text.language(), OTHER_DAY_TICKS) if interval in ("1d", "1w") else None


def _hover(interval: str) -> str:
    """How a moment is written where the pointer is: as in the rest of the page."""
    if interval == "1MS":
        return MONTHS
    day = formats.day_pattern().replace("dd", "%d").replace("MM", "%m").replace("yyyy", "%Y")
    return f"%a {day}" if interval in ("1d", "1w") else f"%a {day} %H:%M"


def _ink(figure: go.Figure) -> None:
    """Write axes and labels in a grey that can be read in the viewer's theme; Streamlit's is too light."""
    font = {"color": INK.get(st.context.theme.type or "")}
    if font["color"]:
        figure.update_layout(title_subtitle_font=font, legend_font=font, hoverlabel_font=font)
        figure.update_xaxes(tickfont=font)
        figure.update_yaxes(tickfont=font)
        figure.update_traces(textfont=font, selector={"type": "bar"})


def dress(figure: go.Figure, title: str, unit: str, interval: str) -> None:
    """Give a figure its title, unit, axes and legend."""
    figure.update_layout(
        title={"text": title, "subtitle": {"text": unit}, "x": 0, "xanchor": "left"},
        height=HEIGHT,
        margin={"l": 8, "r": 8, "t": 64, "b": 8},
        hovermode="x unified",
        hoverlabel={"namelength": -1},
        dragmode=False,
        separators=formats.separators(),
        legend={
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "yref": "container",
            "y": 0,
            "yanchor": "bottom",
        },
        plot_bgcolor="rgba(0,0,0,0)",
    )
    figure.update_xaxes(
        type="date",
        tickformat=_ticks(interval),
        hoverformat=_hover(interval),
        showgrid=False,
        fixedrange=True,
        automargin=True,
    )
    figure.update_yaxes(
        rangemode="tozero", tickformat=",d", hoverformat=",d", gridcolor=GRID, nticks=6, fixedrange=True,
        zeroline=True, zerolinecolor=GRID, automargin=True, selector={"overlaying": None},
    )  # fmt: skip


def hatch(figure: go.Figure, starts: pd.DatetimeIndex, missing: Mask, interval: str) -> None:
    """Hatch the stretches without data, and say what they are."""
    if not missing.any():
        return
    local = starts.tz_localize(None)
    last = STEPS.get(interval) or (local[-1] - local[-2] if len(local) > 1 else pd.Timedelta(days=1))
    for number, run in enumerate(runs(missing)):
        begin = local[run.start]
        end = local[run.stop] if run.stop < len(local) else local[-1] + last
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
    figure.update_layout(yaxis2=OVER)


def times(starts: pd.DatetimeIndex) -> dict[str, object]:
    """Local times for an axis: a start and a step where all steps are equal, else each one."""
    local = starts.tz_localize(None)
    steps = np.unique(np.diff(local.to_numpy()))
    if len(steps) == 1:
        return {"x0": local[0].isoformat(), "dx": int(steps[0] / np.timedelta64(1, "ms"))}
    return {"x": [moment.isoformat() for moment in local]}


def runs(flags: Mask) -> list[slice]:
    """The unbroken stretches in which a flag is set."""
    padded = np.concatenate([[False], flags, [False]]).astype(np.int8)
    edges = np.flatnonzero(np.diff(padded))
    return [slice(int(start), int(stop)) for start, stop in zip(edges[::2], edges[1::2], strict=True)]


def values(counts: pd.Series) -> npt.NDArray[np.float64]:
    """Counts as numbers, NaN where there is no data."""
    return counts.to_numpy(dtype=float, na_value=np.nan)


def compact(numbers: npt.NDArray[np.float64]) -> Values:
    """Whole numbers as integers, which travel in a quarter of the space; floats only around a gap."""
    return numbers if np.isnan(numbers).any() else numbers.astype(np.int64)


def alt(title: str, unit: str, words: Sequence[str], missing: Mask | None = None) -> str:
    """What a chart says, for those who do not see it."""
    said = f"{title}, {unit}. {'; '.join(words)}."
    gaps = int(missing.sum()) if missing is not None else 0
    if not gaps:
        return said
    gaps_said = ngettext("{count} interval has no data.", "{count} intervals have no data.", gaps)
    return f"{said} {gaps_said.format(count=gaps)}"
