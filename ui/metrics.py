"""The figures at the head of the overview, each with its change against the period before."""

from typing import Literal

import streamlit as st

from freshdesk_core import formats
from freshdesk_core.text import gettext as _
from freshdesk_core.volumes import Summary
from ui import numbers, page


def told() -> dict[str, str]:
    """The figures of the row, by name and label."""
    return {
        "offered": _("Offered contacts"),
        "freshdesk_tickets": _("Freshdesk tickets"),
        "contacts_per_ticket": _("Contacts per new ticket"),
        "reply_share": _("Reply share"),
    }


def row(summary: Summary) -> None:
    """Four figures beside each other, and what their changes are measured against."""
    before = summary.before

    def was(field: str) -> float | None:
        return getattr(before, field) if before else None

    with st.container(horizontal=True, key="metrics"):
        _one(
            _("Offered contacts"),
            numbers.whole(summary.offered),
            numbers.change(summary.change("offered")),
            _("New tickets and customer replies, each counted once."),
        )
        _one(
            _("Freshdesk tickets"),
            numbers.whole(summary.freshdesk_tickets),
            numbers.change(summary.change("freshdesk_tickets")),
            _(
                "Freshdesk's own total, asked for separately. It leaves out spam, deleted and archived "
                "tickets."
            ),
            missing=_("not yet compared"),
        )
        _one(
            _("Contacts per new ticket"),
            numbers.ratio(summary.contacts_per_ticket),
            numbers.difference(summary.contacts_per_ticket, was("contacts_per_ticket")),
            _("Offered contacts divided by new tickets: how often a case makes the customer come back."),
        )
        _one(
            _("Reply share"),
            numbers.share(summary.reply_share),
            numbers.difference(summary.reply_share, was("reply_share"), points=True),
            _("The part of the contacts that are replies on tickets which already exist."),
        )
    _compared_with(summary)


def _one(label: str, value: str, delta: str | None, help_text: str, *, missing: str | None = None) -> None:
    """One figure. Its change is grey on purpose: more contacts are neither good nor bad."""
    arrow: Literal["up", "down", "off"] = "off"  # Streamlit's own choice knows a hyphen alone as minus
    if value == numbers.NO_DATA:
        delta = missing or _("not complete")
    elif delta:
        arrow = "down" if delta.startswith(formats.MINUS) else "up"
    st.metric(
        label,
        value,
        delta or _("no earlier data"),
        delta_color="off",
        delta_arrow=arrow,
        border=True,
        height="stretch",
        help=help_text,
    )


def _compared_with(now: Summary) -> None:
    before = now.before
    if before is None or before.elapsed.is_empty or before.offered is None:
        return
    st.caption(
        _("Changes compare {now} with {before}.").format(
            now=page.range_words(now.elapsed), before=page.range_words(before.elapsed)
        )
    )
