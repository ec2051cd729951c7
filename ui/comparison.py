"""The parts of the page Contacts vs tickets."""

import pandas as pd
import streamlit as st

from freshdesk_core.text import gettext as _
from freshdesk_core.volumes import Line, Reconciliation, ticket_url
from ui import data, identity, tables

SHOWN = ("freshdesk_tickets", "tickets_seen", "new_ticket_contacts", "replies", "offered")


def taken(found: Reconciliation, zone: str) -> None:
    """Say when Freshdesk's total was taken, or that there is none yet."""
    if found.total.freshdesk_tickets is None:
        st.caption(
            _(
                ":material/pending: Freshdesk's own total is **not yet compared** for this whole range. "
                "Totals are taken every night, for the last 120 days; Inflow never makes one up from its "
                "own data."
            )
        )
    elif found.taken_at is not None:
        st.caption(
            _(
                ":material/fact_check: Freshdesk's total comes from its own search, asked separately from "
                "the import; the oldest day used was taken {time}."
            ).format(time=data.local_time(found.taken_at, zone))
        )


def why(total: Line) -> None:
    """Say in words why contacts exceed tickets, with a worked example."""
    st.subheader(_("Why contacts exceed tickets"), anchor=False)
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(
            _(
                "Freshdesk counts **cases**; a planner needs the **times a customer asked for work**. One "
                "ticket can bring several contacts: each time a customer writes again, someone has to read "
                "and answer. Tickets that agents open themselves (outbound e-mails, internal tasks, child "
                "and tracker tickets) are no contacts at all."
            )
        )
    with right, st.container(border=True):
        st.markdown(
            _(
                "**An example.** A customer's e-mail opens a ticket. An agent answers and closes it. Two "
                "days later the customer's e-mail reopens it.\n\n"
                "- Freshdesk: **1 ticket**.\n"
                "- Offered contacts: **2**: one in `CustomerService email Tickets`, one in `CustomerService "
                "email Replies`.\n"
                "- The agent's answer, the closing and the reopening add nothing."
            )
        )


def tables_by(found: Reconciliation, facts: dict[str, str]) -> None:
    """The same figures per day, group and source."""
    st.subheader(_("Per day, group and source"), anchor=False)
    views = {
        _("Day"): (found.days, "day"),
        _("Group"): (found.groups, "group"),
        _("Source"): (found.sources, "source"),
    }
    view = st.segmented_control(
        _("By"), list(views), default=_("Day"), key="by", required=True, label_visibility="collapsed"
    )
    lines, name = views[view]
    frame = identity.table(lines, name)
    if frame.empty:
        return
    shown = {name: tables.text(view, width="medium")}
    shown |= {field: tables.count(identity.label(field)) for field in SHOWN}
    shown["contacts_per_ticket"] = tables.ratio(
        _("Per new ticket"), help_text=_("Offered contacts divided by new-ticket contacts.")
    )
    tables.show(
        frame, shown, key=f"by_{name}", alt=_("Tickets, replies and contacts per {name}").format(name=view)
    )
    missing = _("– means not yet compared, or not completely imported. The files have every line of the sum.")
    tables.download(
        frame,
        f"contacts-vs-tickets-by-{name}",
        facts,
        key=name,
        note=missing if frame["freshdesk_tickets"].isna().any() else None,
    )


def lists(found: Reconciliation, facts: dict[str, str]) -> None:
    """The tickets that only one side has."""
    _listed(
        found.never_imported_tickets,
        _("Never imported: Freshdesk has these tickets, Inflow does not"),
        _("The next import that checks for completeness fetches them."),
        "never-imported-tickets",
        facts,
    )
    _listed(
        found.unexplained_tickets,
        _("Unexplained: Inflow has these tickets alive, Freshdesk's search does not name them"),
        _("Usually they changed after the total was taken; the next comparison clears them."),
        "unexplained-tickets",
        facts,
    )


def _listed(
    tickets: list[tuple[str, int]], title: str, meaning: str, key: str, facts: dict[str, str]
) -> None:
    if not tickets:
        return
    with st.expander(f"{title} ({len(tickets)})", icon=":material/rule:"):
        st.caption(meaning)
        domains = {info.name: info.domain for info in data.ask("integrations")}
        frame = pd.DataFrame(tickets, columns=["integration", "ticket_id"])
        frame["ticket_url"] = [ticket_url(domains[name], ticket_id) for name, ticket_id in tickets]
        shown = {
            "ticket_url": tables.ticket_link(_("Ticket in Freshdesk")),
            "integration": tables.text(_("Integration")),
        }
        tables.show(frame, shown, key=f"{key}_table", alt=title)
        tables.download(frame, key, facts, key=key)
