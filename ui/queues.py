"""The queues of a range as one table: figures, change against the time before, a small chart."""

import pandas as pd
import streamlit as st

from freshdesk_core.text import gettext as _
from ui import address, data, page, tables
from ui.filters import Chosen

BUSIEST = 8
TREND_POINTS = 120


def figures(chosen: Chosen) -> pd.DataFrame:
    """The queues, busiest first.

    Returns:
        The columns of ``volumes.queues``, plus ``change`` (percent against the time before,
        ``Window.previous``; missing where either is not proven), ``share`` (percent of all offered
        contacts) and ``trend`` (list of counts, proven intervals only).
    """
    now = data.ask("queues", chosen.window, chosen.filters)
    before = data.ask("queues", chosen.window.previous(), chosen.filters).set_index("queue_id")["offered"]
    earlier = now["queue_id"].map(before).astype("Float64")
    total = float(now["offered_known"].sum())
    frame = now.assign(
        change=(100 * (now["offered"].astype("Float64") - earlier) / earlier.where(earlier > 0)),
        share=100 * now["offered_known"] / total if total else 0.0,
        trend=now["queue_id"]
        .map(_trends(chosen))
        .map(lambda trend: trend if isinstance(trend, list) else []),
    )
    return frame.sort_values(["offered_known", "queue"], ascending=[False, True], ignore_index=True)


def labels(frame: pd.DataFrame) -> dict[str, str]:
    """Queue id → name; with its integration where another one has a queue of the same name."""
    shared = frame["queue"].duplicated(keep=False)
    told = frame["queue"].where(~shared, frame["queue"] + " · " + frame["integration"])
    return dict(zip(frame["queue_id"], told, strict=True))


def columns(chosen: Chosen) -> dict[str, object]:
    """How the queues are shown."""
    before = page.range_words(chosen.window.previous())
    return {
        "queue": tables.text(_("Queue"), width=230),
        "offered": tables.count(
            _("Offered"), help_text=_("Contacts in the range; – where it is not complete.")
        ),
        "change": tables.percent(
            _("Change"), is_change=True, help_text=_("Against {before}.").format(before=before)
        ),
        "share": tables.percent(_("Share"), help_text=_("Of all offered contacts of the range.")),
        "trend": tables.trend(_("In the range")),
    }


def with_integration(shown: dict[str, object], frame: pd.DataFrame) -> dict[str, object]:
    """The columns, the integration's after the first one where the rows are of several."""
    if frame["integration"].nunique() < 2:
        return shown
    [first, *others] = shown.items()
    return dict([first, ("integration", tables.text(_("Integration"), width=140)), *others])


def busiest(chosen: Chosen) -> None:
    """The busiest queues; a click on a row opens one."""
    frame = figures(chosen)
    known = frame[~frame["is_unknown"] & (frame["offered_known"] > 0)].head(BUSIEST)
    shown = with_integration(columns(chosen), known)
    row = tables.choose(known, shown, key="busiest", alt=_("The busiest queues of the range"))
    st.caption(_("Click a row's box to open the queue. Unknown contacts are kept apart, on the Queues page."))
    if row is not None:
        address.open_queue(str(known.iloc[row]["queue_id"]))


def _trends(chosen: Chosen) -> dict[str, list[int]]:
    """Counts per day (week, month) of each queue, as far as they are proven."""
    interval = "1w" if len(chosen.window.days()) > TREND_POINTS else "1d"
    frame = data.offered(chosen.window, interval, ("queue",), chosen.filters, fill=True)
    known = frame.dropna(subset=["offered"])
    return {str(queue_id): counts.tolist() for queue_id, counts in known.groupby("queue_id")["offered"]}
