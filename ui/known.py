"""The question "How do you know?" beside figures: rule, as of, complete to, tickets."""

import streamlit as st

from freshdesk_core.text import gettext as _
from freshdesk_core.volumes import Filters, Known, Window
from ui import data, markdown, notices, numbers
from ui.filters import Chosen


def ask(chosen: Chosen, figures: dict[str, str], *, key: str) -> None:
    """Offer the answer for some figures; it is looked up when somebody asks.

    Args:
        chosen: What the figures sum up.
        figures: Name in ``volumes.how_known`` → what it is called on this page.
        key: The button's name in this page.
    """
    _popover(chosen.window, chosen.filters, figures, f"known_{key}")


@st.fragment
def _popover(window: Window, filters: Filters, figures: dict[str, str], key: str) -> None:
    popover = st.popover(
        _("How do you know?"), icon=":material/help_center:", type="tertiary", key=key, on_change="rerun"
    )
    if not popover.open:
        return
    with popover, notices.guarded():
        for known in data.ask("how_known", tuple(figures), window, filters):
            st.markdown(told(known, figures[known.figure], window.zone))


def told(known: Known, label: str, zone: str) -> str:
    """How a figure is known, as Markdown."""
    lines = [
        f"**{markdown.escape(label)}**",
        known.rule,
        _("As of {as_of}, complete up to {complete}, {zone}.").format(
            as_of=_moment(known.as_of, zone),
            complete=_moment(known.complete_to, zone),
            zone=markdown.escape(zone),
        ),
        _("Tickets in it, for example: {tickets}.").format(
            tickets=", ".join(f"[{ticket_id}]({url})" for ticket_id, url in known.examples)
        )
        if known.examples
        else _("It counts no ticket in this range."),
    ]
    return "  \n".join(lines)


def _moment(epoch: int | None, zone: str) -> str:
    return numbers.NO_DATA if epoch is None else data.local_time(epoch, zone)
