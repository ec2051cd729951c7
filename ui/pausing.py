"""Pause and resume, and the gap that lasts until an import has closed it."""

import time
from collections.abc import Callable

import streamlit as st

from freshdesk_core.access import Actor
from freshdesk_core.errors import CoreError
from freshdesk_core.importing import keeping, life
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store
from freshdesk_core.text import gettext as _
from freshdesk_core.volumes import IntegrationInfo
from ui import data, flash, login, markdown, told

PAUSING = "pause"
LATE_PERIODS = 3  # an import takes a while itself


def draw(info: IntegrationInfo, *, is_green: bool) -> None:
    """Who paused since when, the gap, and the button that ends or begins a pause."""
    is_paused = said(info)
    _gap(info, is_paused=is_paused, is_green=is_green)
    label, icon = (
        (_("Resume imports"), ":material/play_arrow:")
        if is_paused
        else (_("Pause imports"), ":material/pause:")
    )
    st.button(
        label,
        icon=icon,
        key="pause_or_resume",
        disabled=not login.actor().is_admin,
        # Before the page is drawn anew: what was clicked is what the button said then, whoever paused since.
        on_click=_resume if is_paused else _pause,
        args=(info,),
    )
    told.draw(PAUSING)


def said(info: IntegrationInfo) -> bool:
    """Say who paused an integration since when; tells whether it is paused."""
    account = data.integration(info.integration_id)
    if account.paused_at is None:
        return False
    st.markdown(
        _(":material/pause_circle: **Paused** since {time} by {who}. Nothing is imported.").format(
            time=data.local_time(account.paused_at, info.time_zone),
            who=markdown.escape(account.paused_by or "–"),
        )
    )
    return True


def _pause(info: IntegrationInfo) -> None:
    was_paused = _turned(life.pause, info)
    if was_paused:
        flash.say(_("It was paused already: somebody else did so meanwhile."))
    elif was_paused is not None:
        flash.say(_("Paused. What was imported stays; what comes from now on is missing until you resume."))


def _resume(info: IntegrationInfo) -> None:
    was_paused = _turned(life.resume, info)
    if was_paused:
        flash.say(
            _("Resumed: an import starts within seconds, brings what came meanwhile, and closes the gap.")
        )
    elif was_paused is not None:
        flash.say(_("It was not paused any more: somebody else resumed it meanwhile."))


def _turned(turn: Callable[[Actor, Store, str], object], info: IntegrationInfo) -> bool | None:
    """Pause or resume; tells whether it was paused before. None: refused, which is told by the button."""
    told.forget(PAUSING)
    try:
        was_paused = keeping.present(data.store(), info.name).paused_at is not None
        turn(login.actor(), data.store(), info.name)
    except CoreError as error:
        told.keep(PAUSING, error)
        return None
    return was_paused


def _gap(info: IntegrationInfo, *, is_paused: bool, is_green: bool) -> None:
    """List the gap between what is complete and now, as long as it is open."""
    if info.tickets is None or (is_green and not is_paused):
        return
    since = min(span[1] for span in (info.tickets, info.replies or info.tickets))
    gap = _(
        ":material/grid_off: **Open gap:** from {time} until now. Charts show no data there, not 0."
    ).format(time=data.local_time(since, info.time_zone))
    if is_paused:
        st.markdown(gap + " " + _("It closes by itself once imports are resumed."))
    elif time.time() - since > LATE_PERIODS * Settings.from_environment().poll_seconds:
        st.markdown(gap + " " + _("The next complete import closes it."))
