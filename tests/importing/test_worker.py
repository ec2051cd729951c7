"""The worker: the sample while nothing is connected, every real account on schedule, totals at night."""

import json
import logging
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from freshdesk_core.errors import ConfigError
from freshdesk_core.importing import sample as sample_module
from freshdesk_core.importing.progress import progress
from freshdesk_core.importing.sample import Sample
from freshdesk_core.importing.session import bring_up_to_date
from freshdesk_core.sandbox import Sandbox, Script
from freshdesk_core.settings import Settings
from freshdesk_core.store import integrations, schema
from tests.databases import Databases
from tests.importing.inflow import environment, inflow
from tests.importing.programs import ended, start, wait_for
from tests.importing.working import Working

PATIENCE = 10  # seconds; half of them are promised, and a machine may be busy
pytestmark = pytest.mark.sqlite  # of processes, clocks and schedules; what these store is tested elsewhere


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample_module, "TICKETS", 40)
    monkeypatch.setattr(sample_module, "DAYS", 20)
    monkeypatch.setattr("freshdesk_core.importing.worker.LOOK_SECONDS", 0.05)
    monkeypatch.setattr("freshdesk_core.importing.worker.BUSY_SECONDS", 0.05)
    monkeypatch.setattr("freshdesk_core.api.calls.BACKOFF_SECONDS", 0.001)


@pytest.fixture
def working(tmp_path: Path) -> Iterator[Working]:
    one = Working(tmp_path)
    yield one
    one.close()


@pytest.fixture
def desk() -> Iterator[tuple[Script, Sandbox]]:
    script = Script(now="2026-03-10T12:00:00Z")
    script.reply(script.ticket(at="2026-03-09"), at="2026-03-09T10:00:00Z")
    with Sandbox(script, plan="unlimited") as sandbox:
        yield script, sandbox


def test_with_nothing_connected_it_imports_the_sample_over_http(working: Working) -> None:
    working.round()

    sample = working.sample()
    assert sample is not None
    assert sample.domain.startswith("127.0.0.1:")
    (shown,) = progress(working.store)
    assert (shown.is_sample, shown.outcome, shown.phase) == (True, "complete", "ended")
    with working.store.read() as connection:
        tickets = connection.exec_driver_sql("SELECT count(*) FROM tickets").scalar()
    assert 30 <= (tickets or 0) <= 45
    assert [(purpose, outcome) for _id, purpose, outcome in working.runs()] == [
        *(("import", "complete"), ("audit", "complete"), ("totals", "complete")),
    ]


def test_it_steps_aside_for_the_first_real_account(working: Working, desk: tuple[Script, Sandbox]) -> None:
    working.round()
    process = working.worker._sample._process
    assert process is not None
    assert process.poll() is None
    real = working.add("Desk", desk[1])
    before = len(working.runs())
    working.now += 10_000
    working.round()

    assert process.poll() is not None
    assert {integration_id for integration_id, *_ in working.runs()[before:]} == {real}
    working.now += 10_000
    working.round()
    assert {integration_id for integration_id, *_ in working.runs()[before:]} == {real}


def test_the_same_ids_mean_the_same_tickets_tomorrow(tmp_path: Path) -> None:
    """Start day and port are kept: the next worker shows the same account at the same address."""
    first = Working(tmp_path)
    first.round()
    sample, kept = first.sample(), json.loads((tmp_path / "sample.json").read_text())
    first.close()
    second = Working(tmp_path)
    second.round()

    assert second.sample() == sample
    assert json.loads((tmp_path / "sample.json").read_text()) == kept
    with second.store.read() as connection:
        totals = connection.exec_driver_sql("SELECT count(*) FROM imports WHERE new_contacts > 0").scalar()
    assert totals == 1
    second.close()


def test_a_port_that_is_taken_meanwhile_is_replaced(tmp_path: Path, desk: tuple[Script, Sandbox]) -> None:
    first = Working(tmp_path)
    first.round()
    first.close()
    kept = json.loads((tmp_path / "sample.json").read_text())
    (tmp_path / "sample.json").write_text(json.dumps(kept | {"domain": desk[1].domain, "api_key": "other"}))
    second = Working(tmp_path)
    second.round()

    sample = second.sample()
    assert sample is not None
    assert sample.domain != desk[1].domain
    assert progress(second.store)[0].outcome == "complete"
    second.close()


def test_a_damaged_note_of_the_sample_is_written_anew(working: Working, tmp_path: Path) -> None:
    note = tmp_path / "sample.json"
    for content in ("", "{", "[]", '{"start": "tomorrow"}', '{"start": 5}'):
        note.write_text(content)
        assert set(working.worker._sample._kept()) == {"start"}
    note.write_text("null")
    working.round()
    assert progress(working.store)[0].outcome == "complete"
    assert set(json.loads(note.read_text())) == {"start", "domain", "api_key"}


def test_two_workers_on_one_home_share_the_sample(tmp_path: Path) -> None:
    """The second uses the first one's server; when the first ends, it starts one at the same address."""
    first, second = Working(tmp_path), Working(tmp_path)
    first.round()
    second.round()
    assert second.worker._sample._process is None
    assert first.sample() == second.sample()
    address = first.sample().domain  # type: ignore[union-attr]
    first.close()

    second.now += 10_000
    second.round()
    assert second.worker._sample._process is not None
    assert second.sample().domain == address  # type: ignore[union-attr]
    assert [outcome for *_, outcome in second.runs()].count("complete") >= 3
    second.close()


def test_two_workers_that_begin_at_once(tmp_path: Path) -> None:
    both = [Working(tmp_path), Working(tmp_path)]
    threads = [threading.Thread(target=one.worker.run) for one in both]
    for thread in threads:
        thread.start()
    wait_for(lambda: ("totals", "complete") in [run[1:] for run in both[0].runs()])
    for one in both:
        one.stop.set()
    for thread in threads:
        thread.join(10)
    with both[0].store.read() as connection:
        assert len(integrations.all_of(connection)) == 1
    assert {outcome for *_, outcome in both[0].runs()} <= {"complete", "interrupted", "failed"}
    for one in both:
        one.close()


def test_a_sample_that_does_not_start_is_said_and_tried_again(
    working: Working, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sample_module.sys, "executable", "/bin/false")
    working.round()
    assert "The built-in sample account could not be started" in caplog.text
    assert working.sample() is None


def test_a_sample_that_says_nothing_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    silent = tmp_path / "silent"
    silent.write_text("#!/bin/sh\nexec sleep 60\n")
    silent.chmod(0o755)
    monkeypatch.setattr(sample_module.sys, "executable", str(silent))
    monkeypatch.setattr(sample_module, "STARTING_SECONDS", 0.2)
    sample = Sample(Settings.from_environment(environment(tmp_path)))
    began = time.monotonic()
    assert sample._start("2026-01-01", 0) is None
    assert time.monotonic() - began < PATIENCE


def test_every_account_on_schedule(working: Working, desk: tuple[Script, Sandbox]) -> None:
    ids = [working.add(name, desk[1]) for name in ("One", "Two")]
    working.round()
    for id_ in ids:  # side by side
        assert [run[1] for run in working.runs() if run[0] == id_] == ["import", "audit", "totals"]
    working.round()
    assert len(working.runs()) == 6
    working.now += working.settings.poll_seconds + 1
    working.round()
    assert [run[1] for run in working.runs()[6:]] == ["import", "import"]


def test_one_that_is_resumed_or_given_another_key_is_imported_at_once(
    working: Working, desk: tuple[Script, Sandbox]
) -> None:
    """Though its last import was complete, and the next one is not due for long."""
    id_ = working.add("Desk", desk[1])
    working.round()
    before = len(working.runs())
    with working.store.write() as connection:
        integrations.pause(connection, id_, "somebody")
    working.round()
    assert len(working.runs()) == before
    with working.store.write() as connection:
        integrations.resume(connection, id_)
    working.round()
    assert working.runs()[before:] == [(id_, "import", "complete")]

    with working.store.write() as connection:
        integrations.replace_key(connection, working.settings, id_, desk[1].api_key)
    working.round()
    assert working.runs()[before:] == [(id_, "import", "complete")] * 2
    working.round()
    assert len(working.runs()) == before + 2


def test_audit_and_totals_once_a_night(working: Working, desk: tuple[Script, Sandbox]) -> None:
    working.add("Desk", desk[1])
    working.round()
    for hours in (1, 22):
        working.now += hours * 3_600
        working.round()
    assert [run[1] for run in working.runs()] == ["import", "audit", "totals", "import", "import"]
    working.now += 2 * 3_600
    working.round()
    assert [run[1] for run in working.runs()[5:]] == ["import", "audit", "totals"]


def test_a_new_account_is_noticed_and_a_removed_one_left_alone(
    working: Working, desk: tuple[Script, Sandbox]
) -> None:
    first = working.add("One", desk[1])
    working.round()
    second = working.add("Two", desk[1])
    working.round()
    assert {run[0] for run in working.runs()} == {first, second}
    with working.store.write() as connection:
        integrations.remove(connection, first)
    working.now += 10_000
    before = len(working.runs())
    working.round()
    assert {run[0] for run in working.runs()[before:]} == {second}


def test_one_that_fails_does_not_keep_the_others(
    working: Working, desk: tuple[Script, Sandbox], caplog: pytest.LogCaptureFixture
) -> None:
    gone = working.add("Gone", desk[1])
    with working.store.write() as connection:
        connection.execute(
            update(schema.integrations)
            .where(schema.integrations.c.integration_id == gone)
            .values(key_sealed="damaged")
        )
    fine = working.add("Fine", desk[1])
    caplog.set_level(logging.INFO)
    working.round()
    assert [run for run in working.runs() if run[0] == gone] == [(gone, "import", "failed")]
    assert {run[2] for run in working.runs() if run[0] == fine} == {"complete"}
    assert "does not open the stored Freshdesk keys" in caplog.text


def test_totals_that_fail_are_told(
    working: Working, desk: tuple[Script, Sandbox], caplog: pytest.LogCaptureFixture
) -> None:
    routes = desk[1].application._routes._fixed
    routes["/api/v2/search/tickets"] = routes["/api/v2/roles"]._replace(handler=_refuse)
    working.add("Desk", desk[1])
    working.round()
    assert [(run[1], run[2]) for run in working.runs()] == [
        *(("import", "complete"), ("audit", "complete"), ("totals", "failed")),
    ]
    assert "does not let this key read /api/v2/search/tickets" in caplog.text


def _refuse(*_: object) -> object:
    from freshdesk_core.sandbox.answers import access_denied

    raise access_denied()


def test_one_that_another_process_imports_is_tried_again_soon(
    working: Working, desk: tuple[Script, Sandbox]
) -> None:
    from freshdesk_core.store import leases

    id_ = working.add("Desk", desk[1])
    with working.store.read() as connection:
        one = integrations.get(connection, id_)
    with leases.held(working.store, one):
        working.round()
        assert working.runs() == []
    working.now += 1
    working.round()
    assert [run[2] for run in working.runs()] == ["complete"] * 3


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, None], ids=["term", "int", "stdin"])
def test_the_command_works_until_it_is_told_to_stop(
    tmp_path: Path, desk: tuple[Script, Sandbox], number: signal.Signals | None
) -> None:
    working = Working(tmp_path)
    working.add("Desk", desk[1])
    options = [] if number else ["--until-stdin-closes"]
    process = start(tmp_path, "worker", *options, INFLOW_POLL_SECONDS="0.1")
    wait_for(lambda: len(working.runs()) >= 4)
    desk[0].now += 60
    desk[0].ticket()
    wait_for(lambda: progress(working.store)[0].new_contacts or len(working.runs()) >= 12)
    began = time.monotonic()
    if number:
        process.send_signal(number)
    code, out, complaints = ended(process)  # closes its standard input too

    assert time.monotonic() - began < PATIENCE
    assert (code, out) == (0, "")
    assert "Traceback" not in complaints
    assert "Import of integration 1: complete" in complaints
    with working.store.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM tickets").scalar() == 2
    working.close()


def test_an_account_that_cannot_be_called_says_why_on_every_page(tmp_path: Path) -> None:
    """A sandbox that was allowed when it was connected, and is not allowed now."""
    script = Script(now="2026-03-10T12:00:00Z")
    script.ticket(at="2026-03-02T09:00:00Z")
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        strict = replace(here.settings, allow_loopback=False)
        with pytest.raises(ConfigError):
            bring_up_to_date(here.store, strict, here.integration)
        (told,) = progress(here.store)
        assert (told.outcome, told.error_code) == ("failed", "loopback-not-allowed")
        assert sandbox.requests == []


@pytest.mark.postgresql
def test_it_outlives_a_restart_of_the_database_s_server(
    working: Working, desk: tuple[Script, Sandbox], postgres: Databases, caplog: pytest.LogCaptureFixture
) -> None:
    if postgres.server is None:
        pytest.skip("not on a server that INFLOW_TEST_POSTGRES names")
    script, sandbox = desk
    working.add("Desk", sandbox)
    thread = threading.Thread(target=working.worker.run)
    thread.start()
    wait_for(lambda: len(working.runs()) == 3 and working.runs()[-1][2])
    postgres.server.stop()
    wait_for(lambda: "cannot be used" in caplog.text)
    postgres.server.start()
    script.now += 3_600
    script.reply(1)
    working.now += 10_000
    wait_for(lambda: len(working.runs()) >= 4 and working.runs()[3][2])
    working.stop.set()
    thread.join()

    assert working.runs()[3][1:] == ("import", "complete")
    with working.store.read() as connection:
        contacts = connection.exec_driver_sql("SELECT sum(new_contacts) FROM imports").scalar()
    assert contacts == 3
