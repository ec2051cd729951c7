"""The rows behind a bar of the waterfall: opened by a click on the bar, or by name."""

import pandas as pd
import streamlit as st

from freshdesk_core import formats
from freshdesk_core.text import gettext as _
from freshdesk_core.volumes import Line
from ui import data, identity, numbers, page, tables
from ui.filters import Chosen

CHART = "waterfall"
KEY = "behind"
MOST_ROWS = 1000
NOT_LISTED = {"freshdesk_tickets"}  # Freshdesk's own figure: it has no rows here


def follow_click() -> None:
    """Open what was clicked."""
    points = st.session_state[CHART].selection.points
    fields = {identity.label(field): field for field in identity.DRAWN}
    if points and points[0]["y"] in fields:
        st.session_state[KEY] = fields[points[0]["y"]]


def rows(chosen: Chosen, total: Line) -> None:
    """Ask for a figure, and list what it counts."""
    values = {name: value for name, value in total.figures().items() if value and name not in NOT_LISTED}
    if not values:
        return
    if st.session_state.get(KEY) not in values:
        st.session_state[KEY] = None
    field = st.selectbox(
        _("Show the rows behind"),
        list(values),
        index=None,
        format_func=lambda name: f"{identity.label(name)}: {numbers.whole(values[name])}",
        placeholder=_("Click a bar, or choose a figure"),
        key=KEY,
    )
    if field:
        _list(chosen, field, values[field])


def _list(chosen: Chosen, field: str, value: int) -> None:
    frame = data.ask("rows_behind", chosen.window, field, chosen.filters, MOST_ROWS)
    shown = {
        "occurred_at": st.column_config.DatetimeColumn(
            _("When"), format=formats.table_moment(), timezone=chosen.zone, width="medium"
        ),
        "ticket_url": tables.ticket_link(_("Ticket in Freshdesk")),
        "why": tables.text(_("Why it is here"), width="medium"),
        "group": tables.text(_("Group")),
        "source": tables.text(_("Source"), width="small"),
    }
    parts = zip(frame["conversation_id"], frame["fate"], frame["result"], strict=True)
    labelled = frame.assign(why=[_why(*row) for row in parts])
    title = _("The rows behind: {figure}").format(figure=identity.label(field))
    tables.show(labelled, shown, key="behind_rows", alt=title)
    tables.download(frame, f"rows-{field}", page.facts(chosen), key="behind", note=_limits(frame, value))


def _limits(frame: pd.DataFrame, value: int) -> str | None:
    """What the list leaves out."""
    count = frame.attrs["count"]
    if len(frame) < count:
        return _("The newest {count} of {all} are shown.").format(
            count=numbers.whole(len(frame)), all=numbers.whole(count)
        )
    if count < value:
        return _(
            "Of {all} only these are known by name: not every day's tickets were compared one by one."
        ).format(all=numbers.whole(value))
    return None


def _why(conversation_id: object, fate: str, result: str) -> str:
    """Why a row is part of the sum, in words."""
    state = {
        "spam": _("marked as spam"),
        "deleted": _("deleted in Freshdesk"),
        "archived": _("archived in Freshdesk"),
    }.get(fate)
    what = {
        "outbound_email": _("An agent began it: no contact"),
        "internal_task": _("An internal task: no contact"),
        "child_ticket": _("A child ticket, made by an agent: no contact"),
        "tracker_ticket": _("A tracker ticket, made by an agent: no contact"),
        "": _("Freshdesk has it, Inflow has not read it yet"),
    }.get(result)
    if what is None:
        what = (
            _("A new ticket: one contact")
            if conversation_id is pd.NA
            else _("A customer's reply: one contact")
        )
    return f"{what}; {state}" if state else what
