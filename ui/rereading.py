"""A range read again in place, with what changed."""

from collections.abc import Mapping
from datetime import date, timedelta

import pandas as pd
import streamlit as st

from freshdesk_core import formats
from freshdesk_core.errors import CoreError
from freshdesk_core.importing import life
from freshdesk_core.importing.life import Reimported
from freshdesk_core.importing.log import Run
from freshdesk_core.importing.measures import measure
from freshdesk_core.settings import Settings
from freshdesk_core.text import gettext as _
from freshdesk_core.volumes import IntegrationInfo
from ui import data, login, markdown, notices, numbers

DEFAULT_DAYS = 7
RESULT = "_reimported"
MEASURES = ("tickets", "conversations", "offered", "new_ticket_contacts", "replies")


def draw(info: IntegrationInfo, *, is_allowed: bool) -> None:
    """Which days to read again, how far it is, and the figures before and after."""
    st.markdown(
        _(
            "Reads every ticket made in these days and every conversation written in them once more, and "
            "corrects what differs. Not needed in everyday use: imports correct themselves. Figures outside "
            "the range stay."
        )
    )
    today = data.today(info.time_zone)
    with st.form("reread_form", border=False):
        days = st.date_input(
            _("First and last day, in {zone}").format(zone=markdown.escape(info.time_zone)),
            value=(today - timedelta(days=DEFAULT_DAYS), today),
            min_value=life.FIRST_DAY,
            max_value=today,
            format=formats.picker(),
            key="reread_days",
        )
        is_sent = st.form_submit_button(
            _("Read again"), icon=":material/history:", key="reread", disabled=not is_allowed
        )
    if is_sent and isinstance(days, tuple) and days:
        _read(info, days[0], days[-1])
    kept = st.session_state.get(RESULT)
    if kept and kept[0] == info.integration_id:
        _result(kept[1])


def _read(info: IntegrationInfo, first: date, last: date) -> None:
    st.session_state.pop(RESULT, None)
    with st.status(
        _("Reading {first} to {last} again …").format(first=first, last=last), expanded=True
    ) as words:
        line = st.empty()

        def on_progress(run: Run) -> None:
            line.caption(
                _("Read so far: tickets {tickets}, threads {threads}, calls {calls}").format(
                    tickets=numbers.whole(run.tickets_read),
                    threads=numbers.whole(run.threads_read),
                    calls=numbers.whole(run.calls),
                )
            )

        try:
            done = life.reimport(
                login.actor(),
                data.store(),
                Settings.from_environment(),
                info.name,
                first,
                last + timedelta(days=1),
                on_progress=on_progress,
            )
        except CoreError as error:
            words.update(label=_("Nothing was read"), state="error", expanded=True)
            notices.fault(error)
            return
        is_done = done.outcome == "complete"
        words.update(
            label=_("Read again") if is_done else _("Not finished"), state="complete" if is_done else "error"
        )
    st.session_state[RESULT] = (info.integration_id, done)


def _result(done: Reimported) -> None:
    if done.error is not None:
        notices.fault(done.error)
    elif done.outcome != "complete":
        st.info(
            _("Interrupted: read the same range again, and it goes on from there."), icon=":material/pause:"
        )
    st.table(comparison(done.before, done.after), alt=_("The range before and after it was read again"))
    changed = [
        f"{markdown.escape(measure(name))} {numbers.whole(count)}"
        for name, count in done.changes.items()
        if count
    ]
    st.caption(_("Rows changed: {changes}.").format(changes=", ".join(changed) or _("none")))


def comparison(before: Mapping[str, int], after: Mapping[str, int]) -> pd.DataFrame:
    """One row per measure: before, after, difference; as texts, so that a sign is seen."""
    named = [*MEASURES, *sorted({*before, *after} - {*MEASURES})]
    rows = [
        (
            markdown.escape(measure(name)),
            numbers.whole(before.get(name, 0)),
            numbers.whole(after.get(name, 0)),
            numbers.signed(after.get(name, 0) - before.get(name, 0), "", decimals=0),
        )
        for name in named
        if name in before or name in after
    ]
    frame = pd.DataFrame(rows, columns=[_("In the range"), _("Before"), _("After"), _("Difference")])
    return frame.set_index(_("In the range"))
