"""Single queues, picked by name or in the table: they are drawn in the chart and have a link each."""

import hashlib

import pandas as pd
import streamlit as st

from freshdesk_core.text import gettext as _
from ui import address, markdown, queues, tables
from ui.palette import SERIES

PICKED = "queues_picked"
MOST = len(SERIES)  # as many as a chart can tell apart
ROUND = "_rounds_of_picks"


def ask(everything: pd.DataFrame) -> tuple[str, ...]:
    """Ask by name, which needs no mouse; returns the ids."""
    names = queues.labels(everything)
    return tuple(
        st.multiselect(
            _("In the chart"),
            list(names),
            format_func=lambda queue_id: markdown.plain(names[queue_id]),
            placeholder=_("Busiest"),
            max_selections=MOST,
            key=PICKED,
            on_change=_draw_table_anew,
            persist_state="session",
        )
    )


def links(everything: pd.DataFrame, queue_ids: tuple[str, ...]) -> None:
    """A link into each of the queues that were picked."""
    if not queue_ids:
        return
    names = queues.labels(everything)
    with st.container(horizontal=True):
        for queue_id in queue_ids:
            label = _("Open {queue}").format(queue=markdown.escape(names[queue_id]))
            address.link_to_queue(queue_id, label, ":material/arrow_forward:")


def table(frame: pd.DataFrame, columns: dict[str, object], picked: tuple[str, ...], *, alt: str) -> None:
    """Draw the queues; those that are picked bear a tick, and a tick picks one."""
    ids = frame["queue_id"].tolist()
    # Another table for other rows, or after a pick by name: only a new one takes ticks from us.
    rows = hashlib.sha256("\n".join(ids).encode()).hexdigest()[:12]
    key = f"queue_table_{st.session_state.get(ROUND, 0)}_{rows}"
    places = [place for place, queue_id in enumerate(ids) if queue_id in picked]

    def follow() -> None:
        ticked = [ids[place] for place in st.session_state[key].selection.rows if place < len(ids)]
        hidden = [queue_id for queue_id in picked if queue_id not in ids]
        st.session_state[PICKED] = [*hidden, *ticked][:MOST]
        if len(hidden) + len(ticked) > MOST:
            _draw_table_anew()

    tables.select(frame, columns, key=key, alt=alt, chosen=places, on_select=follow)


def reset() -> None:
    """Pick nothing."""
    st.session_state[PICKED] = []
    _draw_table_anew()


def _draw_table_anew() -> None:
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
