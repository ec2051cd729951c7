"""Whether events arrive: the last ones, and a test event."""

from datetime import timedelta

import streamlit as st

from freshdesk_core import messages
from freshdesk_core.errors import CoreError
from freshdesk_core.events import activity, sending
from freshdesk_core.settings import Settings
from freshdesk_core.text import gettext as _
from freshdesk_core.text import ngettext
from freshdesk_core.volumes import IntegrationInfo
from ui import data, login, markdown, notices, numbers, shown_once

LOOK_EVERY = timedelta(seconds=2)


def draw(info: IntegrationInfo) -> None:
    """A button that sends a test event while the key is on the page, and what arrived so far."""
    st.markdown(_("**Does it work?**"))
    made = shown_once.of(info.integration_id)
    if made is None:
        st.caption(
            _(
                "A test event needs the key: use **Test** right after **Generate**, or send one from "
                "anywhere with this command, with your key in the place of KEY."
            )
        )
        st.code(_command(), language=None, wrap_lines=True)
    elif st.button(_("Test"), icon=":material/send:", key="send_test", disabled=not login.actor().is_admin):
        _send(made.text)
    _arrived(info.integration_id, info.time_zone)
    _not_understood(info)


def _send(key: str) -> None:
    with st.spinner(_("Sending a test event to {address} …").format(address=f"`{_url()}`")):
        try:
            sending.send_test(login.actor(), _url(), key)
        except CoreError as error:
            notices.fault(error)
            return
    st.success(_("The test event was accepted. It shows up below."), icon=":material/check_circle:")
    if Settings.from_environment().public_url is None:
        st.caption(
            _(
                "It was sent to this computer's own address. Whether Freshdesk can reach Inflow is proven "
                "once INFLOW_PUBLIC_URL is set."
            )
        )


@st.fragment(run_every=LOOK_EVERY)
def _arrived(integration_id: int, zone: str) -> None:
    with notices.guarded():
        found = activity.of(data.store(), integration_id)
        facts = [
            _when(_("Last event"), found.last_event_at, zone),
            _when(_("Last test event"), found.last_test_at, zone),
        ]
        if found.pending:
            text = ngettext("{count} event waits to be read", "{count} events wait to be read", found.pending)
            facts.append(text.format(count=numbers.whole(found.pending)))
        if found.dead_letters:
            text = ngettext(
                "{count} event was not understood", "{count} events were not understood", found.dead_letters
            )
            facts.append(text.format(count=numbers.whole(found.dead_letters)))
        if found.refused:
            text = ngettext("{count} event was refused", "{count} events were refused", found.refused)
            facts.append(text.format(count=numbers.whole(found.refused)))
        if found.dropped:
            facts.append(
                ngettext(
                    "at least {count} event was dropped in Freshdesk in the last 7 days; polling finds it",
                    "at least {count} events were dropped in Freshdesk in the last 7 days; "
                    "polling finds them",
                    found.dropped,
                ).format(count=numbers.whole(found.dropped))
            )
        st.markdown("  ·  ".join(facts))


def _not_understood(info: IntegrationInfo) -> None:
    """The events that nobody understood, by reason, and the way to make up for them."""
    for letter in activity.dead_letters(data.store(), info.integration_id):
        error = CoreError(letter.reason)
        with st.container(
            horizontal=True, vertical_alignment="center", border=True, key=f"letter_{letter.dead_letter_id}"
        ):
            with st.container(gap="xxsmall"):
                st.markdown(f":material/drafts: {markdown.sentence(messages.parts(error).what)}")
                facts = ngettext("once, {time}", "{count} times, last {time}", letter.times).format(
                    count=numbers.whole(letter.times), time=data.local_time(letter.last_at, info.time_zone)
                )
                st.caption(f"{facts}  ·  `{markdown.plain(letter.shape)}`")
            if letter.retried_at is not None:
                st.caption(
                    _("tried again {time}").format(time=data.local_time(letter.retried_at, info.time_zone))
                )
            elif st.button(
                _("Try again"),
                icon=":material/refresh:",
                key=f"retry_{letter.dead_letter_id}",
                disabled=not login.actor().is_admin,
                help=_("Looks through Freshdesk's lists soon: whatever the event was about is found there."),
            ):
                _retry(info, letter.dead_letter_id)


def _retry(info: IntegrationInfo, dead_letter_id: int) -> None:
    try:
        activity.retry(login.actor(), data.store(), info.integration_id, dead_letter_id)
    except CoreError as error:
        notices.fault(error)
        return
    st.rerun()


def _when(label: str, moment: int | None, zone: str) -> str:
    if moment is None:
        return _("{label}: none so far").format(label=label)
    return _("{label}: {time}").format(label=label, time=data.local_second(moment, zone))


def _url() -> str:
    """The endpoint: at the public address where it is known, else this machine's own."""
    own = f"http://127.0.0.1:{st.get_option('server.port')}"
    return f"{Settings.from_environment().public_url or own}/events"


def _command() -> str:
    return (
        'curl -H "Authorization: Bearer KEY" -H "Content-Type: application/json" '
        f'-d \'{{"event": "test"}}\' {_url()}'
    )
