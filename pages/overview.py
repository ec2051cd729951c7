"""Overview: how many contacts and tickets, how they compare, which queues matter."""

import streamlit as st

from freshdesk_core.text import gettext as _
from ui import (
    changed,
    charts,
    data,
    figures,
    known,
    marks,
    metrics,
    notices,
    page,
    queue_detail,
    queues,
)

queue_detail.draw_opened()
chosen = page.begin(_("Overview"))
summary = data.ask("summary", chosen.window, chosen.filters, data.now())

metrics.row(summary)
known.ask(chosen, metrics.told(), key="overview")
if summary.offered == 0:
    page.no_contacts(chosen, is_proven=True)
    st.stop()

figures.show(
    marks.mark(
        charts.contacts_by_kind(
            data.offered(chosen.window, chosen.chart_interval, ("kind",), chosen.filters, fill=True),
            data.ask("ticket_totals", chosen.window, chosen.chart_interval, chosen.filters),
            title=_("Offered contacts by kind, and Freshdesk's tickets"),
            unit=page.unit(chosen),
            interval=chosen.chart_interval,
        ),
        chosen,
    ),
    key="contacts",
)
page.coarser_note(chosen)

changed.draw(chosen, summary)
st.subheader(_("Busiest queues"), anchor=False)
queues.busiest(chosen)
notices.no_aht()
