"""Charts of the day: its profile with the spread, and today beside what is usual."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from freshdesk_core import formats
from freshdesk_core.text import gettext as _
from ui import figures, numbers
from ui.figures import START, Chart
from ui.filters import interval_word
from ui.heatmap import clock_time
from ui.palette import OTHER, TICKETS, USUAL, Look

EVERY_THREE_HOURS = 3 * 60


def profile(frame: pd.DataFrame, step: str, zone: str) -> Chart:
    """Draw the profile of a day.

    Args:
        frame: ``volumes.day_profile``: ``minute``, ``mean``, ``median``, ``low``, ``high``.
        step: The interval that a point is.
        zone: Whose clock.
    """
    title = _("A day's profile")
    unit = _("Contacts per {step}, {zone}").format(step=interval_word(step), zone=zone)
    figure = go.Figure()
    minutes = frame["minute"].to_numpy()
    band(figure, minutes, frame["low"], frame["high"], _("One day in ten less, one in ten more"))
    line(figure, minutes, frame["median"], _("Median"), USUAL)
    line(figure, minutes, frame["mean"], _("Mean"), TICKETS)
    figures.dress(figure, title, unit, "1h")
    clock_axis(figure)
    peak = frame.loc[frame["mean"].idxmax()]
    words = [
        _("Busiest at {time} with {mean} on average").format(
            time=clock_time(int(peak["minute"])), mean=formats.decimal(float(peak["mean"]), 1)
        )
    ]
    return Chart(figure, figures.alt(title, unit, words), profile_table(frame))


def profile_table(frame: pd.DataFrame) -> pd.DataFrame:
    """The profile with times on the clock."""
    shown = frame.assign(time=[clock_time(int(minute)) for minute in frame["minute"]])
    return shown[["time", "intervals", "mean", "median", "low", "high"]].round(2)


def today(frame: pd.DataFrame, zone: str) -> Chart:
    """Draw today beside what is usual.

    Args:
        frame: ``volumes.today_against_usual``: ``minute``, ``offered``, ``usual``, ``low``, ``high``.
        zone: Whose day it is.
    """
    title = _("Today, and what is usual on this weekday")
    unit = _("Contacts per hour, {zone}").format(zone=zone)
    minutes = frame["minute"].to_numpy()
    figure = go.Figure()
    if frame["usual"].notna().any():
        band(figure, minutes, frame["low"], frame["high"], _("One week in ten less, one in ten more"))
        line(figure, minutes, frame["usual"], _("Usual (median of 8 weeks)"), USUAL)
    line(figure, minutes, frame["offered"], _("Today"), TICKETS, width=2.5)
    figures.dress(figure, title, unit, "1h")
    clock_axis(figure)
    total = numbers.whole(int(frame["offered"].sum()))
    words = [_("Today so far: {total}").format(total=total)]
    return Chart(figure, figures.alt(title, unit, words), frame.drop(columns=[START]))


def band(figure: go.Figure, minutes: np.ndarray, low: pd.Series, high: pd.Series, name: str) -> None:
    """A band between two lines, both of them bare."""
    bare = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    figure.add_scatter(x=minutes, y=figures.values(low), showlegend=False, **bare)
    figure.add_scatter(
        x=minutes, y=figures.values(high), name=name, fill="tonexty", fillcolor=OTHER.faint(0.22), **bare
    )


def line(
    figure: go.Figure, minutes: np.ndarray, counts: pd.Series, name: str, look: Look, width: float = 2
) -> None:
    """A line over the times of a day, with nothing where there is no data."""
    figure.add_scatter(
        x=minutes,
        y=figures.values(counts),
        name=name,
        mode="lines",
        line={"color": look.colour, "dash": look.dash, "width": width, "shape": "linear"},
        connectgaps=False,
        hovertemplate="%{y:,.1f}",
    )


def clock_axis(figure: go.Figure) -> None:
    """Write the minutes of a day as times on the clock."""
    ticks = list(range(0, 1440, EVERY_THREE_HOURS))
    figure.update_xaxes(
        type="linear",
        tickmode="array",
        tickvals=ticks,
        ticktext=[clock_time(minute) for minute in ticks],
        tickformat=None,
        hoverformat=None,
        range=[0, 1440],
        unifiedhovertitle={"text": ""},
    )
