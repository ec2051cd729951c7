"""The parts of the page Integrations: the accounts, their imports, and how to add one."""

import streamlit as st

from freshdesk_core.errors import CoreError
from freshdesk_core.importing.progress import Progress
from freshdesk_core.text import gettext as _
from freshdesk_core.volumes import IntegrationInfo
from ui import data, markdown, notices, numbers, start

COMMANDS = """\
export INFLOW_FRESHDESK_KEY=…
python -m freshdesk_core integrations add "My support desk" --domain example.freshdesk.com
python -m freshdesk_core import"""


def accounts() -> None:
    """One card per account: address, zone, what is complete, what its import does."""
    everyone = data.ask("integrations")
    # The sample is no integration: once a real one was saved it is not listed any more.
    infos = [info for info in everyone if not info.is_sample] or everyone
    imports = {progress.integration_id: progress for progress in data.every_progress()}
    if not infos:
        notices.nothing_connected(with_link=False)
    for info in infos:
        _card(info, imports.get(info.integration_id))
    if any(progress.is_running for progress in imports.values()):
        start.refresh()


def how_to_add() -> None:
    """How to connect an account by the command line, which is all there is for now."""
    st.subheader(_("Connect your Freshdesk account"), anchor=False)
    st.markdown(
        _(
            "Accounts are connected by the command line in this version. You need the full domain and the "
            "API key of a user with the role **Account Administrator** (in Freshdesk: profile picture, "
            "*Profile settings*, *View API key*). The command tests the key and says what it can see before "
            "it saves anything."
        )
    )
    st.code(COMMANDS, language="bash")
    st.caption(
        _(
            "The key is stored encrypted and never shown again. While Inflow runs, a new account is "
            "imported by itself; the second command is for machines where it does not."
        )
    )


def _card(info: IntegrationInfo, progress: Progress | None) -> None:
    with st.container(border=True, key=f"account_{info.integration_id}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{markdown.escape(info.name)}**", width="content")
            if info.is_sample:
                st.badge(_("sample"), color="violet", icon=":material/science:")
            elif info.is_sandbox:
                st.badge(_("sandbox"), color="violet", icon=":material/science:")
            if info.is_removed:
                st.badge(_("removed, data kept"), color="gray", icon=":material/link_off:")
        st.caption("  ·  ".join(_facts(info)))
        if info.is_removed:
            st.markdown(_(":material/link_off: No longer imported. What was imported before is kept."))
            return
        if progress is None:
            return
        st.markdown(_activity(progress, info.time_zone))
        if progress.error_code and not progress.is_running:
            notices.fault(CoreError(progress.error_code, **progress.error_figures))


def _facts(info: IntegrationInfo) -> list[str]:
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


def _activity(progress: Progress, zone: str) -> str:
    if progress.is_running:
        done, expected = start.steps(progress)
        return _(":material/sync: Importing now: {phase}, {done} of {all}.").format(
            phase=start.phase(progress),
            done=numbers.whole(done),
            all=numbers.whole(expected) if expected else _("an unknown number"),
        )
    if progress.progressed_at is None:
        return _(":material/schedule: Not imported yet.")
    outcome = {
        "complete": _(
            ":material/check: The last import was complete, {time}: {calls} calls, {new} new contacts."
        ),
        "interrupted": _(
            ":material/pause: The last import was interrupted, {time}. The next one goes on from there."
        ),
        "failed": _(":material/error: The last import failed, {time}. Everything saved before is intact."),
    }.get(progress.outcome or "", _(":material/pause: The last import stopped without a word, {time}."))
    return outcome.format(
        time=data.local_time(progress.progressed_at, zone),
        calls=numbers.whole(progress.calls),
        new=numbers.whole(progress.new_contacts),
    )
