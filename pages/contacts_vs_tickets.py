"""Contacts vs tickets: why there are more contacts than Freshdesk has tickets, to the last ticket."""

import streamlit as st

from freshdesk_core.text import gettext as _
from ui import (
    behind,
    cohorts,
    comparison,
    data,
    figures,
    identity,
    known,
    notices,
    page,
    verification,
    waterfall,
)

chosen = page.begin(_("Contacts vs tickets"))
found = data.ask("reconcile", chosen.window, chosen.filters)

st.markdown(identity.sentence(found.total))
comparison.taken(found, chosen.zone)
known.ask(chosen, identity.told(found.total), key="sentence")

if bars := identity.bars(found.total):
    figures.show_choosable(
        waterfall.chart(
            bars, title=_("From Freshdesk's tickets to offered contacts"), unit=_("Tickets, then contacts")
        ),
        key=behind.CHART,
        on_choice=behind.follow_click,
    )
    behind.rows(chosen, found.total)
comparison.lists(found, page.facts(chosen))
comparison.why(found.total)
comparison.tables_by(found, page.facts(chosen))
cohorts.draw(chosen, found.total)
verification.draw(chosen)
notices.no_aht()
