"""One queue: its course, its pair, and the single contacts with links into Freshdesk."""

import dataclasses

import pandas as pd
import streamlit as st

from freshdesk_core import formats
from freshdesk_core.text import gettext as _
from ui import (
    address,
    charts,
    data,
    figures,
    filters,
    known,
    markdown,
    marks,
    notices,
    numbers,
    page,
    tables,
)
from ui.filters import Chosen
from ui.palette import KINDS

MOST_CONTACTS = 500


def draw_opened() -> None:
    """Draw the queue that the address names in the place of the page; without one, do nothing."""
    if opened := address.queue():
        _draw(opened)
        st.stop()


def _draw(queue_id: str) -> None:
    queue = _find(queue_id)
    if queue is None:
        page.begin(_("Queues"))
        address.link_to_all_queues(_("All queues"))
        notices.no_such_queue()
        return
    chosen = page.begin(markdown.escape(queue["queue"]))
    pair = _pair(chosen, queue)
    with st.container(horizontal=True):
        address.link_to_all_queues(_("All queues"))
        if pair is not None:
            other, label = _other(queue)
            address.link_to_queue(pair[f"{other}_queue_id"], label, ":material/swap_horiz:")
    if queue["is_unknown"]:
        notices.unknown_queue()
    if former := list(queue["former_names"]):
        st.caption(
            _(":material/history: Formerly {names}. A rename splits nothing.").format(
                names=", ".join(markdown.escape(name) for name in former)
            )
        )
    _figures(queue, pair)
    _known(chosen, queue, pair)
    _chart(chosen, queue, pair)
    _contacts(chosen, queue)
    notices.no_aht()


def _find(queue_id: str) -> pd.Series | None:
    chosen = filters.current()
    if chosen is None:
        return None
    frame = data.ask("queues", chosen.window, chosen.filters)
    rows = frame[frame["queue_id"] == queue_id]
    return None if rows.empty else rows.iloc[0]


def _figures(queue: pd.Series, pair: pd.Series | None) -> None:
    """The queue's figure, and its pair's where it has one."""
    with st.container(horizontal=True, key="queue_metrics"):
        _metric(_("Offered contacts"), queue["offered"])
        if pair is None:
            return
        other, _label = _other(queue)
        _metric(_("Replies of the pair") if other == "replies" else _("Tickets of the pair"), pair[other])
        _metric(_("Sum of the pair"), pair["offered"])
        _metric(_("Freshdesk tickets"), pair["freshdesk_tickets"], _("not yet compared"))


def _known(chosen: Chosen, queue: pd.Series, pair: pd.Series | None) -> None:
    only = dataclasses.replace(chosen.filters, queue_ids=(str(queue["queue_id"]),))
    asked = {"offered": _("Offered contacts")}
    if pair is not None:
        only = dataclasses.replace(only, groups=(str(pair["group"]),), sources=(str(pair["source"]),))
        asked |= {"pair": _("Sum of the pair"), "freshdesk_tickets": _("Freshdesk tickets")}
    known.ask(dataclasses.replace(chosen, filters=only), asked, key="queue")


def _other(queue: pd.Series) -> tuple[str, str]:
    """The other half of a queue's pair: its columns' name, and the words of a link to it."""
    if queue["kind"] == "Tickets":
        return "replies", _("The Replies queue of this pair")
    return "tickets", _("The Tickets queue of this pair")


def _pair(chosen: Chosen, queue: pd.Series) -> pd.Series | None:
    if queue["is_unknown"]:
        return None
    pairs = data.ask("pairs", chosen.window, chosen.filters)
    column = "tickets_queue_id" if queue["kind"] == "Tickets" else "replies_queue_id"
    rows = pairs[pairs[column] == queue["queue_id"]]
    return None if rows.empty else rows.iloc[0]


def _metric(label: str, value: object, missing: str = "") -> None:
    """A figure; where there is none, a dash and why."""
    if pd.isna(value):
        st.metric(
            label,
            numbers.NO_DATA,
            missing or _("not complete"),
            delta_color="off",
            delta_arrow="off",
            border=True,
        )
    else:
        st.metric(label, numbers.whole(value), border=True, height="stretch")


def _chart(chosen: Chosen, queue: pd.Series, pair: pd.Series | None) -> None:
    """The queue over time; or the pair, with Freshdesk's tickets of its group and source."""
    ids, totals = [queue["queue_id"]], None
    if pair is not None and _with_pair():
        ids = [pair["tickets_queue_id"], pair["replies_queue_id"]]
    only = dataclasses.replace(chosen.filters, queue_ids=tuple(ids))
    window, interval = chosen.window, chosen.chart_interval
    if len(ids) > 1:
        totals = data.ask("ticket_totals", window, interval, only)
    figures.show(
        marks.mark(
            charts.contacts_by_kind(
                data.offered(window, interval, ("kind",), only, fill=True),
                totals,
                title=_("Offered contacts of the pair") if len(ids) > 1 else _("Offered contacts"),
                unit=page.unit(chosen),
                interval=interval,
            ),
            chosen,
        ),
        key="queue_chart",
    )
    page.coarser_note(chosen)


def _with_pair() -> bool:
    alone, both = _("This queue"), _("The pair, summed")
    choice = st.segmented_control(
        _("Show"), [alone, both], default=alone, key="with_pair", required=True, label_visibility="collapsed"
    )
    return choice == both


def _contacts(chosen: Chosen, queue: pd.Series) -> None:
    st.subheader(_("Single contacts, newest first"), anchor=False)
    frame = data.ask("contacts", chosen.window, queue["queue_id"], MOST_CONTACTS)
    if frame.empty:
        page.no_contacts(chosen, is_proven=not pd.isna(queue["offered"]))
        return
    shown = {
        "occurred_at": st.column_config.DatetimeColumn(
            _("When"), format=formats.table_moment(), timezone=chosen.zone, width="medium"
        ),
        "ticket_url": tables.ticket_link(_("Ticket in Freshdesk")),
    }
    if queue["kind"] not in KINDS or queue["is_unknown"]:
        shown |= {"group": tables.text(_("Group")), "source": tables.text(_("Source"), width="small")}
    if queue["kind"] == "Replies":
        shown["decided_words"] = tables.text(
            _("Source decided by"), help_text=_("What told Inflow how this reply came in.")
        )
    decided = frame["decided_by"].map(
        {"channel": _("its own channel"), "email": _("being an e-mail"), "ticket": _("its ticket"), "": ""}
    )
    tables.show(
        frame.assign(decided_words=decided), shown, key="contacts", alt=_("The single contacts of this queue")
    )
    limit = _("The newest {count} are shown.").format(count=MOST_CONTACTS)
    tables.download(
        frame,
        "contacts",
        page.facts(chosen),
        key="contacts",
        note=limit if len(frame) == MOST_CONTACTS else None,
    )
