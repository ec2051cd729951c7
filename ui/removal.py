"""The end of an integration: removed with its data kept, or purged, with a receipt."""

import streamlit as st

from freshdesk_core.errors import CoreError
from freshdesk_core.importing import life
from freshdesk_core.store.integrations import name_key
from freshdesk_core.text import gettext as _
from freshdesk_core.volumes import IntegrationInfo
from ui import address, data, flash, login, markdown, notices, told

PURGING = "purge"


def draw(info: IntegrationInfo, *, is_allowed: bool) -> None:
    """Two ways to remove an integration; the one that cannot be undone asks for its name."""
    if not info.is_removed:
        st.markdown(
            _(
                "**Remove, keep the data.** Nothing is imported any more and the key is forgotten; the "
                "figures stay. Adding an integration with the same name, domain and start date later goes on "
                "where this one ended."
            )
        )
        if st.button(
            _("Remove, keep the data"), icon=":material/link_off:", key="remove", disabled=not is_allowed
        ):
            _remove(info)
    _purge(info, is_allowed=is_allowed)


def _remove(info: IntegrationInfo) -> None:
    try:
        life.remove(login.actor(), data.store(), info.name)
    except CoreError as error:
        notices.fault(error)
        return
    flash.say(_("{name} is removed; what was imported before stays.").format(name=info.name))
    address.open_accounts()


def _purge(info: IntegrationInfo, *, is_allowed: bool) -> None:
    with st.form("purge_form", border=False):
        st.markdown(
            _(
                "**Delete everything.** The integration, its key and all that was imported for it are "
                "deleted and overwritten. **This cannot be undone**; other integrations are not touched. You "
                "get a receipt."
            )
        )
        typed = st.text_input(
            _("To confirm, type the integration's name: {name}").format(name=markdown.sentence(info.name)),
            key="purge_name",
            autocomplete="off",
        )
        is_sent = st.form_submit_button(
            _("Delete everything"), icon=":material/delete_forever:", key="purge", disabled=not is_allowed
        )
    if is_sent:
        _delete(info, typed)
    told.draw(PURGING)


def _delete(info: IntegrationInfo, typed: str) -> None:
    told.forget(PURGING)
    if name_key(typed) not in {name_key(info.name), name_key(markdown.whole(info.name))}:
        told.keep(PURGING, _("Nothing was deleted: that is not the integration's name."))
        return
    with st.spinner(_("Deleting …")):
        try:
            receipt = life.purge(login.actor(), data.store(), info.name)
        except CoreError as error:
            told.keep(PURGING, error)
            return
    flash.say(receipt)
    address.open_accounts()
