"""What a form answered: it stays, however often the page is drawn anew, until the form is sent again."""

import streamlit as st

from freshdesk_core.errors import CoreError
from freshdesk_core.importing.findings import Check
from ui import address, findings, notices

TOLD = "_told"


def keep(form: str, answer: CoreError | Check | str) -> None:
    """Remember why a form did nothing: an error, a test with a problem, or a sentence. Never a key."""
    st.session_state.setdefault(TOLD, {})[form] = (address.place(), answer)


def forget(form: str) -> None:
    """The form was sent again, or what it answered is out of date."""
    st.session_state.get(TOLD, {}).pop(form, None)


def of(form: str) -> CoreError | Check | str | None:
    """What the form answered when it was sent last, while the same place is open."""
    told: dict[str, tuple[str, CoreError | Check | str]] = st.session_state.get(TOLD, {})
    if form not in told:
        return None
    place, answer = told[form]
    if place != address.place():
        forget(form)
        return None
    return answer


def draw(form: str) -> None:
    """Say what the form answered, as long as it holds."""
    answer = of(form)
    if isinstance(answer, CoreError):
        notices.fault(answer)
    elif isinstance(answer, Check):
        findings.summary(answer)
        findings.show(answer)
    elif answer is not None:
        st.warning(answer, icon=":material/warning:")
