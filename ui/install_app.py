"""The section *Install the Inflow app*: locked before the first save, then keys, instructions and a test."""

import streamlit as st

from freshdesk_core.settings import Settings
from freshdesk_core.text import gettext as _
from freshdesk_core.volumes import IntegrationInfo
from ui import event_keys, event_test
from ui.catalogue import WIDTH

RULE_BODY = '{"ticket_id": {{ticket.id}}}'


def locked() -> None:
    """The section as it stands before an integration is saved."""
    with st.container(border=True, key="install_locked", width=WIDTH):
        st.subheader(_(":material/lock: Install the Inflow app"), anchor=False)
        st.markdown(
            _(
                "**Locked until the integration is saved.** Then Freshdesk can tell Inflow of new contacts "
                "within seconds. That is recommended, not required: without it Inflow asks Freshdesk every "
                "{minutes}."
            ).format(minutes=_poll_words())
        )
        st.button(_("Generate"), icon=":material/key:", disabled=True, key="generate_locked")


def draw(info: IntegrationInfo) -> None:
    """The section of a saved integration: make a key, set Freshdesk up, see that it works."""
    st.subheader(_("Install the Inflow app"), anchor=False)
    with st.container(border=True, key="install_app", width=WIDTH):
        st.markdown(
            _(
                "**Recommended, not required.** With it, Freshdesk tells Inflow of new contacts within "
                "seconds. Without it, Inflow asks Freshdesk every {minutes}: polling suffices, and no "
                "contact is lost either way."
            ).format(minutes=_poll_words())
        )
        event_keys.draw(info)
        with st.expander(
            _("Set it up in Freshdesk, step by step"), icon=":material/checklist:", key="instructions"
        ):
            _instructions()
        event_test.draw(info)


def _instructions() -> None:
    url = Settings.from_environment().public_url
    if url is None:
        st.warning(
            _(
                "**Inflow does not know its public address yet.** Freshdesk must reach Inflow from the "
                "internet, by HTTPS. Whoever runs Inflow sets `INFLOW_PUBLIC_URL`, such as "
                "`INFLOW_PUBLIC_URL=https://inflow.example.com`, and starts it again; then the address "
                "stands here. Until it is reachable, leave this section out: polling suffices."
            ),
            icon=":material/public_off:",
        )
    st.markdown(
        _(
            "**With the app for Freshdesk.** It tells of every change, and every 10 minutes that the way is "
            "open; numbers of tickets and conversations and times, nothing else. You need the role Account "
            "Administrator.\n\n"
            "1. Above, choose **Generate** and copy the key.\n"
            "2. Get the packed app from whoever runs Inflow: `fdk pack` in the folder `freshdesk_app` makes "
            "it (`docs/freshdesk-app.md`).\n"
            "3. In Freshdesk, open **Admin → Support operations → Apps → Go to Developer Portal → New App → "
            "Custom App**, upload the zip file and publish it.\n"
            "4. Under **Apps → Manage Apps → Custom apps**, install it with this address and the key. It "
            "sends a test event first, which shows up below:"
        )
    )
    _address(url, "")
    st.markdown(
        _(
            "**Or with automation rules.** Two of them send Inflow the number of a ticket whenever a "
            "customer writes; nothing else leaves Freshdesk. You need the role Account Administrator or "
            "Administrator, and the plan Growth or higher.\n\n"
            "1. Above, choose **Generate** and copy the key.\n"
            "2. In Freshdesk, open **Admin → Workflows → Automations → Ticket creation → New rule**. Call it "
            "*Inflow: new ticket*.\n"
            "3. As condition choose one that every ticket meets: **Priority – is any of –** all four.\n"
            "4. As action choose **Trigger webhook** with **Request type** POST and this **URL**:"
        )
    )
    _address(url, "/events")
    st.markdown(_("5. Switch on **Add custom headers** and enter, with your key in the place of KEY:"))
    st.code("Authorization: Bearer KEY", language=None)
    st.markdown(_("6. **Encoding** JSON, **Content** Advanced, with exactly this text:"))
    st.code(RULE_BODY, language=None)
    st.markdown(
        _(
            "7. **Preview and save**.\n"
            "8. Make a second rule under **Ticket updates**, *Inflow: reply*: action performed by "
            "**Requester**, event **Reply is sent**, the same action as above.\n"
            "9. Write a test ticket, or send a test event below: it shows up here within seconds."
        )
    )


def _address(url: str | None, path: str) -> None:
    """The address to copy; none is made up where it is not known."""
    if url is None:
        st.caption(_("The address stands here once Inflow knows it: see above."))
    else:
        st.code(f"{url}{path}", language=None)


def _poll_words() -> str:
    minutes = Settings.from_environment().poll_seconds / 60
    return _("{count} minutes").format(count=round(minutes)) if minutes >= 2 else _("minute")
