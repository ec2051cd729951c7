"""All queues: a chart of the busiest or of those picked, tables by queue and by pair, Unknown apart."""

import dataclasses

import pandas as pd
import streamlit as st

from freshdesk_core.text import gettext as _
from ui import (
    address,
    charts,
    data,
    figures,
    known,
    markdown,
    narrowing,
    notices,
    page,
    queues,
    special_days,
    tables,
)
from ui.filters import Chosen
from ui.palette import SERIES


def draw() -> None:
    """Draw the list of queues."""
    chosen = page.begin(_("Queues"))
    everything = queues.figures(chosen)
    if not everything["offered_known"].sum():
        page.no_contacts(chosen, is_proven=bool(everything["offered"].notna().all()))
        return
    chosen = _narrowed(chosen, everything)
    shown = queues.figures(chosen)
    certain, unknown = shown[~shown["is_unknown"]], shown[shown["is_unknown"]]
    if certain.empty:
        notices.too_narrow(_reset)
        return
    _chart(chosen, certain)
    view = st.segmented_control(
        _("Show"), [_("Queues"), _("Pairs")], default=_("Queues"), key="view", required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    if view == _("Pairs"):
        _pairs(chosen)
    else:
        _queues(chosen, certain)
    known.ask(chosen, _told(), key="queues")
    _notes(certain)
    if not unknown.empty:
        _unknown(chosen, unknown)
    notices.no_aht()


def _told() -> dict[str, str]:
    return {"offered": _("Offered"), "change": _("Change"), "unknown": _("Unknown")}


def _narrowed(chosen: Chosen, everything: pd.DataFrame) -> Chosen:
    """Ask which groups, sources, kinds or single queues to look at."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        narrowed = narrowing.ask(chosen, everything)
        queue_ids = _pick_queues(everything)
    _links(everything, queue_ids)
    return dataclasses.replace(narrowed, filters=dataclasses.replace(narrowed.filters, queue_ids=queue_ids))


def _pick_queues(everything: pd.DataFrame) -> tuple[str, ...]:
    """Single queues by name: for the chart, and for those who use no mouse the way to open one."""
    names = dict(zip(everything["queue_id"], everything["queue"], strict=True))
    return tuple(
        st.multiselect(
            _("Queue"),
            list(names),
            format_func=lambda queue_id: markdown.plain(names[queue_id]),
            placeholder=_("Busiest"),
            max_selections=len(SERIES),
            key="queues_picked",
            persist_state="session",
        )
    )


def _links(everything: pd.DataFrame, queue_ids: tuple[str, ...]) -> None:
    """A link into each of the queues that were picked."""
    if not queue_ids:
        return
    names = dict(zip(everything["queue_id"], everything["queue"], strict=True))
    with st.container(horizontal=True):
        for queue_id in queue_ids:
            label = _("Open {queue}").format(queue=markdown.escape(names[queue_id]))
            address.link_to_queue(queue_id, label, ":material/arrow_forward:")


def _chart(chosen: Chosen, known: pd.DataFrame) -> None:
    """The busiest queues (or those picked), and what the others add up to."""
    names = dict(zip(known["queue_id"], known["queue"], strict=True))
    drawn = dict(list(names.items())[: len(SERIES)])
    without_unknown = dataclasses.replace(chosen.filters, without_unknown=True)
    only = dataclasses.replace(without_unknown, queue_ids=tuple(drawn))
    window, interval = chosen.window, chosen.chart_interval
    figures.show(
        special_days.mark(
            charts.queues(
                data.offered(window, interval, ("queue",), only, fill=True),
                drawn,
                data.offered(window, interval, (), without_unknown, fill=True),
                len(names) - len(drawn),
                title=_("Offered contacts per queue"),
                unit=page.unit(chosen),
                interval=interval,
            ),
            chosen,
        ),
        key="queues_chart",
    )
    page.coarser_note(chosen)


def _queues(chosen: Chosen, known: pd.DataFrame) -> None:
    shown = queues.columns(chosen) | {
        "former": tables.text(
            _("Formerly"), help_text=_("Earlier names of the queue. A rename splits nothing.")
        ),
        "channel": tables.text(_("Channel"), width="small"),
    }
    frame = known.assign(former=[", ".join(names) for names in known["former_names"]])
    if not frame["former"].any():
        shown.pop("former")
    row = tables.choose(frame, shown, key="queue_table", alt=_("All queues of the range, busiest first"))
    tables.download(
        frame.drop(columns=["trend", "former_names"]),
        "queues",
        page.facts(chosen),
        key="queues",
        note=_("Click a row's box to open the queue."),
    )
    if row is not None:
        address.open_queue(str(frame.iloc[row]["queue_id"]))


def _pairs(chosen: Chosen) -> None:
    frame = data.ask("pairs", chosen.window, chosen.filters)
    frame = frame.assign(pair=frame["group"] + " " + frame["source"])
    frame = frame.sort_values("offered", ascending=False, ignore_index=True)
    shown = {
        "pair": tables.text(_("Group and source"), width=230),
        "tickets": tables.count(_("Tickets"), help_text=_("Contacts in the Tickets queue: new tickets.")),
        "replies": tables.count(_("Replies"), help_text=_("Contacts in the Replies queue.")),
        "offered": tables.count(_("Sum"), help_text=_("Tickets and Replies together.")),
        "freshdesk_tickets": tables.count(
            _("Freshdesk tickets"),
            help_text=_("Freshdesk's own number for this group and source; – means not yet compared."),
        ),
    }
    row = tables.choose(frame, shown, key="pair_table", alt=_("Tickets and Replies queues side by side"))
    missing = _("– under Freshdesk tickets: not yet compared with Freshdesk for the whole range.")
    tables.download(
        frame.drop(columns="pair"),
        "pairs",
        page.facts(chosen),
        key="pairs",
        note=missing if frame["freshdesk_tickets"].isna().any() else None,
    )
    if row is not None:
        pair = frame.iloc[row]
        address.open_queue(str(pair["tickets_queue_id"] or pair["replies_queue_id"]))


def _notes(known: pd.DataFrame) -> None:
    if (known["source"] == "phone").any():
        st.caption(
            _(
                ":material/call: A phone contact is the ticket that an agent logged for a call: one contact, "
                "without ringing or talking time. Calls that were logged as notes are not seen."
            )
        )
    st.caption(
        _(
            ":material/inbox: Every Freshdesk queue belongs to the channel Cases; the source says how the "
            "contact came in."
        )
    )


def _unknown(chosen: Chosen, unknown: pd.DataFrame) -> None:
    st.subheader(_("Unknown, kept apart"), anchor=False)
    notices.unknown_queue()
    row = tables.choose(unknown, queues.columns(chosen), key="unknown_table", alt=_("The Unknown queues"))
    if row is not None:
        address.open_queue(str(unknown.iloc[row]["queue_id"]))


def _reset() -> None:
    """Take the page's own filters back."""
    narrowing.reset()
    st.session_state["queues_picked"] = []
