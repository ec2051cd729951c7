"""The waterfall from Freshdesk's tickets to our contacts."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from ui import figures
from ui.figures import Chart
from ui.palette import Look


@dataclass(frozen=True)
class Bar:
    """From *base* over ``abs(value)``; *text* stands at its end."""

    label: str
    value: int
    base: int
    text: str
    look: Look
    pattern: str = ""


def chart(bars: Sequence[Bar], *, title: str, unit: str) -> Chart:
    """One bar per figure; steps hang between the sums.

    Args:
        bars: From top to bottom; bars of one label share a line.
        title: What is shown.
        unit: What a value counts.
    """
    figure = go.Figure()
    for look, pattern in dict.fromkeys((bar.look, bar.pattern) for bar in bars):
        _add(figure, [bar for bar in bars if (bar.look, bar.pattern) == (look, pattern)], look, pattern)
    figures.dress(figure, title, unit, "1d")
    labels = list(dict.fromkeys(bar.label for bar in bars))
    reach = max((bar.base + abs(bar.value) for bar in bars), default=0)
    figure.update_layout(
        height=84 + 30 * len(labels), showlegend=False, hovermode="closest", barmode="overlay", bargap=0.3
    )
    figure.update_xaxes(type="linear", range=[0, reach * 1.12 or 1], visible=False)
    figure.update_yaxes(
        type="category", categoryorder="array", categoryarray=labels[::-1], tickmode="linear", dtick=1,
        tickformat=None, showgrid=False, zeroline=False, rangemode="normal",
    )  # fmt: skip
    return Chart(figure, figures.alt(title, unit, [f"{bar.label} {bar.text}" for bar in bars if bar.text]))


def _add(figure: go.Figure, bars: Sequence[Bar], look: Look, pattern: str) -> None:
    figure.add_bar(
        orientation="h",
        y=[bar.label for bar in bars],
        x=[abs(bar.value) for bar in bars],
        base=[bar.base for bar in bars],
        text=[bar.text for bar in bars],
        textposition="outside",
        textangle=0,
        cliponaxis=False,
        unselected={"marker": {"opacity": 0.55}},
        hoverinfo="none",  # the figure stands beside its bar; without a hover mode no click would be seen
        marker={
            "color": look.colour,
            "line": {"width": 0},
            "pattern": {
                "shape": pattern,
                "bgcolor": look.colour,
                "fgcolor": "rgba(255,255,255,0.6)",
                "size": 6,
                "solidity": 0.2,
            },
        },
    )
