"""The new key of an integration while it is on the page: the only time that it is in a session."""

import streamlit as st

from freshdesk_core.events.keys import NewKey

SHOWN = "_shown_once"


def keep(integration_id: int, made: NewKey) -> None:
    """Show this key until somebody has copied it, or leaves the integration's page."""
    st.session_state[SHOWN] = (integration_id, made)


def of(integration_id: int) -> NewKey | None:
    """The key that was just made for this integration, while it is on the page."""
    kept = st.session_state.get(SHOWN)
    return kept[1] if kept and kept[0] == integration_id else None


def forget(*, unless: int | None = None) -> None:
    """Forget the key, unless this integration, whose key it is, is still open."""
    kept = st.session_state.get(SHOWN)
    if kept and kept[0] != unless:
        del st.session_state[SHOWN]
