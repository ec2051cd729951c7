"""The figures at the head of the overview, each with its change against the period before."""

import streamlit as st

from freshdesk_core.text import gettext as _
from freshdesk_core.volumes import Summary
from ui import numbers, page


def row(summary: Summary) -> None:
    """Four figures beside each other."""
    before = summary.before
    compared = _("vs {range}").format(range=page.range_words(before.elapsed)) if before else None

    def last(field: str) -> float | None:
        return getattr(before, field) if before else None

    with st.container(horizontal=True, key="metrics"):
        _one(
            _("Offered contacts"),
            numbers.whole(summary.offered),
            numbers.change(summary.offered, last("offered")),
            compared,
            _("New tickets and customer replies, each counted once."),
        )
        _one(
            _("Freshdesk tickets"),
            _("not yet compared")
            if summary.freshdesk_tickets is None
            else numbers.whole(summary.freshdesk_tickets),
            numbers.change(summary.freshdesk_tickets, last("freshdesk_tickets")),
            compared,
            _(
                "Freshdesk's own total, asked for separately. It leaves out spam, deleted and archived "
                "tickets."
            ),
        )
        _one(
            _("Contacts per new ticket"),
            numbers.ratio(summary.contacts_per_ticket),
            numbers.difference(summary.contacts_per_ticket, last("contacts_per_ticket")),
            compared,
            _("Offered contacts divided by new tickets: how often a case makes the customer come back."),
        )
        _one(
            _("Reply share"),
            numbers.share(summary.reply_share),
            numbers.difference(summary.reply_share, last("reply_share"), points=True),
            compared,
            _("The part of the contacts that are replies on tickets which already exist."),
        )


def _one(label: str, value: str, delta: str | None, compared: str | None, help_text: str) -> None:
    # Grey on purpose: more contacts are neither good nor bad.
    st.metric(
        label,
        value,
        delta,
        delta_color="off",
        delta_description=compared if delta else None,
        border=True,
        help=help_text,
    )
