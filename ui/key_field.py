"""The field for a Freshdesk key: what is typed leaves the page and the session as soon as it is sent."""

import streamlit as st

from freshdesk_core.text import gettext as _

SENT = "_sent_key"
COUNT = "_times_sent"


def draw(key: str) -> None:
    """The field, within a form; it never shows a key that is stored."""
    st.text_input(
        _("API key"),
        type="password",
        key=_key_of(key),
        autocomplete="off",
        help=_(
            "One word of letters and digits. In Freshdesk: Profile settings → View API key, on the right."
        ),
    )


def empty(key: str) -> None:
    """Take what was typed out of the field; called by the form's button, before the page is drawn.

    The next field is another widget: told to show nothing, a browser that is sent two pages at once may
    keep what was typed.
    """
    st.session_state[SENT] = st.session_state.pop(_key_of(key), "")
    st.session_state[f"{key}{COUNT}"] = _count(key) + 1


def taken() -> str:
    """What the field held when its form was sent: to be asked for once, as soon as the page is drawn."""
    sent: str = st.session_state.pop(SENT, "")
    return sent


def _count(key: str) -> int:
    return int(st.session_state.get(f"{key}{COUNT}", 0))


def _key_of(key: str) -> str:
    return f"{key}_{_count(key)}" if _count(key) else key
