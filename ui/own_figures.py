"""The counting explained with the viewer's own figures: a ticket of theirs, and their range as a sum."""

import streamlit as st

from freshdesk_core.text import gettext as _
from freshdesk_core.volumes import Example
from ui import data, filters, identity, markdown, page


def draw() -> None:
    """Show them; nothing while nothing is imported."""
    chosen = filters.current()
    if chosen is None or chosen.window.is_empty:
        return
    example: Example | None = data.ask("example_ticket", chosen.filters)
    found = data.ask("reconcile", chosen.window, chosen.filters)
    if example is None and found.total.tickets_seen is None:
        return
    st.subheader(_("With your own figures"), anchor=False)
    if any(info.is_sample for info in page.shown_integrations(chosen)):
        st.caption(_("These are figures of the sample account."))
    if example is not None:
        st.markdown(told(example, chosen.zone))
    if found.total.tickets_seen is not None:
        st.markdown(
            _("**{range}**, as the page Contacts vs tickets adds it up:").format(
                range=page.range_words(chosen.window)
            )
            + " "
            + identity.sentence(found.total)
        )


def told(example: Example, zone: str) -> str:
    """A ticket and its two contacts, as Markdown."""
    return _(
        "**Ticket [{id}]({url})** was created {created}: **1 contact** in *{tickets}*. The customer wrote "
        "again "
        "{replied}: **1 contact** in *{replies}*. Freshdesk counts 1 ticket, Inflow 2 offered contacts; "
        "whatever "
        "agents did in between adds nothing."
    ).format(
        id=example.ticket_id,
        url=example.ticket_url,
        created=data.local_time(example.created_at, zone),
        replied=data.local_time(example.replied_at, zone),
        tickets=markdown.escape(example.tickets_queue),
        replies=markdown.escape(example.replies_queue),
    )
