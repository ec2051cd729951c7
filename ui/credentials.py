"""The section *Credentials* of a saved integration: which key, what it sees, test it again, replace it."""

import time

import streamlit as st

from freshdesk_core.errors import CoreError
from freshdesk_core.importing import life
from freshdesk_core.importing.findings import Check
from freshdesk_core.settings import Settings
from freshdesk_core.text import gettext as _
from freshdesk_core.volumes import IntegrationInfo
from ui import data, findings, flash, integration_form, key_field, login, markdown, notices, numbers, told
from ui.catalogue import WIDTH

RECENT_SECONDS = 3600
FIELD = "new_freshdesk_key"
REPLACING = "replace_key"


def draw(info: IntegrationInfo) -> None:
    """The key's end and age, what a test says of it, and the way to another key."""
    st.subheader(_("Credentials"), anchor=False)
    is_allowed = login.actor().is_admin
    with st.container(border=True, key="credentials", width=WIDTH):
        st.markdown(_key_words(info))
        if st.button(
            _("Test again"), icon=":material/fact_check:", key="test_again", disabled=not is_allowed
        ):
            _test_again(info)
        present = st.container()
        with st.expander(_("Replace the key"), icon=":material/key:", key="replace_key"):
            _replace(info, is_allowed=is_allowed)
        if not isinstance(told.of(REPLACING), Check):  # findings of two keys are not told apart
            with present:
                _tested(info)


def _key_words(info: IntegrationInfo) -> str:
    account = data.integration(info.integration_id)
    words = _("Key ending in **{hint}**").format(hint=markdown.escape(account.key_hint))
    if account.key_since is not None:
        words += _(", saved {time}").format(time=data.local_time(account.key_since, info.time_zone))
        if (age := time.time() - account.key_since) > RECENT_SECONDS:
            words += _(" ({age} ago)").format(age=numbers.duration(age))
    return words + ". " + _("It is stored encrypted and never shown; it can only be replaced.")


def _test_again(info: IntegrationInfo) -> None:
    told.forget(REPLACING)
    with st.status(_("Asking {domain}: testing the stored key …").format(domain=_domain(info))):
        try:
            check = life.check_again(login.actor(), data.store(), Settings.from_environment(), info.name)
        except CoreError as error:
            notices.fault(error)
            return
    flash.keep(info.integration_id, check)
    st.rerun()


def _domain(info: IntegrationInfo) -> str:
    return markdown.escape(info.domain)


def _tested(info: IntegrationInfo) -> None:
    """The findings of the last test of this session, else what is known to be short of."""
    twin = data.twin(info.integration_id)
    if twin is not None:
        notices.twin(twin.name, twin.domain)
    tested = flash.tested(info.integration_id)
    if tested is None:
        findings.shortcomings(data.shortcomings(info.integration_id))
        return
    findings.summary(tested)
    findings.show(tested)


def _replace(info: IntegrationInfo, *, is_allowed: bool) -> None:
    api_key = key_field.taken()
    st.markdown(integration_form.where_the_key_is())
    with st.form("replace_key_form", border=False):
        key_field.draw(FIELD)
        is_sent = st.form_submit_button(
            _("Test and replace"),
            icon=":material/key:",
            key="replace",
            disabled=not is_allowed,
            on_click=key_field.empty,
            args=(FIELD,),
        )
    if is_sent:
        _send(info, api_key)
    told.draw(REPLACING)


def _send(info: IntegrationInfo, api_key: str) -> None:
    """Test the new key, and put it in the place of the old one unless there is a problem."""
    told.forget(REPLACING)
    if not api_key.strip():
        told.keep(REPLACING, _("Enter the new key. The present one stays until then."))
        return
    with st.status(_("Asking {domain}: testing the new key …").format(domain=_domain(info))) as words:
        try:
            check = life.replace_key(
                login.actor(), data.store(), Settings.from_environment(), info.name, api_key
            )
        except CoreError as error:
            words.update(label=_("The old key stays"), state="error")
            told.keep(REPLACING, error)
            return
        if check.has_problem:
            words.update(label=_("The old key stays"), state="error")
            told.keep(REPLACING, check)
            return
    flash.keep(info.integration_id, check)
    flash.say(
        _(
            "The key is replaced, an import with it starts within seconds. Nothing that was imported is "
            "fetched again."
        )
    )
    st.rerun()
