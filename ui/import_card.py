"""What the import of an integration does now, or did last."""

import streamlit as st

from freshdesk_core.errors import CoreError
from freshdesk_core.importing.progress import Progress
from freshdesk_core.text import gettext as _
from ui import data, notices, numbers, start


def line(progress: Progress, zone: str) -> None:
    """One line on the import, and its error where it failed."""
    st.markdown(_activity(progress, zone))
    if progress.error_code and not progress.is_running:
        notices.fault(CoreError(progress.error_code, **progress.error_figures))


def _activity(progress: Progress, zone: str) -> str:
    if progress.is_running:
        done, expected = start.steps(progress)
        return _(":material/sync: Importing now: {phase}, {done} of {all}.").format(
            phase=start.phase(progress),
            done=numbers.whole(done),
            all=numbers.whole(expected) if expected else _("an unknown number"),
        )
    if progress.progressed_at is None:
        return _(":material/schedule: Not imported yet: the import starts by itself within seconds.")
    outcome = {
        "complete": _(
            ":material/check: The last import was complete, {time}: {calls} calls, {new} new contacts."
        ),
        "interrupted": _(
            ":material/pause: The last import was interrupted, {time}. The next one goes on from there."
        ),
        "failed": _(":material/error: The last import failed, {time}. Everything saved before is intact."),
    }.get(progress.outcome or "", _(":material/pause: The last import stopped without a word, {time}."))
    return outcome.format(
        time=data.local_time(progress.progressed_at, zone),
        calls=numbers.whole(progress.calls),
        new=numbers.whole(progress.new_contacts),
    )
