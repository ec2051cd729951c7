"""The field for a Freshdesk key: what is typed leaves the page and the session as soon as it is sent."""

import streamlit as st

from freshdesk_core.text import gettext as _

SENT = "_sent_key"


def draw(key: str) -> None:
    """The field, within a form; it never shows a key that is stored."""
    st.text_input(
        _("API key"),
        type="password",
        key=key,
        autocomplete="off",
        help=_(
            "One word of letters and digits. In Freshdesk: Profile settings → View API key, on the right."
        ),
    )


def empty(key: str) -> None:
    """Take what was typed out of the field; called by the form's button, before the page is drawn."""
    st.session_state[SENT] = st.session_state.get(key, "")
    st.session_state[key] = ""


def taken() -> str:
    """What the field held when its form was sent: to be asked for once, as soon as the page is drawn."""
    sent: str = st.session_state.pop(SENT, "")
    return sent
