"""What the import of an integration does now, or did last."""

import time

import streamlit as st

from freshdesk_core.errors import CoreError
from freshdesk_core.importing.progress import Progress
from freshdesk_core.text import gettext as _
from ui import data, notices, numbers, start

BY_US = ("settings-changed", "paused-meanwhile", "lease-lost")  # no error: somebody wanted it so
SOON_SECONDS = 60  # by then an import with a new key has begun, or something is wrong


def line(progress: Progress, zone: str) -> None:
    """One line on the import, and its error where it failed."""
    st.markdown(_activity(progress, zone))
    if progress.error_code and not progress.is_running and progress.error_code not in BY_US:
        notices.fault(CoreError(progress.error_code, **progress.error_figures))


def _activity(progress: Progress, zone: str) -> str:
    account = data.integration(progress.integration_id)
    has_begun = progress.progressed_at is not None and progress.outcome is None
    if has_begun and account.paused_at is not None:
        return _(":material/pause: The import under way ends with the step in hand.")
    if progress.is_running:
        done, expected = start.steps(progress)
        now = _(":material/sync: Importing now: {phase}, {done} of {all}.").format(
            phase=start.phase(progress),
            done=numbers.whole(done),
            all=numbers.whole(expected) if expected else _("an unknown number"),
        )
        return f"{now} {start.waits(progress)}".rstrip()
    if progress.progressed_at is None:
        return _(":material/schedule: Not imported yet: the import starts by itself within seconds.")
    if progress.error_code == "settings-changed" or _has_newer_key(progress, account.key_since):
        return _(
            ":material/sync: The key or the start was changed. An import that goes by it begins within "
            "seconds."
        )
    outcome = {
        "complete": _(
            ":material/check: The last import was complete, {time}: {calls} calls, {new} new contacts."
        ),
        "interrupted": _(
            ":material/pause: The last import was interrupted, {time}. The next one goes on from there."
        ),
        "failed": _(":material/error: The last import failed, {time}. Everything saved before is intact."),
    }.get(
        progress.outcome or "",
        _(
            ":material/pause: The process of the last import ended in the middle, {time}. The next one goes "
            "on from there."
        ),
    )
    return outcome.format(
        time=data.local_time(progress.progressed_at, zone),
        calls=numbers.whole(progress.calls),
        new=numbers.whole(progress.new_contacts),
    )


def _has_newer_key(progress: Progress, key_since: int | None) -> bool:
    """An import with the key that was just saved has not ended yet."""
    return (
        progress.outcome != "complete"
        and key_since is not None
        and key_since >= (progress.progressed_at or 0)
        and time.time() - key_since < SOON_SECONDS
    )
