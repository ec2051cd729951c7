"""The schedule: accounts side by side, and which failures are tried again."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, event

from freshdesk_core import health
from freshdesk_core.importing import worker as worker_module
from freshdesk_core.sandbox import Sandbox, Script
from freshdesk_core.store import integrations, schema
from tests.importing.programs import wait_for
from tests.importing.working import Working

pytestmark = pytest.mark.sqlite  # of threads, clocks and schedules; what these store is tested elsewhere

HOUR = 3_600
TERMINAL = {
    "401": "key-rejected",
    "403=account_suspended": "account-suspended",
    "403=access_denied~tickets[?]": "access-denied",
    "404": "not-found",
    "redirect=301+host": "foreign-host",
}
TRANSIENT = {"503": "unreachable", "login": "bad-answer", "429=bare": "rate-limited", "reset": "unreachable"}


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("freshdesk_core.api.calls.BACKOFF_SECONDS", 0.001)
    monkeypatch.setattr("freshdesk_core.api.calls.PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr("freshdesk_core.api.outage.PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(worker_module, "LOOK_SECONDS", 0.02)


@pytest.fixture
def working(tmp_path: Path) -> Iterator[Working]:
    one = Working(tmp_path)
    yield one
    one.close()


def _script(tickets: int = 1) -> Script:
    script = Script(now="2026-03-10T12:00:00Z")
    for _ in range(tickets):
        script.reply(script.ticket(at="2026-03-09"), at="2026-03-09T10:00:00Z")
    return script


@pytest.fixture
def desk() -> Iterator[Sandbox]:
    with Sandbox(_script(), plan="unlimited") as sandbox:
        yield sandbox


def _outcomes(working: Working, integration_id: int, purpose: str = "import") -> list[str | None]:
    return [outcome for id_, its, outcome in working.runs() if (id_, its) == (integration_id, purpose)]


def _told(working: Working) -> tuple[str, str | None]:
    (told,) = health.status(working.store, 0, working.settings)
    return told.state, told.broken_link


def _unpause(working: Working) -> None:
    """The pause that a 429 asked for is over."""
    with working.store.write() as connection:
        connection.execute(delete(schema.budgets))


def test_first_imports_that_take_long_do_not_keep_the_others(working: Working, desk: Sandbox) -> None:
    """Four big accounts are held up in their first import; a fifth is polled all the same."""
    gate = threading.Event()
    known = working.add("Known", desk)
    working.round()

    def polls() -> int:
        working.now += working.settings.poll_seconds + 1
        working.worker.round()
        return _outcomes(working, known).count("complete")

    with Sandbox(_script(), plan="unlimited", on_request=lambda *_: gate.wait(60) and None) as held_up:
        big = [working.add(f"Big {number}", held_up) for number in range(4)]
        wait_for(lambda: polls() and [_outcomes(working, id_) for id_ in big].count([None]) == 3)
        before = polls()
        wait_for(lambda: polls() >= before + 2)
        begun = [_outcomes(working, id_) for id_ in big]
        gate.set()
        working.worker.wait()
        working.round()

    assert sorted(begun) == [[], [None], [None], [None]]  # one place stays free for the likes of the fifth
    assert all("complete" in _outcomes(working, id_) for id_ in big)


def test_told_to_stop_all_end_resumable_and_give_back_their_leases(working: Working) -> None:
    """Two first imports wait for their plan's next minute when the worker is told to stop."""
    with Sandbox(_script(80), plan="trial") as one, Sandbox(_script(80), plan="trial") as other:
        ids = [working.add("One", one), working.add("Other", other)]
        thread = threading.Thread(target=working.worker.run)
        thread.start()
        wait_for(lambda: len(one.requests) >= 20 and len(other.requests) >= 20)
        working.stop.set()
        thread.join(30)

        assert not thread.is_alive()
        assert [_outcomes(working, id_) for id_ in ids] == [["interrupted"]] * 2
        with working.store.read() as connection:
            assert connection.execute(schema.leases.select()).all() == []


@pytest.mark.parametrize(("fault", "code"), TERMINAL.items(), ids=TERMINAL)
def test_a_terminal_failure_stops_all_work_on_the_account(
    working: Working, desk: Sandbox, fault: str, code: str
) -> None:
    """Polls make no call any more; after a long while one look at it, which goes on where it is mended."""
    id_ = working.add("Desk", desk)
    desk.faults.on(fault)
    working.round()
    assert _outcomes(working, id_) == ["failed"]
    assert _code(working) == code
    assert _told(working)[0] == "action_needed"

    calls = len(desk.requests)
    for _ in range(3):
        working.now += working.settings.poll_seconds + 1
        working.round()
    assert len(desk.requests) == calls

    is_closed = code in ("key-rejected", "account-suspended")
    working.now += working.settings.audit_seconds if is_closed else HOUR
    working.round()
    assert _outcomes(working, id_) == ["failed"] * 2
    desk.faults.off()
    working.now += working.settings.audit_seconds
    working.round()
    assert _outcomes(working, id_) == ["failed"] * 2 + ["complete"]


@pytest.mark.parametrize(("fault", "code"), TRANSIENT.items(), ids=TRANSIENT)
def test_a_failure_that_may_pass_is_tried_again_at_the_next_poll(
    working: Working, desk: Sandbox, fault: str, code: str
) -> None:
    id_ = working.add("Desk", desk)
    desk.faults.on(fault)
    working.round()
    assert _outcomes(working, id_) == ["failed"]
    assert _code(working) == code

    desk.faults.off()
    _unpause(working)
    working.now += working.settings.poll_seconds + 1
    if code == "rate-limited":
        return  # the limiter of this process holds its pause by the real clock
    working.round()
    assert _outcomes(working, id_) == ["failed", "complete"]


def _code(working: Working) -> str | None:
    with working.store.read() as connection:
        newest = schema.imports.select().order_by(schema.imports.c.import_id.desc()).limit(1)
        return connection.execute(newest).mappings().one()["error_code"]


def test_a_rejected_key_costs_no_further_call_until_there_is_a_new_one(
    working: Working, desk: Sandbox
) -> None:
    id_ = working.add("Desk", desk)
    working.round()
    desk.faults.on("revoke")
    working.now += working.settings.poll_seconds + 1
    working.round()
    assert [status for *_, status in desk.requests].count(401) == 1
    assert _told(working) == ("action_needed", "key")

    calls = len(desk.requests)
    working.now += 6 * HOUR
    working.round()
    assert len(desk.requests) == calls

    with working.store.write() as connection:
        integrations.replace_domain(connection, working.settings, id_, desk.domain, desk.new_key)
    working.round()
    assert _outcomes(working, id_) == ["complete", "failed", "complete"]


def test_an_import_by_hand_that_goes_well_sets_the_schedule_going_again(
    working: Working, desk: Sandbox
) -> None:
    id_ = working.add("Desk", desk)
    desk.faults.on("403=account_suspended")
    working.round()
    desk.faults.off()
    other = Working(working.settings.home)
    other.round()
    other.close()
    working.now += working.settings.poll_seconds + 1
    working.round()
    assert _outcomes(working, id_) == ["failed", "complete", "complete"]


def test_a_full_disk_stops_until_there_is_room(working: Working, caplog: pytest.LogCaptureFixture) -> None:
    with Sandbox(_script(300), plan="unlimited") as desk:
        id_ = working.add("Desk", desk)
        filled = _Filled(working.store.writer)
        working.round()
        assert "No space is left on the disk" in caplog.text
        calls = len(desk.requests)
        working.now += working.settings.poll_seconds + 1
        working.round()
        assert len(desk.requests) == calls

        filled.free()
        working.now += HOUR
        working.round()
        assert _outcomes(working, id_)[-1] == "complete"


class _Filled:
    """A database that may not grow."""

    def __init__(self, writer: Engine) -> None:
        self._writer = writer
        event.listen(writer, "connect", self._limit)
        writer.dispose()

    def _limit(self, connection: object, _record: object) -> None:
        connection.execute("PRAGMA max_page_count=1")  # type: ignore[attr-defined]  # the present size at least

    def free(self) -> None:
        event.remove(self._writer, "connect", self._limit)
        self._writer.dispose()


def test_totals_that_are_refused_are_no_reason_not_to_import(working: Working, desk: Sandbox) -> None:
    """The import goes on by poll; what is refused is asked for after a long while only."""
    id_ = working.add("Desk", desk)
    desk.faults.on("403=require_feature", paths="search/tickets")
    working.round()
    assert _outcomes(working, id_, "totals") == ["failed"]
    working.now += working.settings.poll_seconds + 1
    working.round()
    assert _outcomes(working, id_) == ["complete"] * 2
    assert _outcomes(working, id_, "totals") == ["failed"]

    desk.faults.off()
    working.now += HOUR
    working.round()
    assert _outcomes(working, id_, "totals") == ["failed", "complete"]


def test_totals_that_fail_for_now_are_made_up_for_after_the_next_poll(
    working: Working, desk: Sandbox
) -> None:
    id_ = working.add("Desk", desk)
    desk.faults.on("503", paths="search/tickets")
    working.round()
    desk.faults.off()
    working.now += working.settings.poll_seconds + 1
    working.round()
    assert _outcomes(working, id_, "totals") == ["failed", "complete"]


def test_a_scope_that_is_narrowed_shows_within_a_day_and_heals_when_it_is_widened(
    working: Working, desk: Sandbox
) -> None:
    """Freshdesk hides what the key may not see without any error: only asking tells."""
    working.add("Desk", desk)
    working.round()
    desk.faults.on("scope=restricted")
    working.now += working.settings.audit_seconds + 1
    working.round()
    assert _told(working) == ("action_needed", "scope")

    desk.faults.on("scope=global")
    working.now += working.settings.audit_seconds + 1
    working.round()
    assert _told(working)[1] is None


def test_what_nobody_foresaw_ends_the_worker(
    working: Working, desk: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever started it starts it anew; it does not go on with a part of its work."""

    def fail(*_args: object, **_more: object) -> None:
        raise ZeroDivisionError

    working.add("Desk", desk)
    monkeypatch.setattr(worker_module, "bring_up_to_date", fail)
    with pytest.raises(ZeroDivisionError):
        working.worker.run()
    assert working.stop.is_set()
