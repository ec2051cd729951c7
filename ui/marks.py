"""What every chart over time is marked with: weeks and months that the range cuts, and special days."""

import dataclasses

import numpy as np
import pandas as pd

from freshdesk_core.text import gettext as _
from freshdesk_core.text import ngettext
from freshdesk_core.volumes import windows
from ui import figures, special_days
from ui.figures import START, STEPS, Chart
from ui.filters import Chosen
from ui.palette import GRID

MOST_TICKS = 8
CUT = "rgba(128,136,148,0.07)"


def mark(chart: Chart, chosen: Chosen) -> Chart:
    """Mark a chart of the chosen range: seen, in its words and in its table."""
    return _cut(special_days.mark(chart, chosen), chosen)


def _cut(chart: Chart, chosen: Chosen) -> Chart:
    """Bands where an interval holds only a part of its week or month."""
    interval = chosen.chart_interval
    slots = windows.grid(chosen.window, interval)
    cut = windows.is_cut(slots)
    if interval not in STEPS or not cut.any():
        return chart
    name = _("Only a part of the week") if interval == "1w" else _("Only a part of the month")
    starts = pd.to_datetime(slots.labels, unit="s", utc=True).tz_convert(chosen.zone).tz_localize(None)
    for number, place in enumerate(np.flatnonzero(cut)):
        begin = starts[place]
        end = starts[place + 1] if place + 1 < len(starts) else begin + STEPS[interval]
        chart.figure.add_scatter(
            x=[begin.isoformat(), end.isoformat(), end.isoformat(), begin.isoformat()],
            y=[0, 0, 1, 1],
            yaxis="y2",
            fill="toself",
            mode="none",
            fillcolor=CUT,
            fillpattern={"shape": "|", "fgcolor": GRID, "bgcolor": CUT, "size": 10, "solidity": 0.1},
            name=name,
            legendgroup="cut",
            showlegend=number == 0,
            hoverinfo="skip",
        )
    chart.figure.update_layout(yaxis2=figures.OVER)
    if len(starts) <= MOST_TICKS:  # else Plotly names a month more than once
        chart.figure.update_xaxes(tickvals=[start.isoformat() for start in starts])
    table = chart.table
    if table is not None and START in table and len(table) == len(cut):
        table = table.assign(**{_("Whole"): [_("only a part") if one else "" for one in cut]})
    said = ngettext(
        "{count} interval is cut by the range: it holds only a part of its week or month.",
        "{count} intervals are cut by the range: they hold only a part of their week or month.",
        int(cut.sum()),
    ).format(count=int(cut.sum()))
    return dataclasses.replace(chart, alt=f"{chart.alt} {said}", table=table)
