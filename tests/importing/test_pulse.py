"""A run that saves nothing for a while shows that it lives, and for what it waits."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import update

from freshdesk_core.errors import CoreError
from freshdesk_core.health import status
from freshdesk_core.importing.connect import client_of
from freshdesk_core.importing.log import Run
from freshdesk_core.importing.progress import Progress, progress
from freshdesk_core.importing.run import Import, Outcome
from freshdesk_core.sandbox import Sandbox, Script
from freshdesk_core.store import schema
from tests.importing.inflow import DAY, Inflow, inflow
from tests.importing.programs import wait_for

pytestmark = pytest.mark.sqlite

NOW = "2026-03-10T12:00:00Z"
LONG_AGO = 5


def told(here: Inflow) -> Progress:
    (one,) = progress(here.store)
    return one


@contextmanager
def importing(
    here: Inflow, on_progress: Callable[[Run], None] = lambda run: None
) -> Iterator[tuple[threading.Event, list[Outcome]]]:
    """An import on a thread of its own, ten beats a second; it is stopped at the end, if it still runs."""
    stop, halt, outcomes = threading.Event(), threading.Event(), []

    def work() -> None:
        with client_of(here.settings, here.integration, stop, halt, store=here.store) as freshdesk:
            run = Import(
                here.store,
                here.integration,
                freshdesk,
                stop=stop,
                halt=halt,
                on_progress=on_progress,
                pulse_seconds=0.1,
            )
            outcomes.append(run.run())

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield stop, outcomes
    finally:
        stop.set()
        thread.join(60)


def test_an_import_that_waits_for_the_limit_says_until_when(tmp_path: Path) -> None:
    """Freshdesk asks for a pause of ten minutes: told by the status, not taken for an end."""
    script = Script(now=NOW)
    for _ in range(3):
        script.reply(script.ticket(at="2026-03-08"), at="2026-03-09")
    reasons: list[CoreError | None] = []
    with (
        Sandbox(script, plan="unlimited", faults="429=600s~conversations") as sandbox,
        inflow(tmp_path, sandbox) as here,
    ):
        with importing(here, lambda run: reasons.append(run.waits_for)) as (_stop, outcomes):
            wait_for(lambda: told(here).waits_until is not None, 60)
            one = told(here)
            assert one.is_running
            assert 500 <= one.waits_until - time.time() <= 700  # to the minute
            _age(here)
            wait_for(lambda: told(here).progressed_at > LONG_AGO, 60)
            (health,) = status(here.store, int(time.time()), here.settings)
            assert health.state == "catching_up"
            (notice,) = health.as_json()["notices"]
            assert notice["code"] == "limit-reached"
            words = rf"limit of calls at {sandbox.domain}, until about \d\d:\d\d UTC\."
            assert re.search(words, str(notice["message"]))
            assert {reason.error_code for reason in reasons if reason is not None} == {"limit-reached"}

        assert [outcome.outcome for outcome in outcomes] == ["interrupted"]
        assert (told(here).waits_until, told(here).error_code) == (None, None)
        (health,) = status(here.store, int(time.time()), here.settings)
        assert health.notices == ()


def test_a_run_that_was_killed_while_it_waited_waits_no_more(tmp_path: Path) -> None:
    script = Script(now=NOW)
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        with here.store.write() as connection:
            connection.execute(
                update(schema.imports).values(
                    outcome=None, error_code="limit-reached", error_figures='{"until_at": 7}'
                )
            )
        assert told(here).waits_until is None
        here.complete()
        killed, _new = here.rows(schema.imports)
        assert (killed["outcome"], killed["error_code"]) == ("interrupted", None)


def _age(here: Inflow) -> None:
    """As if the last step of the run under way were long ago."""
    with here.store.write() as connection:
        connection.execute(update(schema.imports).values(progressed_at=LONG_AGO))


def _is_silent(here: Inflow) -> bool:
    """No beat finds a sign of life."""
    _age(here)
    time.sleep(0.4)
    return told(here).progressed_at == LONG_AGO


def test_a_thread_of_many_pages_shows_that_its_import_lives(tmp_path: Path) -> None:
    """Nothing is saved until its last page is read. Each page is a sign of life; silence is none."""
    script = Script(now=NOW)
    ticket = script.ticket(at="2026-03-08")
    for number in range(450):
        script.reply(ticket, at=script.now - DAY + 60 * number)
    gate, asked = threading.Semaphore(0), []

    def hold(_method: str, path: str) -> None:
        if path.endswith("/conversations"):
            asked.append(path)
            gate.acquire(timeout=60)

    with Sandbox(script, plan="unlimited", on_request=hold) as sandbox, inflow(tmp_path, sandbox) as here:
        with importing(here) as (_stop, outcomes):
            for page in range(1, 4):
                wait_for(lambda page=page: len(asked) == page and _is_silent(here), 60)
                gate.release()
                wait_for(lambda: told(here).progressed_at > LONG_AGO, 60)
                assert told(here).threads_read == 0
            gate.release(100)
            wait_for(lambda: outcomes, 60)
        assert outcomes[0].outcome == "complete"
        assert told(here).threads_read == 1
