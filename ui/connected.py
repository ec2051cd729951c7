"""The list of integrations, and what is shown while there is none."""

import streamlit as st

from freshdesk_core.health import Status
from freshdesk_core.importing.progress import Progress
from freshdesk_core.text import gettext as _
from freshdesk_core.volumes import IntegrationInfo
from ui import address, catalogue, data, flash, import_card, markdown, pausing, start, states
from ui.catalogue import WIDTH


def draw() -> None:
    """The page itself: the catalogue while nothing is connected, else the list."""
    st.title(_("Integrations"), anchor=False)
    flash.draw()
    everyone = data.ask("integrations")
    infos = [info for info in everyone if not info.is_sample]
    if infos:
        _list(infos)
    else:
        _first([info for info in everyone if info.is_sample])


def _first(samples: list[IntegrationInfo]) -> None:
    """Nothing is connected: the catalogue at once; the sample, if any, below."""
    st.markdown(_("Connect your Freshdesk account. It takes about three minutes."))
    catalogue.vendors()
    st.subheader(_("Until then: the sample account"), anchor=False)
    st.markdown(
        _(
            "The pages show a made-up support desk, so that you can look around. It steps aside when you "
            "save your first integration, and never mixes with it."
        ),
        width=WIDTH,
    )
    imports = {one.integration_id: one for one in data.every_progress()}
    for info in samples:
        _card(info, imports.get(info.integration_id), None, width=WIDTH)
    start.refresh()


def _list(infos: list[IntegrationInfo]) -> None:
    imports = {one.integration_id: one for one in data.every_progress()}
    health = {one.name: one for one in data.health_states()}
    if st.button(_("Add integration"), icon=":material/add:", type="primary", key="add_integration"):
        address.open_connecting(address.CATALOGUE)
    for info in infos:
        _card(info, imports.get(info.integration_id), health.get(info.name))
    start.refresh()


def _card(
    info: IntegrationInfo, progress: Progress | None, status: Status | None, *, width: int | str = "stretch"
) -> None:
    with st.container(border=True, key=f"account_{info.integration_id}", width=width):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{markdown.escape(info.name)}**", width="content")
            badges(info, status)
            if not info.is_sample:
                st.space("stretch")
                _open(info)
        st.caption("  ·  ".join(facts(info)))
        if info.is_removed:
            st.markdown(_(":material/link_off: No longer imported. What was imported before is kept."))
            return
        if progress is not None:
            import_card.line(progress, info.time_zone)
        if data.shortcomings(info.integration_id) or data.twin(info.integration_id):
            st.caption(_(":material/warning: There are warnings: see *Credentials* on its page."))
        if status is None or pausing.said(info):
            return
        if not status.is_green:
            st.caption(markdown.sentence(status.next_step))


def _open(info: IntegrationInfo) -> None:
    label = _("Open {name}").format(name=markdown.escape(info.name))
    if st.button(
        label, icon=":material/chevron_right:", icon_position="right", key=f"open_{info.integration_id}"
    ):
        address.open_account(info.integration_id)


def badges(info: IntegrationInfo, status: Status | None) -> None:
    """What to know of an integration at once: what it is, and how it does."""
    if info.is_sample:
        st.badge(_("sample"), color="violet", icon=":material/science:")
    elif info.is_sandbox:
        st.badge(_("sandbox"), color="violet", icon=":material/science:")
    if info.is_removed:
        st.badge(_("removed, data kept"), color="gray", icon=":material/link_off:")
    elif status is not None:
        icon, color = states.look(status.state)
        st.badge(states.word(status.state), color=color, icon=icon)


def facts(info: IntegrationInfo) -> list[str]:
    """Address, zone, and what is complete, as Markdown."""
    zone = info.time_zone
    return [
        f"`{markdown.plain(info.domain)}`",
        markdown.escape(zone),
        _span(_("Tickets"), info.tickets, zone),
        _span(_("Replies"), info.replies, zone),
    ]


def _span(label: str, span: tuple[int, int] | None, zone: str) -> str:
    if span is None:
        return _("{label}: nothing complete yet").format(label=label)
    return _("{label} complete from {start} to {end}").format(
        label=label, start=data.local_time(span[0], zone)[:10], end=data.local_time(span[1], zone)
    )
