"""What is called proven, is: at every step of a first import, after interruptions, after a long absence."""

from pathlib import Path
from typing import Any

import pytest

from freshdesk_core import volumes
from freshdesk_core.api import TicketPage
from freshdesk_core.importing import reading, run
from freshdesk_core.importing.connect import client_of
from freshdesk_core.importing.log import Run
from freshdesk_core.sandbox import Sandbox, Script
from freshdesk_core.store import schema
from tests.importing.inflow import DAY, Inflow, epoch, inflow

NOW = "2026-03-10T12:00:00Z"
LISTING = "order_by=updated_at"


def _busy_desk() -> Script:
    """Eighty tickets over 160 days; threads that go on for weeks."""
    script = Script(now=NOW)
    start = script.now - 160 * DAY
    for number in range(80):
        at = start + number * 2 * DAY
        ticket = script.ticket(at=at)
        for reply in range(number % 5):
            script.reply(ticket, at=min(at + reply * 11 * DAY + 600, script.now - 60))
    return script


def _spans(here: Inflow) -> dict[str, Any]:
    (row,) = here.rows(schema.integrations)
    return {name: row[name] for name in ("tickets_from", "tickets_to", "replies_from", "replies_to")}


def _check_truth(here: Inflow, script: Script) -> None:
    """Whatever lies in a proven window of the account is in the store."""
    spans = _spans(here)
    account = script.at(script.now)
    stored = {row["conversation_id"] for row in here.rows(schema.conversations)}
    known = {row["ticket_id"] for row in here.rows(schema.tickets)}
    if spans["tickets_from"] is not None:
        assert {
            ticket.id
            for ticket in account.tickets.values()
            if spans["tickets_from"] <= ticket.created_at < spans["tickets_to"]
        } <= known
    if spans["replies_from"] is not None:
        assert spans["tickets_from"] <= spans["replies_from"] < spans["replies_to"] <= spans["tickets_to"]
        assert {
            row.id
            for rows in account.conversations.values()
            for row in rows
            if spans["replies_from"] <= row.created_at < spans["replies_to"]
        } <= stored


def test_replies_are_proven_newest_first_while_a_first_import_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "THREADS_PER_STEP", 4)
    monkeypatch.setattr(reading, "OVERTAKEN_SECONDS", 60)  # on a busy machine any thread may take long
    script = _busy_desk()
    proven_from: list[int | None] = []

    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:

        def look(_run: Run) -> None:
            _check_truth(here, script)
            proven_from.append(_spans(here)["replies_from"])

        here.run(on_progress=look)
        end = _spans(here)

    told = [moment for moment in proven_from if moment is not None]
    assert proven_from[: -len(told)] == [None] * (len(proven_from) - len(told))
    assert len(set(told)) > 8
    assert told == sorted(told, reverse=True)
    assert end == {
        **{"tickets_from": script.now - 120 * DAY, "tickets_to": script.now},
        **{"replies_from": script.now - 120 * DAY, "replies_to": script.now},
    }


def test_an_interrupted_first_import_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped again and again, with life going on in between; the truth of the windows holds each time."""
    monkeypatch.setattr(reading, "THREADS_PER_STEP", 4)
    script = _busy_desk()
    outcomes, asked = [], []

    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path / "a", sandbox) as here:
        for step in (1, 2, 4, 5, 6, 8, 9, 9, 9):
            outcomes.append(here.stop_after(step).outcome)
            _check_truth(here, script)
            script.now += 40 * DAY // 24
            script.reply(step)
            script.reply(script.ticket())
            asked.append(len([one for one in sandbox.requests if one.path.endswith("/conversations")]))
        here.complete()
        _check_truth(here, script)
        here.complete()
        with inflow(tmp_path / "b", sandbox) as clean:
            clean.complete()

            assert here.digest() == clean.digest()
    assert set(outcomes) == {"interrupted"}
    assert asked == sorted(asked)


def test_what_was_proven_stays_proven_when_a_continuous_import_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "THREADS_PER_STEP", 2)
    script = _busy_desk()
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        before = _spans(here)
        script.now += DAY
        for ticket in range(1, 30):
            script.reply(ticket, at=script.now - ticket * 60)
        assert here.stop_after(6).outcome == "interrupted"
        _check_truth(here, script)
        held = _spans(here)
        assert (held["replies_from"], held["replies_to"]) == (before["replies_from"], before["replies_to"])
        assert held["tickets_to"] == script.now

        here.complete()
        assert _spans(here) == before | {"tickets_to": script.now, "replies_to": script.now}


def test_since_bounds_what_is_proven_and_counted_not_what_is_read(tmp_path: Path) -> None:
    script = Script(now=NOW)
    old = script.ticket(at="2026-01-10")
    script.reply(old, at="2026-01-11")
    script.reply(old, at="2026-03-01")
    since = epoch("2026-02-01")
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox, since=since) as here:
        closed = here.complete().accounts

        assert closed.excluded == {"before_start": 2}
        assert (closed.counted_tickets, closed.counted_replies) == (0, 1)
        assert _spans(here)["tickets_from"] == since


def test_a_start_that_lies_ahead_proves_nothing_until_it_comes(tmp_path: Path) -> None:
    script = Script(now=NOW)
    script.ticket(at="2026-03-01")
    since = script.now + DAY
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox, since=since) as here:
        here.complete()
        assert set(_spans(here).values()) == {None}
        script.now += 2 * DAY
        script.ticket(at=script.now - 60)
        here.complete()
        assert _spans(here) == dict.fromkeys(("tickets_from", "replies_from"), since) | dict.fromkeys(
            ("tickets_to", "replies_to"), script.now
        )
        assert here.by_queue().total() == 1


@pytest.mark.parametrize("days", [119, 121, 300])
def test_after_a_long_absence_nothing_is_claimed_of_it(tmp_path: Path, days: int) -> None:
    """Tickets that came and were archived meanwhile are in no list: beyond 120 days there is a hole."""
    script = Script(now=NOW)
    script.reply(script.ticket(at="2026-03-01"), at="2026-03-02")
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        first = _spans(here)
        unseen = script.ticket(at=script.now + 60)
        script.reply(unseen, at=script.now + 120)
        script.archive(unseen, at=script.now + 121 * DAY)
        script.now += days * DAY
        script.reply(script.ticket(at=script.now - 3_600))
        here.complete()

        _check_truth(here, script)
        spans = _spans(here)
        assert (spans["tickets_to"], spans["replies_to"]) == (script.now, script.now)
        expected = first["tickets_from"] if days < 120 else script.now - 120 * DAY
        assert (spans["tickets_from"], spans["replies_from"]) == (expected, expected)


def test_replies_after_a_long_absence_are_proven_once_their_threads_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "THREADS_PER_STEP", 1)
    script = Script(now=NOW)
    tickets = [script.ticket(at="2026-03-01") for _ in range(6)]
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        script.now += 300 * DAY
        for ticket in tickets:
            script.reply(ticket, at=script.now - ticket * DAY)

        here.run(on_progress=lambda _run: _check_truth(here, script))

        spans = _spans(here)
        assert spans["replies_from"] == spans["tickets_from"] == script.now - 120 * DAY


def test_a_server_that_hides_its_clock_proves_no_more_than_its_rows(tmp_path: Path) -> None:
    """Without a Date header the listing is as old as its first page's last row; an empty one says nothing."""
    script = Script(now=NOW)
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        _import_without_dates(here)
        assert set(_spans(here).values()) == {None}
        at = script.now - 3_600
        script.ticket(at=at)
        _import_without_dates(here)
        assert (_spans(here)["tickets_to"], _spans(here)["replies_to"]) == (at, at)
        here.complete()
        assert _spans(here)["replies_to"] == script.now


def _import_without_dates(here: Inflow) -> None:
    with client_of(here.settings, here.integration, store=here.store) as freshdesk:
        listed = freshdesk.ticket_pages

        def pages(stream: Any, since: int) -> Any:
            for page in listed(stream, since):
                assert isinstance(page, TicketPage)
                yield page._replace(served_at=0)

        freshdesk.ticket_pages = pages  # type: ignore[method-assign]
        outcome = run.Import(here.store, here.integration, freshdesk).run()
    assert (outcome.outcome, outcome.error) == ("complete", None)


def test_an_import_proves_the_window_that_the_pages_show(tmp_path: Path) -> None:
    script = _busy_desk()
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        here.stop_after(3)
        assert volumes.proven(here.store, volumes.EVERYTHING).replies is None
        here.complete()
        proven = volumes.proven(here.store, volumes.EVERYTHING)
        spans = _spans(here)
        assert proven.tickets == (spans["tickets_from"], spans["tickets_to"])
        assert proven.replies == (spans["replies_from"], spans["replies_to"])


@pytest.mark.sqlite
@pytest.mark.parametrize("ahead", [2 * 3_600, 200 * DAY], ids=["hours", "months"])
def test_what_a_clock_ahead_called_proven_is_taken_back(tmp_path: Path, ahead: int) -> None:
    """Freshdesk tells a wrong time during a whole import; the next one ends the windows where they end."""
    script = _busy_desk()
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        sandbox.faults.on(f"skew={ahead}s")
        here.complete()
        assert _spans(here)["tickets_to"] == script.now + ahead  # nothing told it apart from the right time
        sandbox.faults.off()
        script.now += 600
        script.reply(script.ticket())
        here.complete()

        _check_truth(here, script)
        assert _spans(here) == {
            **{"tickets_from": _spans(here)["tickets_from"], "tickets_to": script.now},
            **{"replies_from": _spans(here)["replies_from"], "replies_to": script.now},
        }
        here.audit()
        _check_truth(here, script)
        assert _spans(here)["replies_to"] == script.now


@pytest.mark.sqlite
@pytest.mark.parametrize("which", [0, 1, 2], ids=["tickets", "deleted", "spam"])
def test_where_the_answers_of_one_import_tell_different_times_the_earliest_counts(
    tmp_path: Path, which: int
) -> None:
    script = _busy_desk()
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path / "right", sandbox) as here:
        here.complete()
        asked = [number for number, one in enumerate(sandbox.requests, 1) if LISTING in one.query]
    faults = f"skew=2h@{asked[which]}-{asked[which]}"
    with (
        Sandbox(script, plan="unlimited", faults=faults) as sandbox,
        inflow(tmp_path / "ahead", sandbox) as here,
    ):
        here.complete()

        assert LISTING in sandbox.requests[asked[which] - 1].query
        assert _spans(here)["tickets_to"] == _spans(here)["replies_to"] == script.now
        _check_truth(here, script)


@pytest.mark.sqlite
def test_a_ticket_that_the_list_shows_late_is_met_as_long_as_it_is_not_later_than_the_overlap(
    tmp_path: Path,
) -> None:
    """What is proven rests on a list that shows what it has; one that is late is made up for (0005)."""
    script = Script(now=NOW)
    script.ticket(at="2026-03-09")
    with Sandbox(script, plan="unlimited", faults="lag=10m") as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        late = script.ticket(at=script.now - 300)
        here.complete()
        assert late not in {row["ticket_id"] for row in here.rows(schema.tickets)}
        script.now += 600
        here.complete()

        _check_truth(here, script)
        assert late in {row["ticket_id"] for row in here.rows(schema.tickets)}
        assert here.by_queue().total() == 2
