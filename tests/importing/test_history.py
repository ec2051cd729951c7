"""The log of imports: what each run did, adding up."""

from pathlib import Path

import pytest

from freshdesk_core.importing import history
from freshdesk_core.sandbox import Sandbox, Script
from tests.importing.inflow import epoch, inflow

NOW = "2026-03-10T12:00:00Z"


def test_new_rows_are_contacts_or_excluded_with_a_reason(tmp_path: Path) -> None:
    """The first run lists from ever; a later one tells what changed since, and one without news nothing."""
    script = Script(now=NOW)
    ticket = script.ticket()
    script.reply(ticket)
    script.agent_reply(ticket)
    script.ticket(source=10)
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        script.now += 3_600
        script.reply(ticket)
        here.complete()
        here.complete()
        quiet, second, first = history.runs(here.store, here.integration.integration_id)

    assert (first.purpose, first.is_first, first.outcome) == ("import", True, "complete")
    assert (first.rows_new, first.rows_changed, first.new_contacts) == (4, 0, 2)
    assert first.excluded == {"agent_reply": 1, "outbound_email": 1}
    assert first.rows_new == first.new_contacts + sum(first.excluded.values())
    assert first.window == (None, epoch("2026-03-10T12:00:00"))
    assert first.calls > 3

    assert (second.rows_new, second.rows_changed, second.new_contacts) == (1, 1, 1)
    assert second.window is not None
    start, end = second.window
    assert start is not None
    assert start < epoch("2026-03-10T12:00:00") < end == epoch("2026-03-10T13:00:00")
    assert (quiet.rows_new, quiet.rows_changed, quiet.new_contacts, quiet.excluded) == (0, 0, 0, {})


@pytest.mark.sqlite
def test_a_failed_run_tells_why_and_pages_follow_one_another(tmp_path: Path) -> None:
    script = Script(now=NOW)
    script.ticket()
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        sandbox.faults.on("revoke")
        failed = here.run()
        id_ = here.integration.integration_id
        assert history.count(here.store, id_) == 2
        (newest,) = history.runs(here.store, id_, limit=1)
        (oldest,) = history.runs(here.store, id_, limit=1, offset=1)

    assert failed.error is not None
    assert (newest.outcome, newest.error_code) == ("failed", failed.error.error_code)
    assert newest.error_figures["domain"] == sandbox.domain
    assert newest.window is None
    assert oldest.outcome == "complete"


@pytest.mark.sqlite
def test_a_run_tells_how_long_it_stood_still(tmp_path: Path) -> None:
    """Freshdesk asks for a second of patience; the run waits at least that long, and says so."""
    script = Script(now=NOW)
    script.ticket()
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        sandbox.faults.on("429=1s@2")
        here.complete()
        (run,) = history.runs(here.store, here.integration.integration_id)

    assert run.waited_seconds >= 1
