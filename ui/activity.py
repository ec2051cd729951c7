"""The section *Activity*: what every import did, newest first, as a table and as a file."""

import math
from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from freshdesk_core import messages
from freshdesk_core.errors import CoreError
from freshdesk_core.importing import history
from freshdesk_core.importing.history import Past
from freshdesk_core.importing.measures import reason
from freshdesk_core.text import gettext as _
from freshdesk_core.text import ngettext
from freshdesk_core.volumes import IntegrationInfo
from ui import data, markdown, notices, numbers, tables

RUNS_PER_PAGE = 20
BY_US = ("settings-changed", "paused-meanwhile", "lease-lost", "integration-removed")  # somebody wanted it so


def draw(info: IntegrationInfo) -> None:
    """A page of the log, the errors in it in words, and the whole log to download."""
    st.subheader(_("Activity"), anchor=False)
    with notices.guarded():
        all_runs = history.count(data.store(), info.integration_id)
        if all_runs == 0:
            st.caption(_("No import has run yet. The first one starts by itself within seconds."))
            return
        pages = math.ceil(all_runs / RUNS_PER_PAGE)
        place = st.container()
        page = st.pagination(pages, key="activity_page") if pages > 1 else 1
        some = history.runs(
            data.store(), info.integration_id, limit=RUNS_PER_PAGE, offset=(page - 1) * RUNS_PER_PAGE
        )
        with place:
            is_running = any(
                one.is_running for one in data.every_progress() if one.integration_id == info.integration_id
            )
            _table(some, info.time_zone, is_running=is_running)
        _errors(some, info.time_zone)
        tables.download_csv(
            lambda: for_file(history.runs(data.store(), info.integration_id), info.time_zone),
            "inflow-activity",
            key="activity",
            note=ngettext(
                "{count} run. Times in {zone}.", "{count} runs in all. Times in {zone}.", all_runs
            ).format(count=numbers.whole(all_runs), zone=markdown.escape(info.time_zone)),
        )


def _table(runs: Sequence[Past], zone: str, *, is_running: bool) -> None:
    frame = pd.DataFrame([_row(run, zone, is_running=is_running) for run in runs])
    columns = {
        "began": tables.text(_("Began"), width=120),
        "what": tables.text(_("What"), width=150),
        "outcome": tables.text(_("Outcome"), width=125),
        "why": tables.text(_("Why"), help_text=_("In full below the table."), width=250),
        "calls": tables.count(_("Calls"), width=60),
        "new": tables.count(
            _("New"), help_text=_("Tickets and conversations seen for the first time."), width=60
        ),
        "changed": tables.count(
            _("Changed"),
            help_text=_("Tickets and conversations that were there, with something new."),
            width=75,
        ),
        "contacts": tables.count(
            _("Contacts"), help_text=_("Of the new rows: those that are counted."), width=75
        ),
        "excluded": tables.text(
            _("Not counted"),
            help_text=_("Of the new rows: those that are no contact, by reason."),
            width=185,
        ),
        "lasted": tables.text(_("Lasted"), width=80),
        "waited": tables.text(
            _("Waited"), help_text=_("For the limit of calls, and between tries."), width=80
        ),
        "window": tables.text(
            _("Changes read"),
            help_text=_("Which changes of tickets Freshdesk listed, by its clock."),
            width=240,
        ),
    }
    if not frame["why"].any():
        columns.pop("why")
    tables.show(
        frame, columns, key="activity_table", alt=_("What every import did, newest first"), rows=RUNS_PER_PAGE
    )


def _row(run: Past, zone: str, *, is_running: bool) -> dict[str, object]:
    return {
        "began": data.local_time(run.started_at, zone),
        "what": what(run),
        "outcome": outcome(run, is_running=is_running),
        "why": error_words(run) if run.error_code else "",
        "window": _window(run, zone),
        "lasted": numbers.duration(run.ended_at - run.started_at) if run.ended_at else numbers.NO_DATA,
        "calls": run.calls,
        "waited": numbers.duration(run.waited_seconds) if run.waited_seconds else numbers.NO_DATA,
        "new": run.rows_new,
        "changed": run.rows_changed,
        "contacts": run.new_contacts,
        "excluded": excluded(run.excluded),
    }


def _errors(runs: Sequence[Past], zone: str) -> None:
    """Each error of the runs on this page once, in words, with when it came."""
    by_words: dict[str, list[Past]] = {}
    for run in runs:
        if run.error_code and run.outcome is not None:  # while it runs, it is only what it waits for
            by_words.setdefault(error_words(run), []).append(run)
    for words, failed in by_words.items():
        times = data.local_time(failed[-1].started_at, zone)
        if len(failed) > 1:
            times = _("{count} times, {first} to {last}").format(
                count=len(failed), first=times, last=data.local_time(failed[0].started_at, zone)
            )
        icon = "info" if failed[0].error_code in BY_US else "error"
        st.markdown(f":material/{icon}: **{times}:** {markdown.sentence(words)}")


def for_file(runs: Sequence[Past], zone: str) -> pd.DataFrame:
    """The log for an exported file: one row per run, times in ISO 8601 with their offset."""
    reasons = sorted({reason for run in runs for reason in run.excluded})
    rows = [
        {
            "import_id": run.import_id,
            "started_at": data.iso(run.started_at, zone),
            "ended_at": data.iso(run.ended_at, zone),
            "what": what(run),
            "outcome": run.outcome or "",
            "changes_from": data.iso(run.window[0], zone) if run.window else "",
            "changes_to": data.iso(run.window[1], zone) if run.window else "",
            "calls": run.calls,
            "waited_seconds": run.waited_seconds,
            "new_rows": run.rows_new,
            "changed_rows": run.rows_changed,
            "new_contacts": run.new_contacts,
            **{f"excluded_{reason}": run.excluded.get(reason, 0) for reason in reasons},
            "error_code": run.error_code or "",
            "error": error_words(run) if run.error_code else "",
        }
        for run in runs
    ]
    return pd.DataFrame(rows)


def what(run: Past) -> str:
    """What a run was for, in words."""
    if run.purpose == "import":
        return _("First import") if run.is_first else _("Import")
    return {
        "audit": _("Check for missing tickets"),
        "totals": _("Freshdesk's totals"),
        "reimport": _("Range read again"),
    }.get(run.purpose, run.purpose)


def outcome(run: Past, *, is_running: bool) -> str:
    """How a run ended, in words with a mark of its own; *is_running*: somebody works on the account now."""
    if run.error_code in BY_US:  # an older Inflow wrote some of these down as failed
        return {
            "settings-changed": _("‖ settings changed"),
            "paused-meanwhile": _("‖ paused"),
            "integration-removed": _("‖ removed"),
        }.get(run.error_code, _("‖ interrupted"))
    if run.outcome is None:
        return _("… running") if is_running else _("‖ broken off")
    return {
        "complete": _("✓ complete"),
        "interrupted": _("‖ interrupted"),
        "failed": _("✕ failed"),
    }.get(run.outcome, run.outcome)


def error_words(run: Past) -> str:
    """Why a run failed, as one sentence after the other."""
    return messages.sentence(CoreError(run.error_code or "", **run.error_figures))


def excluded(rows: Mapping[str, int]) -> str:
    """Rows that are no contact, by reason, most first."""
    most_first = sorted(rows.items(), key=lambda item: -item[1])
    return ", ".join(f"{numbers.whole(count)} {reason(name)}" for name, count in most_first)


def _window(run: Past, zone: str) -> str:
    if run.window is None:
        return numbers.NO_DATA
    start, end = run.window
    return _("{start} to {end}").format(
        start=_("the beginning") if start is None else data.local_time(start, zone),
        end=data.local_time(end, zone),
    )
