"""The section *Manage* of an integration: its name, its start, a range read again, and its end."""

from datetime import UTC, date, datetime

import streamlit as st

from freshdesk_core import formats
from freshdesk_core.errors import CoreError
from freshdesk_core.importing import life
from freshdesk_core.text import gettext as _
from freshdesk_core.volumes import IntegrationInfo
from freshdesk_core.volumes.windows import zone_of
from ui import data, flash, integration_form, login, numbers, removal, rereading, told
from ui.catalogue import WIDTH

RENAMING, STARTING = "rename", "start"


def draw(info: IntegrationInfo) -> None:
    """What can be done with an integration, each behind its own heading."""
    is_allowed = login.actor().is_admin
    st.subheader(_("Manage"), anchor=False)
    with st.container(key="manage", width=WIDTH, gap="small"):
        with st.expander(_("Rename"), icon=":material/edit:", key="manage_rename"):
            _rename(info, is_allowed=is_allowed)
        with st.expander(_("Change the start date"), icon=":material/event:", key="manage_start"):
            _change_start(info, is_allowed=is_allowed)
        with st.expander(_("Read a range again"), icon=":material/history:", key="manage_reread"):
            rereading.draw(info, is_allowed=is_allowed)
        with st.expander(_("Remove"), icon=":material/delete:", key="manage_remove"):
            removal.draw(info, is_allowed=is_allowed)


def _rename(info: IntegrationInfo, *, is_allowed: bool) -> None:
    with st.form("rename_form", border=False):
        new_name = st.text_input(
            _("New name"), value=info.name, key="new_name", help=integration_form.name_help()
        )
        is_sent = st.form_submit_button(_("Rename"), key="rename", disabled=not is_allowed)
        st.caption(_("Figures, queues and links stay as they are; only the name changes."))
    if is_sent:
        _send_name(info, new_name)
    told.draw(RENAMING)


def _send_name(info: IntegrationInfo, new_name: str) -> None:
    told.forget(RENAMING)
    try:
        renamed = life.rename(login.actor(), data.store(), info.name, new_name)
    except CoreError as error:
        told.keep(RENAMING, error)
        return
    flash.say(_("Renamed to {name}.").format(name=renamed.name))
    st.rerun()


def _change_start(info: IntegrationInfo, *, is_allowed: bool) -> None:
    present = _day(info.since, info.time_zone)
    st.markdown(
        _("Contacts count from **{day}** on.").format(day=formats.day(present))
        if present
        else _("**Everything** that Freshdesk has is counted.")
    )
    with st.form("start_form", border=False):
        since = integration_form.start_field("new_since", present)
        is_sent = st.form_submit_button(_("Change the start"), key="change_start", disabled=not is_allowed)
        st.caption(
            _(
                "A later day takes the contacts before it out of the figures. An earlier day counts them, "
                "and what was never read is fetched by the next import."
            )
        )
    if is_sent:
        _send_start(info, since)
    told.draw(STARTING)


def _send_start(info: IntegrationInfo, since: date | None) -> None:
    told.forget(STARTING)
    try:
        changed = life.change_start(login.actor(), data.store(), info.name, since)
    except CoreError as error:
        told.keep(STARTING, error)
        return
    flash.say(
        _("The start is changed: {counted} rows count now that did not, {excluded} no longer do.").format(
            counted=numbers.whole(changed.counted), excluded=numbers.whole(changed.excluded)
        )
    )
    st.rerun()


def _day(moment: int | None, zone: str) -> date | None:
    return None if moment is None else datetime.fromtimestamp(moment, UTC).astimezone(zone_of(zone)).date()
