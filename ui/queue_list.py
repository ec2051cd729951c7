"""All queues: a chart of the busiest or of those picked, tables by queue and by pair, Unknown apart."""

import dataclasses

import numpy as np
import pandas as pd
import streamlit as st

from freshdesk_core.text import gettext as _
from freshdesk_core.volumes import UnknownShare
from ui import (
    address,
    charts,
    data,
    figures,
    known,
    marks,
    narrowing,
    notices,
    numbers,
    page,
    queue_picks,
    queues,
    tables,
    take_away,
)
from ui.filters import Chosen


def draw() -> None:
    """Draw the list of queues."""
    chosen = page.begin(_("Queues"))
    everything = queues.figures(chosen)
    if not everything["offered_known"].sum():
        page.no_contacts(chosen, is_proven=bool(everything["offered"].notna().all()))
        return
    chosen, wanted, picked = _narrowed(chosen, everything)
    shown = _found(queues.figures(chosen), wanted)
    certain, unknown = shown[~shown["is_unknown"]], shown[shown["is_unknown"]]
    if certain.empty:
        notices.too_narrow(_reset)
        return
    _chart(chosen, certain, [queue_id for queue_id in picked if queue_id in set(everything["queue_id"])])
    _view(chosen, certain, wanted, picked)
    known.ask(chosen, _told(), key="queues")
    _notes(certain)
    if not unknown.empty:
        _unknown(chosen, unknown)
    take_away.draw(chosen)
    notices.no_aht()


def _view(chosen: Chosen, certain: pd.DataFrame, wanted: str, picked: tuple[str, ...]) -> None:
    """The table that the viewer chose."""
    names = [_("Queues"), _("Pairs"), _("Groups"), _("Sources")]
    view = st.segmented_control(
        _("Show"), names, default=names[0], key="view", required=True, label_visibility="collapsed"
    )
    if view == _("Queues"):
        _queues(chosen, certain, picked)
    elif view == _("Pairs"):
        _pairs(chosen, wanted)
    else:
        _totals(chosen, "group" if view == _("Groups") else "source")


def _told() -> dict[str, str]:
    return {"offered": _("Offered"), "change": _("Change"), "unknown": _("Unknown")}


def _narrowed(chosen: Chosen, everything: pd.DataFrame) -> tuple[Chosen, str, tuple[str, ...]]:
    """Ask which groups, sources, kinds and names to list, and which queues to draw."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        narrowed = narrowing.ask(chosen, everything)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        wanted = st.text_input(
            _("Search"),
            key="search",
            bind="query-params",
            placeholder=_("Words of a queue's name, also of a former one"),
            icon=":material/search:",
        )
        picked = queue_picks.ask(everything)
    queue_picks.links(everything, picked)
    return narrowed, wanted or "", picked


def _found(frame: pd.DataFrame, wanted: str) -> pd.DataFrame:
    """The queues whose name, now or before, has all the words."""
    sought = wanted.casefold().split()
    names = zip(frame["queue"], frame["former_names"], strict=True)
    keep = [all(word in " ".join([now, *former]).casefold() for word in sought) for now, former in names]
    return frame[np.array(keep, dtype=bool)].reset_index(drop=True)


def _chart(chosen: Chosen, certain: pd.DataFrame, picked: list[str]) -> None:
    """The queues that were picked, or the busiest of the list, and what all the others add up to."""
    every = data.ask("queues", chosen.window, chosen.filters)
    every = every[~every["is_unknown"]]
    names = queues.labels(every)
    ids = [queue_id for queue_id in picked if queue_id in names] or certain["queue_id"].tolist()
    drawn = {queue_id: names[queue_id] for queue_id in ids[: queue_picks.MOST]}
    without_unknown = dataclasses.replace(chosen.filters, without_unknown=True)
    only = dataclasses.replace(without_unknown, queue_ids=tuple(drawn))
    window, interval = chosen.window, chosen.chart_interval
    figures.show(
        marks.mark(
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


def _queues(chosen: Chosen, certain: pd.DataFrame, picked: tuple[str, ...]) -> None:
    shown = queues.columns(chosen) | {
        "former": tables.text(
            _("Formerly"), help_text=_("Earlier names of the queue. A rename splits nothing.")
        ),
        "channel": tables.text(_("Channel"), width="small"),
    }
    frame = certain.assign(former=[", ".join(names) for names in certain["former_names"]])
    if not frame["former"].any():
        shown.pop("former")
    shown = queues.with_integration(shown, frame)
    queue_picks.table(frame, shown, picked, alt=_("All queues of the range, busiest first"))
    tables.download(
        frame.drop(columns=["trend", "former_names"]),
        "queues",
        page.facts(chosen),
        key="queues",
        note=_("Tick up to {count} queues to draw them above; a link to each appears there.").format(
            count=queue_picks.MOST
        ),
    )


def _totals(chosen: Chosen, by: str) -> None:
    """What the queues of each group, or of each source, add up to."""
    frame = data.ask("queue_totals", chosen.window, by, chosen.filters)
    earlier = frame["before"].astype("Float64")
    frame = frame.assign(
        change=100 * (frame["offered"].astype("Float64") - earlier) / earlier.where(earlier > 0)
    )
    columns = {
        "name": tables.text(_("Group") if by == "group" else _("Source"), width=230),
        "queues": tables.count(_("Queues")),
        "tickets": tables.count(_("Tickets"), help_text=_("Contacts in Tickets queues: new tickets.")),
        "replies": tables.count(_("Replies"), help_text=_("Contacts in Replies queues.")),
        "offered": tables.count(_("Sum"), help_text=_("Tickets and Replies together.")),
        "change": tables.percent(
            _("Change"),
            is_change=True,
            help_text=_("Against {before}.").format(before=page.range_words(chosen.window.previous())),
        ),
    }
    columns = queues.with_integration(columns, frame)
    title = _("Contacts per group") if by == "group" else _("Contacts per source")
    tables.show(frame, columns, key=f"totals_{by}", alt=title)
    tables.download(
        frame,
        f"queues-by-{by}",
        page.facts(chosen),
        key=f"totals_{by}",
        note=_("All contacts of the range and the filters, the Unknown ones in a row of their own."),
    )


def _pairs(chosen: Chosen, wanted: str) -> None:
    frame = data.ask("pairs", chosen.window, chosen.filters)
    frame = frame.assign(pair=frame["group"] + " " + frame["source"])
    sought = wanted.casefold().split()
    keep = [all(word in pair.casefold() for word in sought) for pair in frame["pair"]]
    frame = frame[np.array(keep, dtype=bool)]
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
    shown = queues.with_integration(shown, frame)
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


def _notes(certain: pd.DataFrame) -> None:
    if (certain["source"] == "phone").any():
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
    _growing(chosen)
    shown = queues.with_integration(queues.columns(chosen), unknown)
    row = tables.choose(unknown, shown, key="unknown_table", alt=_("The Unknown queues"))
    if row is not None:
        address.open_queue(str(unknown.iloc[row]["queue_id"]))


def _growing(chosen: Chosen) -> None:
    """Say so where more of the contacts are Unknown than before."""
    share: UnknownShare = data.ask("unknown_share", chosen.window, chosen.filters)
    if share.has_grown:
        st.warning(
            _(
                "**The Unknown share grows:** {now} of the contacts, after {before} in the time before. "
                "Look in "
                "Freshdesk whether more spam comes, or whether a rule marks or deletes tickets that are none."
            ).format(now=numbers.share(share.now), before=numbers.share(share.before)),
            icon=":material/trending_up:",
        )


def _reset() -> None:
    """Take the page's own filters back."""
    narrowing.reset()
    queue_picks.reset()
    st.session_state["search"] = ""
