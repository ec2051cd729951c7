"""One queue: its course, its pair, and the single contacts with links into Freshdesk."""

import dataclasses

import pandas as pd
import streamlit as st

from freshdesk_core.text import gettext as _
from ui import address, charts, data, figures, filters, markdown, notices, numbers, page, tables
from ui.filters import Chosen
from ui.palette import KINDS

MOST_CONTACTS = 500


def draw(queue_id: str) -> None:
    """Draw one queue."""
    queue = _find(queue_id)
    if queue is None:
        page.begin(_("Queues"))
        address.link_to_all_queues(_("All queues"))
        notices.no_such_queue()
        return
    chosen = page.begin(markdown.escape(queue["queue"]))
    address.link_to_all_queues(_("All queues"))
    if queue["is_unknown"]:
        notices.unknown_queue()
    with st.container(horizontal=True, key="queue_metrics"):
        _figures(chosen, queue)
    _chart(chosen, queue)
    _contacts(chosen, queue)
    notices.no_aht()


def _find(queue_id: str) -> pd.Series | None:
    chosen = filters.current()
    if chosen is None:
        return None
    frame = data.ask("queues", chosen.window, chosen.filters)
    rows = frame[frame["queue_id"] == queue_id]
    return None if rows.empty else rows.iloc[0]


def _figures(chosen: Chosen, queue: pd.Series) -> None:
    """The queue's figure, and its pair's where it has one."""
    _metric(_("Offered contacts"), queue["offered"])
    pair = _pair(chosen, queue)
    if pair is None:
        return
    other = "replies" if queue["kind"] == "Tickets" else "tickets"
    other_id = pair[f"{other}_queue_id"]
    _metric(_("Replies of the pair") if other == "replies" else _("Tickets of the pair"), pair[other])
    _metric(_("Sum of the pair"), pair["offered"])
    _metric(
        _("Freshdesk tickets"),
        pair["freshdesk_tickets"],
        missing=_("not yet compared"),
    )
    if isinstance(other_id, str) and other_id:
        address.link_to_queue(other_id, _("Open the other queue of the pair"), ":material/swap_horiz:")


def _pair(chosen: Chosen, queue: pd.Series) -> pd.Series | None:
    if queue["is_unknown"]:
        return None
    pairs = data.ask("pairs", chosen.window, chosen.filters)
    column = "tickets_queue_id" if queue["kind"] == "Tickets" else "replies_queue_id"
    rows = pairs[pairs[column] == queue["queue_id"]]
    return None if rows.empty else rows.iloc[0]


def _metric(label: str, value: object, missing: str = numbers.NO_DATA) -> None:
    st.metric(label, missing if pd.isna(value) else numbers.whole(value), border=True)


def _chart(chosen: Chosen, queue: pd.Series) -> None:
    only = dataclasses.replace(chosen.filters, queue_ids=(queue["queue_id"],))
    figures.show(
        charts.contacts_by_kind(
            data.offered(chosen.window, chosen.chart_interval, ("kind",), only, fill=True),
            None,
            title=_("Offered contacts"),
            unit=page.unit(chosen),
            interval=chosen.chart_interval,
        ),
        key="queue_chart",
    )
    page.coarser_note(chosen)


def _contacts(chosen: Chosen, queue: pd.Series) -> None:
    st.subheader(_("Single contacts, newest first"))
    frame = data.ask("contacts", chosen.window, queue["queue_id"], MOST_CONTACTS)
    if frame.empty:
        notices.truly_none(page.range_words(chosen.window))
        return
    shown = {
        "occurred_at": st.column_config.DatetimeColumn(
            _("When"), format="YYYY-MM-DD HH:mm:ss", timezone=chosen.zone, width="medium"
        ),
        "ticket_url": st.column_config.LinkColumn(
            _("Ticket in Freshdesk"), display_text=r"/tickets/(\d+)", width="small"
        ),
    }
    if queue["kind"] not in KINDS or queue["is_unknown"]:
        shown |= {"group": tables.text(_("Group")), "source": tables.text(_("Source"), width="small")}
    if queue["kind"] == "Replies":
        shown["decided_words"] = tables.text(
            _("Source decided by"), help_text=_("What told Inflow how this reply came in.")
        )
    decided = frame["decided_by"].map(
        {"channel": _("the reply's channel"), "email": _("e-mail traits"), "ticket": _("its ticket"), "": ""}
    )
    tables.show(
        frame.assign(decided_words=decided), shown, key="contacts", alt=_("The single contacts of this queue")
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        tables.download(frame, "contacts", page.facts(chosen), key="contacts")
        if len(frame) == MOST_CONTACTS:
            st.caption(_("The newest {count} are shown.").format(count=MOST_CONTACTS))
