"""The charts over time. Each has a title, a unit, words and a table, and a cue besides colour.

Intervals without data are hatched and labelled, never drawn as 0.
"""

from collections import Counter

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from freshdesk_core.text import gettext as _
from freshdesk_core.text import ngettext
from ui import figures, markdown, numbers
from ui.figures import START, Chart
from ui.palette import FRESHDESK, KINDS, OTHER, SERIES, Look

QUEUES_HEIGHT = 400
OVERSHADOWING = 2  # times as high as the busiest queue: what is summed up waits in the legend for a click


def contacts_by_kind(
    offered: pd.DataFrame, totals: pd.DataFrame | None, *, title: str, unit: str, interval: str
) -> Chart:
    """Contacts over time, stacked by kind, with Freshdesk's own ticket figure as a line over them.

    Args:
        offered: ``interval_start``, ``kind``, ``offered`` (<NA>: no data), every interval filled.
        totals: ``interval_start``, ``freshdesk_tickets`` (<NA>: not yet compared); None: leave the line out.
        title: What is shown.
        unit: What a value counts, and per what.
        interval: Into what the range is cut; decides how times are written.
    """
    wide = offered.pivot(index=START, columns="kind", values="offered")
    kinds = [kind for kind in KINDS if kind in wide]
    figure = go.Figure()
    for kind in kinds:
        _stacked(figure, kind, KINDS[kind], wide.index, figures.values(wide[kind]))
    missing = wide[kinds].isna().any(axis=1).to_numpy()
    figures.hatch(figure, wide.index, missing, interval)
    table = wide[kinds].rename(columns=_kind_label)
    if totals is not None and totals["freshdesk_tickets"].notna().any():
        label = _("Freshdesk tickets")
        table[label] = totals.set_index(START)["freshdesk_tickets"]
        _line(figure, label, FRESHDESK, wide.index, figures.values(table[label]), width=2.5)
    figures.dress(figure, title, unit, interval)
    return Chart(figure, figures.alt(title, unit, _sums(table), missing), table.reset_index())


def queues(
    frame: pd.DataFrame,
    names: dict[str, str],
    everything: pd.DataFrame,
    others: int,
    *,
    title: str,
    unit: str,
    interval: str,
) -> Chart:
    """Queues over time, and what all the others add up to.

    Args:
        frame: ``interval_start``, ``queue_id``, ``offered`` (<NA>: no data), every interval filled.
        names: Queue id → name of those to draw, at most ``len(SERIES)``.
        everything: ``interval_start``, ``offered`` of all queues, the others included.
        others: How many queues there are besides.
        title: What is shown.
        unit: What a value counts, and per what.
        interval: Into what the range is cut.
    """
    names = _told_apart(names)
    wide = frame.pivot(index=START, columns="queue_id", values="offered")[list(names)]
    figure = go.Figure()
    for (queue_id, name), look in zip(names.items(), SERIES, strict=False):
        _line(figure, markdown.chart(name), look, wide.index, figures.values(wide[queue_id]))
    table = wide.rename(columns={queue_id: markdown.plain(name) for queue_id, name in names.items()})
    if others:
        label = ngettext("{count} other queue", "{count} other queues", others).format(count=others)
        table[label] = everything.set_index(START)["offered"] - wide.sum(axis=1, skipna=False)
        _line(figure, label, OTHER, wide.index, figures.values(table[label]))
        if _peak(table[label]) > OVERSHADOWING * max(_peak(wide[queue_id]) for queue_id in names):
            figure.data[-1].visible = "legendonly"
    missing = wide.isna().any(axis=1).to_numpy()
    figures.hatch(figure, wide.index, missing, interval)
    figures.dress(figure, title, unit, interval)
    figure.update_layout(height=QUEUES_HEIGHT)
    return Chart(figure, figures.alt(title, unit, _sums(table), missing), table.reset_index())


def _told_apart(names: dict[str, str]) -> dict[str, str]:
    """Two queues that bear one name stay two: the later ones are numbered."""
    told: dict[str, str] = {}
    met: Counter[str] = Counter()
    for queue_id, name in names.items():
        met[name] += 1
        told[queue_id] = name if met[name] == 1 else f"{name} ({met[name]})"
    return told


def _stacked(
    figure: go.Figure, kind: str, look: Look, starts: pd.DatetimeIndex, counts: npt.NDArray[np.float64]
) -> None:
    """Areas on top of each other, one group per unbroken run: a stack across a gap would draw zeros."""
    for number, run in enumerate(figures.runs(~np.isnan(counts))):
        figure.add_scatter(
            **figures.times(starts[run]),
            y=figures.compact(counts[run]),
            name=_kind_label(kind),
            legendgroup=kind,
            showlegend=number == 0,
            stackgroup=f"run {number}",
            mode="lines+markers" if run.stop - run.start == 1 else "lines",
            line={"color": look.colour, "width": 1.75, "dash": look.dash},
            fillcolor=look.faint(),
            fillpattern=_pattern(kind, look),
        )


def _pattern(kind: str, look: Look) -> dict[str, object]:
    """Replies are dotted: the second cue besides colour."""
    if kind == "Tickets":
        return {"shape": ""}
    return {"shape": ".", "fgcolor": look.faint(0.7), "bgcolor": look.faint(0.2), "size": 5, "solidity": 0.15}


def _line(
    figure: go.Figure,
    name: str,
    look: Look,
    starts: pd.DatetimeIndex,
    counts: npt.NDArray[np.float64],
    width: float = 2,
) -> None:
    known = int((~np.isnan(counts)).sum())
    figure.add_scatter(
        **figures.times(starts),
        y=figures.compact(counts),
        name=name,
        mode="lines+markers" if known < 3 else "lines",
        line={"color": look.colour, "width": width, "dash": look.dash},
        connectgaps=False,
    )


def _kind_label(kind: str) -> str:
    return {"Tickets": _("New tickets"), "Replies": _("Replies")}.get(kind, kind)


def _peak(counts: pd.Series) -> float:
    return 0 if counts.isna().all() else float(counts.max())


def _sums(table: pd.DataFrame) -> list[str]:
    """Each column with its sum, in words."""
    words = []
    for name in table:
        total = numbers.whole(int(table[name].sum()))
        if not table[name].notna().all():
            total = _("{total} in the part with data").format(total=total)
        words.append(f"{name}: {total}")
    return words
