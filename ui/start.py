"""The start: how far the first import is, until the pages have something to show."""

import time
from datetime import timedelta

import streamlit as st

from freshdesk_core.errors import CoreError
from freshdesk_core.importing.progress import Progress, about
from freshdesk_core.text import gettext as _
from freshdesk_core.volumes import Window
from ui import address, data, filters, markdown, notices, numbers
from ui.filters import Chosen

WAITING_EVERY = timedelta(seconds=1.5)
SETTLING_SECONDS = 180
SILENT_SECONDS = 15  # a run that works is heard of more often (importing/pulse.py)
FOLLOWING_EVERY = timedelta(seconds=6)  # a page that is being read must not jump every second


def screen() -> None:
    """Fill a page that has no figures yet with the progress of the import."""
    _waiting(address.seen())


def watch(chosen: Chosen) -> None:
    """While a first import goes on, show how far it is above the figures that are proven already."""
    if _unsettled():
        _following(filters.complete_days(chosen.proven, chosen.zone), data.revision(), address.seen())


@st.fragment(run_every=WAITING_EVERY)
def _waiting(drawn_at: object) -> None:
    with notices.guarded():
        if filters.has_whole_day():
            address.redraw(drawn_at)
        imports = data.progress()
        if not imports:
            notices.nothing_connected()
        for progress in imports:
            _account(progress)


@st.fragment(run_every=FOLLOWING_EVERY)
def _following(drawn_days: Window, drawn_revision: int, drawn_at: object) -> None:
    with notices.guarded():
        first = [progress for progress in _unsettled() if progress.is_first and progress.is_running]
        has_changed = filters.whole_days() != drawn_days if first else data.revision() != drawn_revision
        if has_changed:
            address.redraw(drawn_at)
        for progress in first:
            _account(progress)


def refresh() -> None:
    """Redraw the page whenever an import has moved on."""
    _refreshing(data.revision(), address.seen())


@st.fragment(run_every=WAITING_EVERY)
def _refreshing(drawn_revision: int, drawn_at: object) -> None:
    with notices.guarded():
        if drawn_revision != data.revision():
            address.redraw(drawn_at)


def _unsettled() -> list[Progress]:
    """First imports, audits and comparisons that run, or ended so shortly ago that more may come."""
    lately = time.time() - SETTLING_SECONDS
    return [
        one
        for one in data.progress()
        if (one.is_first or one.phase in ("audit", "totals")) and (one.progressed_at or 0) > lately
    ]


def _account(progress: Progress) -> None:
    """One account's import: phase, counts, time left, and from when replies are complete."""
    with st.container(border=True, key=f"import_{markdown.key(progress.name)}"):
        steps_and_facts(progress)
        if progress.error_code and not progress.is_running:
            notices.fault(CoreError(progress.error_code, **progress.error_figures))


def steps_and_facts(progress: Progress) -> None:
    """An import under way: its phase, how far it is, its counts."""
    st.markdown(
        ":material/downloading: **"
        + _("Importing {name}").format(name=markdown.escape(progress.name))
        + f"** · {phase(progress)}"
    )
    done, expected = steps(progress)
    if expected:
        st.progress(min(1.0, done / expected))
    if progress.phase != "ended":  # then its counts are those of a run that is over
        st.caption("  ·  ".join([*_facts(progress), *_silence(progress)]))
    if wait := waits(progress):
        st.markdown(f":material/hourglass_top: {wait}")
    elif progress.is_running and progress.error_code:
        notices.fault(CoreError(progress.error_code, **progress.error_figures))


def waits(progress: Progress) -> str:
    """Until when an import under way waits for Freshdesk's limit, in words; empty where it does not."""
    if progress.waits_until is None:
        return ""
    zone = data.integration(progress.integration_id).time_zone
    text = _("Waiting for Freshdesk's limit of calls until about {time}; it goes on by itself.")
    return text.format(time=data.local_clock(progress.waits_until, zone))


def _silence(progress: Progress) -> list[str]:
    """For how long nothing came, where that is longer than usual."""
    seconds = time.time() - (progress.progressed_at or 0)
    if not progress.is_running or progress.waits_until is not None or seconds < SILENT_SECONDS:
        return []
    return [_("nothing from Freshdesk for {time}").format(time=numbers.duration(seconds))]


def phase(progress: Progress) -> str:
    """What the import is doing, in words."""
    return {
        "waiting": _("about to start"),
        "tickets": _("listing all tickets"),
        "conversations": _("reading conversations, newest first"),
        "audit": _("checking that no ticket is missing"),
        "totals": _("asking Freshdesk for its own totals"),
        "ended": _("finished"),
    }.get(progress.phase, progress.phase)


def steps(progress: Progress) -> tuple[int, int | None]:
    """Done, and about how many in all, in the present phase."""
    if progress.phase == "totals":
        return progress.days_read, progress.days_expected
    if progress.phase == "audit":
        return progress.gaps_settled, progress.gaps_expected
    if progress.phase in ("waiting", "tickets"):
        return progress.tickets_read, progress.tickets_expected
    return progress.threads_read, progress.threads_expected


def _facts(progress: Progress) -> list[str]:
    if progress.phase in ("waiting", "tickets"):
        facts = [
            _of(
                _("{done} tickets"),
                _("{done} of about {all} tickets"),
                progress.tickets_read,
                progress.tickets_expected,
            )
        ]
    elif progress.phase == "audit":
        facts = [
            _of(
                _("{done} ticket numbers settled"),
                _("{done} of {all} ticket numbers settled"),
                progress.gaps_settled,
                progress.gaps_expected,
            )
        ]
    elif progress.phase == "totals":
        facts = [_of(_("{done} days"), _("{done} of {all} days"), progress.days_read, progress.days_expected)]
    else:
        facts = [
            _("{count} tickets listed").format(count=numbers.whole(progress.tickets_read)),
            _of(
                _("conversations of {done} tickets read"),
                _("conversations of {done} of about {all} tickets read"),
                progress.threads_read,
                progress.threads_expected,
            ),
        ]
    if progress.calls_expected:
        facts.append(
            _("in all about {calls} calls, about {time} at this plan").format(
                calls=numbers.whole(about(progress.calls_expected)),
                time=numbers.duration(max(60, progress.seconds_expected or 0)),
            )
        )
    if progress.seconds_left:
        facts.append(
            _("about {time} left for this step").format(time=numbers.duration(progress.seconds_left))
        )
    if progress.replies_complete_from is not None:
        facts.append(
            _("replies complete from {time}").format(
                time=data.local_time(
                    progress.replies_complete_from, data.integration(progress.integration_id).time_zone
                )
            )
        )
    return facts


def _of(alone: str, of_all: str, done: int, expected: int | None) -> str:
    if expected is None:
        return alone.format(done=numbers.whole(done))
    return of_all.format(done=numbers.whole(done), all=numbers.whole(max(done, expected)))
