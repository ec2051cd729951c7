"""One integration: how it does, the app that tells of new contacts, its key, its life and its log."""

from datetime import timedelta

import streamlit as st

from freshdesk_core.health import Status
from freshdesk_core.importing.progress import Progress
from freshdesk_core.noticed import WAITS
from freshdesk_core.text import gettext as _
from freshdesk_core.volumes import IntegrationInfo
from ui import (
    activity,
    address,
    catalogue,
    connected,
    credentials,
    data,
    flash,
    import_card,
    install_app,
    integration_life,
    login,
    markdown,
    notices,
    pausing,
    removal,
    start,
)
from ui.catalogue import WIDTH

LOOK_EVERY = timedelta(seconds=2)


def draw(integration_id: int) -> None:
    """The page of one integration, in the order in which an administrator needs its sections."""
    catalogue.back()
    info = next((one for one in data.ask("integrations") if one.integration_id == integration_id), None)
    if info is None or info.is_sample:
        st.title(_("Integrations"), anchor=False)
        notices.no_such_integration()
        return
    status = next((one for one in data.health_states() if one.name == info.name), None)
    _head(info, status)
    if not login.actor().is_admin:
        notices.admins_only()
    flash.draw()
    if info.is_removed:
        st.markdown(_("No longer imported, its key is forgotten. What was imported before is kept."))
        with st.expander(_("Delete everything"), icon=":material/delete_forever:", key="manage_remove"):
            removal.draw(info, is_allowed=login.actor().is_admin)
        activity.draw(info)
        return
    _import(info, status)
    credentials.draw(info)
    install_app.draw(info)
    integration_life.draw(info)
    activity.draw(info)


def _head(info: IntegrationInfo, status: Status | None) -> None:
    st.title(markdown.escape(info.name), anchor=False)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        connected.badges(info, status)
    st.caption("  ·  ".join(connected.facts(info)))


def _import(info: IntegrationInfo, status: Status | None) -> None:
    st.subheader(_("Import"), anchor=False)
    with st.container(border=True, key="import_now", width=WIDTH):
        progress = _progress(info.integration_id)
        _live(info.integration_id, info.time_zone, _mark(progress), address.seen())
        has_begun = progress is not None and progress.progressed_at is not None
        if status is not None and has_begun and not (status.is_green or status.state == "paused"):
            st.markdown(_("**What to do:** {step}").format(step=markdown.sentence(status.next_step)))
        for notice in status.notices if status is not None else ():
            if notice.error_code not in WAITS:  # the import under way says so itself
                notices.known(notice)
        pausing.draw(info, is_green=status is not None and status.is_green)


@st.fragment(run_every=LOOK_EVERY)
def _live(integration_id: int, zone: str, drawn: tuple[object, ...], drawn_at: object) -> None:
    """What the import does now; the whole page is drawn anew when a run begins or ends."""
    with notices.guarded():
        progress = _progress(integration_id)
        if _mark(progress) != drawn:
            address.redraw(drawn_at)
        if progress is None:
            return
        if progress.is_running and data.integration(integration_id).paused_at is None:
            start.steps_and_facts(progress)
        else:
            import_card.line(progress, zone)


def _progress(integration_id: int) -> Progress | None:
    return next((one for one in data.every_progress() if one.integration_id == integration_id), None)


def _mark(progress: Progress | None) -> tuple[object, ...]:
    """What makes the rest of the page out of date: another run, or its end."""
    return () if progress is None else (progress.started_at, progress.is_running, progress.outcome)
