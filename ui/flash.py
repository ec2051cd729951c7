"""What was just done, for the page that is drawn next: a test's findings, a receipt. Never a key."""

import time

import streamlit as st

from freshdesk_core.importing.findings import Check
from freshdesk_core.importing.life import Receipt
from freshdesk_core.text import gettext as _
from ui import address, markdown, receipts
from ui.catalogue import WIDTH

TESTED = "_tested"
DONE = "_done"
SAID_SECONDS = 45  # a page that follows an import is drawn anew several times


def keep(integration_id: int, check: Check) -> None:
    """Remember a test until another one is made."""
    st.session_state[TESTED] = (integration_id, check)


def tested(integration_id: int) -> Check | None:
    """The test of this integration's key, if it is the last that was made in this session."""
    kept = st.session_state.get(TESTED)
    return kept[1] if kept and kept[0] == integration_id else None


def say(what: str | Receipt) -> None:
    """Remember one thing to say on the page that is drawn next."""
    st.session_state[DONE] = [what, time.time(), None]


def draw() -> None:
    """Say what was done, for a while; a receipt until it is put away."""
    kept = st.session_state.get(DONE)
    if kept is None:
        return
    what, said_at, place = kept
    here = address.place()
    if place not in (None, here) or (isinstance(what, str) and time.time() - said_at > SAID_SECONDS):
        del st.session_state[DONE]
        return
    kept[2] = here
    if isinstance(what, str):
        st.success(markdown.sentence(what), icon=":material/check_circle:", width=WIDTH)
        return
    receipts.draw(what)
    if st.button(_("Put the receipt away"), icon=":material/close:", key="receipt_away"):
        del st.session_state[DONE]
        st.rerun()
