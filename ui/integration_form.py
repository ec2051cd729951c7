"""The form that adds an integration: it tests the key before it saves anything."""

from datetime import date

import streamlit as st

from freshdesk_core import formats
from freshdesk_core.errors import CoreError
from freshdesk_core.importing import life
from freshdesk_core.settings import Settings
from freshdesk_core.text import gettext as _
from ui import address, data, findings, flash, install_app, key_field, login, markdown, notices
from ui.catalogue import WIDTH

FIELD = "add_key"


def draw() -> None:
    """The form, what the test found, and the section that a saved integration opens."""
    if st.button(_("Select model"), icon=":material/arrow_back:", type="tertiary", key="back_to_models"):
        address.open_connecting(address.MODELS)
    st.title(_("Add a Freshdesk integration"), anchor=False)
    is_allowed = login.actor().is_admin
    if not is_allowed:
        notices.admins_only()
    api_key = key_field.taken()
    with st.form("add_integration", width=WIDTH):
        name = st.text_input(_("Name"), key="add_name", placeholder=_("Support Europe"), help=name_help())
        domain = _credentials()
        since = start_field("add_since", None)
        is_sent = st.form_submit_button(
            _("Save integration"),
            type="primary",
            icon=":material/save:",
            key="save",
            disabled=not is_allowed,
            on_click=key_field.empty,
            args=(FIELD,),
        )
        st.caption(
            _(
                "Saving tests the key first: that takes a few seconds. Nothing is saved while there is a "
                "problem. The key is stored encrypted and never shown again."
            )
        )
    if is_sent:
        if missing := _missing(name, domain, api_key):
            st.warning(" ".join(missing), icon=":material/warning:", width=WIDTH)
        else:
            _save(name, domain, api_key, since)
    install_app.locked()


def _missing(name: str, domain: str, api_key: str) -> list[str]:
    """What is still to be entered, in the words of the form."""
    asked = ((name, _("Enter a name.")), (domain, _("Enter the domain.")), (api_key, _("Enter the API key.")))
    return [words for text, words in asked if not text.strip()]


def _credentials() -> str:
    """The section *Credentials*: domain and API key, and where the key is found; gives the domain."""
    st.subheader(_("Credentials"), anchor=False)
    st.markdown(where_the_key_is())
    domain = st.text_input(
        _("Freshdesk domain"),
        key="add_domain",
        placeholder="example.freshdesk.com",
        autocomplete="off",
        help=_(
            "The full domain with its subdomain, as the address bar shows it while you work in Freshdesk. An "
            "own address such as support.example.com does not work for the API: in Freshdesk the original "
            "domain stands under Admin → Account → Account details."
        ),
    )
    key_field.draw(FIELD)
    return domain


def where_the_key_is() -> str:
    """Whose key is needed, and where Freshdesk shows it."""
    return _(
        "- **Whose key:** that of a user with the role **Account Administrator** and the ticket scope *All "
        "tickets* (global). Another role may hide groups; a narrower scope hides tickets, without any "
        "error.\n"
        "- **Plan:** **Pro** or **Enterprise**. Growth works too, the first import takes longer; the Free "
        "plan has no API.\n"
        "- **Where:** in Freshdesk, click your picture at the top right, choose **Profile settings**, then "
        "**View API key** on the right."
    )


def start_field(key: str, present: date | None) -> date | None:
    """The day from which on contacts count; empty: everything."""
    return st.date_input(
        _("Count contacts from (optional)"),
        value=present,
        min_value=min(life.FIRST_DAY, present or life.FIRST_DAY),
        max_value="today",
        format=formats.picker(),
        key=key,
        help=_(
            "Empty: everything that Freshdesk has. A day, in the account's time zone: older contacts are not "
            "counted. It can be changed later."
        ),
    )


def name_help() -> str:
    """What the name is for."""
    return _(
        "Says where the data come from, in filters and exports. Each integration has its own name; capitals "
        "and blanks make no difference."
    )


def _save(name: str, domain: str, api_key: str, since: date | None) -> None:
    with st.status(_("Testing the key …"), expanded=True, width=WIDTH) as words:
        asking = st.empty()  # goes with the answer: what was refused at once was never asked
        asking.markdown(
            _(
                "Asking {domain}: is it reachable, is the key valid, which role and which tickets does it "
                "have, which plan, time zone, groups and sources, and how much is there to import?"
            ).format(domain=f"`{markdown.plain(domain) or '…'}`")
        )
        try:
            connected = life.connect(
                login.actor(),
                data.store(),
                Settings.from_environment(),
                name=name,
                domain=domain,
                api_key=api_key,
                since=since,
            )
        except CoreError as error:
            asking.empty()
            words.update(label=_("Nothing was saved"), state="error", expanded=True)
            notices.fault(error)
            _key_again()
            return
        if connected.integration is None:
            asking.empty()
            words.update(label=_("Nothing was saved"), state="error", expanded=True)
            findings.summary(connected.check)
            findings.show(connected.check)
            _key_again()
            return
    saved = connected.integration
    flash.keep(saved.integration_id, connected.check)
    flash.say(_("{name} is saved. Its import starts by itself within seconds.").format(name=saved.name))
    address.open_account(saved.integration_id)


def _key_again() -> None:
    st.caption(_("The key was taken out of its field: enter it again with what you correct."))
