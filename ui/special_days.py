"""Holidays and remarks: set on the page Patterns, seen in every chart over days. They change no figure."""

import dataclasses
from collections.abc import Callable, Sequence
from datetime import date, timedelta

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from freshdesk_core import formats
from freshdesk_core.errors import CoreError
from freshdesk_core.store import special_days
from freshdesk_core.store.special_days import HOLIDAY, KINDS, REMARK, SpecialDay
from freshdesk_core.text import gettext as _
from freshdesk_core.volumes import Window
from ui import data, figures, login, markdown, notices, page, tables
from ui.figures import START, Chart
from ui.filters import FIRST_DAY, Chosen
from ui.palette import OTHER

SYMBOLS = {HOLIDAY: "diamond", REMARK: "circle-open"}
MOST_IN_WORDS = 12
FORM = ("special_date", "special_name")


def of(chosen: Chosen, window: Window | None = None) -> list[SpecialDay]:
    """The special days of a window, by default the chosen one, of the accounts that are shown."""
    days = (window or chosen.window).days()
    ids = [info.integration_id for info in page.shown_integrations(chosen)]
    return special_days.listed(data.store(), ids, days[0], days[-1]) if days else []


def mark(chart: Chart, chosen: Chosen) -> Chart:
    """Mark the special days of the range in a chart over time: seen, hovered, in its words and its table."""
    found = of(chosen)
    if not found:
        return chart
    for kind in KINDS:
        if some := [one for one in found if one.kind == kind]:
            _add(chart.figure, kind, some)
    chart.figure.update_layout(
        yaxis2={"overlaying": "y", "range": [0, 1], "visible": False, "fixedrange": True}
    )
    table = chart.table
    if table is not None and (column := next((name for name in (START, "day") if name in table), None)):
        table = table.assign(**{_("Special days"): beside(table[column], found)})
    return dataclasses.replace(chart, alt=f"{chart.alt} {words(found)}", table=table)


def words(found: Sequence[SpecialDay]) -> str:
    """The special days in a sentence, for those who do not see them."""
    named = [f"{formats.day(one.day)} {markdown.plain(one.name)}" for one in found[:MOST_IN_WORDS]]
    if len(found) > MOST_IN_WORDS:
        named.append(_("{count} more").format(count=len(found) - MOST_IN_WORDS))
    return _("Special days: {days}.").format(days="; ".join(named))


def beside(starts: pd.Series, found: Sequence[SpecialDay]) -> list[str]:
    """For each interval the names of the special days that begin in it. *starts* are days or local times."""
    days = [
        start if isinstance(start, date) and not isinstance(start, pd.Timestamp) else start.date()
        for start in starts
    ]
    ends = [*days[1:], days[-1] + timedelta(days=1)] if days else []
    named = []
    for number, (first, end) in enumerate(zip(days, ends, strict=True)):
        is_later = (
            number > 0 and days[number - 1] == first
        )  # of the intervals of a day the first bears its name
        inside = (
            []
            if is_later
            else [one for one in found if first <= one.day < max(end, first + timedelta(days=1))]
        )
        named.append("; ".join(markdown.plain(one.name) for one in inside))
    return named


def manage(chosen: Chosen) -> None:
    """Set special days and take them back."""
    st.subheader(_("Special days"), anchor=False)
    st.caption(
        _(
            "Holidays and remarks stand beside the figures in every chart over days, for everybody. They "
            "change no "
            "figure."
        )
    )
    is_allowed = login.actor().is_admin
    _form(chosen, is_allowed=is_allowed)
    if not is_allowed:
        st.caption(_(":material/visibility: Only admins set special days: everybody sees them."))
    ids = [info.integration_id for info in page.shown_integrations(chosen)]
    kept = special_days.listed(data.store(), ids)
    if kept:
        _list(chosen, kept, is_allowed=is_allowed)


def kind_label(kind: str) -> str:
    """Name a kind."""
    return {HOLIDAY: _("Holiday"), REMARK: _("Remark")}.get(kind, kind)


def _add(figure: go.Figure, kind: str, some: Sequence[SpecialDay]) -> None:
    figure.add_scatter(
        x=[f"{one.day:%Y-%m-%d}" for one in some],
        y=[1.0] * len(some),
        yaxis="y2",
        mode="markers",
        name=kind_label(kind),
        text=[markdown.chart(one.name) for one in some],
        hovertemplate="%{text}<extra></extra>",
        marker={"symbol": SYMBOLS[kind], "size": 9, "color": OTHER.colour, "line": {"width": 1.5}},
        cliponaxis=False,
    )
    for one in some:
        figure.add_shape(
            type="line",
            x0=f"{one.day:%Y-%m-%d}",
            x1=f"{one.day:%Y-%m-%d}",
            y0=0,
            y1=1,
            yref="paper",
            layer="below",
            line={"color": figures.HATCH, "width": 1, "dash": "dot"},
        )


def _form(chosen: Chosen, *, is_allowed: bool) -> None:
    infos = page.shown_integrations(chosen)
    everyone = _("All integrations")
    names = {everyone: None} | {markdown.plain(info.name): info.integration_id for info in infos}
    with st.form("special_day", border=False, clear_on_submit=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            day = st.date_input(
                _("Day"),
                value=data.today(chosen.zone),
                min_value=FIRST_DAY,
                max_value=date(special_days.LAST_YEAR, 12, 31),
                format=formats.picker(),
                key="special_date",
            )
            name = st.text_input(_("Name"), max_chars=special_days.LONGEST_NAME, key="special_name")
            kind = st.selectbox(_("Kind"), KINDS, format_func=kind_label, key="special_kind")
            whose = everyone
            if len(infos) > 1:
                whose = st.selectbox(_("Integration"), list(names), key="special_whose")
        is_sent = st.form_submit_button(
            _("Set"), icon=":material/event:", key="special_set", disabled=not is_allowed
        )
    if is_sent:
        _do(lambda: special_days.add(login.actor(), data.store(), day, name, kind, names[whose]))


def _list(chosen: Chosen, kept: list[SpecialDay], *, is_allowed: bool) -> None:
    newest = sorted(kept, key=lambda one: one.day, reverse=True)
    names = {info.integration_id: info.name for info in page.shown_integrations(chosen)}
    frame = pd.DataFrame(
        {
            "day": [one.day for one in newest],
            "name": [one.name for one in newest],
            "kind": [kind_label(one.kind) for one in newest],
            "whose": [names.get(one.integration_id or 0, _("All integrations")) for one in newest],
            "set_by": [one.set_by for one in newest],
            "set_at": [data.local_time(one.set_at, chosen.zone) for one in newest],
        }
    )
    columns = {
        "day": st.column_config.DateColumn(_("Day"), format=formats.table_day()),
        "name": tables.text(_("Name"), width="medium"),
        "kind": tables.text(_("Kind"), width="small"),
        "whose": tables.text(_("Integration")),
        "set_by": tables.text(_("Set by")),
        "set_at": tables.text(_("Set at")),
    }
    tables.show(frame, columns, key="special_days", alt=_("The special days, the latest first"), rows=8)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        gone = st.selectbox(
            _("Take back"),
            newest,
            index=None,
            format_func=lambda one: f"{formats.day(one.day)} {markdown.plain(one.name)}",
            placeholder=_("Choose a day"),
            key="special_gone",
        )
        if (
            st.button(
                _("Take back"),
                icon=":material/event_busy:",
                key="special_remove",
                disabled=not is_allowed or gone is None,
            )
            and gone is not None
        ):
            _do(lambda: special_days.remove(login.actor(), data.store(), gone.special_day_id))
    tables.download(frame, "special-days", page.facts(chosen), key="special_days_file")


def _do(deed: Callable[[], object]) -> None:
    """Do something, say why where it is refused, and draw the page anew."""
    try:
        deed()
    except CoreError as error:
        notices.fault(error)
        return
    st.rerun(scope="app")
