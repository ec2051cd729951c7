"""The week as a heat map: weekdays across, the time of day down."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from freshdesk_core import formats
from freshdesk_core.text import gettext as _
from ui import figures, numbers
from ui.figures import Chart
from ui.filters import interval_word

HEIGHT = 460
# One hue, by theme from near the ground to well off it, and the ink that is readable on all of it.
SCALES = {
    "light": ((0.0, "#f1f5fd"), (1.0, "#7fa5ea")),
    "dark": ((0.0, "#18202c"), (1.0, "#2f62d0")),
}
INKS = {"light": "#16202c", "dark": "#f0f4fa"}
LABELLED = {"1h": 24, "30min": 48, "15min": 0}  # rows up to which each cell bears its figure
DAYS = 7


def week(frame: pd.DataFrame, statistic: str, step: str, zone: str, theme: str) -> Chart:
    """Draw the week.

    Args:
        frame: ``volumes.week_profile``: ``weekday``, ``minute``, ``mean``, ``median``, ``share``.
        statistic: Which of the three.
        step: The interval that a cell is.
        zone: Whose clock.
        theme: "light" or "dark".
    """
    days = [(formats.first_weekday() + day) % DAYS for day in range(DAYS)]
    wide = frame.pivot(index="minute", columns="weekday", values=statistic).reindex(columns=days)
    cells = wide.to_numpy(dtype=float, na_value=np.nan)
    names = [weekday_name(day) for day in days]
    clock = [clock_time(minute) for minute in wide.index]
    text = [[_written(value, statistic) for value in row] for row in cells]
    title = _("Weekday and time of day")
    unit = _unit(statistic, step, zone)
    figure = go.Figure()
    figure.add_heatmap(
        x=[formats.weekday(day, is_short=True) for day in days],
        y=clock,
        z=cells,
        customdata=text,
        text=text if LABELLED[step] else None,
        texttemplate="%{text}" if LABELLED[step] == 24 else None,
        textfont={"color": INKS[theme]},
        hovertemplate="%{x} %{y}: %{customdata}<extra></extra>",
        colorscale=SCALES[theme],
        zmin=0,
        xgap=2,
        ygap=1,
        showscale=True,
        colorbar={
            "thickness": 10,
            "outlinewidth": 0,
            "nticks": 4,
            "tickformat": ".1%" if statistic == "share" else "",
        },
        hoverongaps=False,
    )
    figures.dress(figure, title, unit, "1h")
    figure.update_layout(height=HEIGHT, hovermode="closest", margin_t=104)
    figure.update_xaxes(type="category", tickformat=None, hoverformat=None)
    figure.update_yaxes(
        type="category",
        autorange="reversed",
        rangemode="normal",
        nticks=13,
        tickformat=None,
        hoverformat=None,
    )
    return Chart(
        figure, figures.alt(title, unit, _busiest(frame, statistic)), _wide_table(wide, names, clock)
    )


def table(frame: pd.DataFrame) -> pd.DataFrame:
    """The same for a file: one row per weekday and time of day."""
    return frame.assign(
        weekday=[weekday_name(day) for day in frame["weekday"]],
        time=[clock_time(minute) for minute in frame["minute"]],
    )[["weekday", "time", "intervals", "mean", "median", "share"]]


def weekday_name(weekday: int) -> str:
    """Name a weekday; 0 is Monday."""
    return [
        _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
    ][weekday]  # fmt: skip


def clock_time(minute: int) -> str:
    """A minute of the day on the clock."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _unit(statistic: str, step: str, zone: str) -> str:
    said = {
        "mean": _("Mean contacts per {step}, {zone}"),
        "median": _("Median contacts per {step}, {zone}"),
        "share": _("Share of an average week's contacts per {step}, {zone}"),
    }[statistic]
    return said.format(step=interval_word(step), zone=zone)


def _written(value: float, statistic: str) -> str:
    if np.isnan(value):
        return numbers.NO_DATA
    return numbers.share(value) if statistic == "share" else formats.decimal(value, 1)


def _busiest(frame: pd.DataFrame, statistic: str) -> list[str]:
    top = frame.nlargest(3, statistic)
    return [
        f"{weekday_name(int(row['weekday']))} {clock_time(int(row['minute']))}: "
        f"{_written(float(row[statistic]), statistic)}"
        for _index, row in top.iterrows()
    ]


def _wide_table(wide: pd.DataFrame, names: list[str], clock: list[str]) -> pd.DataFrame:
    shown = wide.set_axis(names, axis="columns").round(4).reset_index(drop=True)
    shown.insert(0, _("Time"), clock)
    return shown
