"""A key that sees less for a while, and answers that hide what is there: nothing is lost for good."""

import threading
import time
from pathlib import Path

import pytest

from freshdesk_core.health import Status, status
from freshdesk_core.importing.connect import client_of
from freshdesk_core.importing.session import bring_up_to_date, prove
from freshdesk_core.sandbox import Sandbox, Script
from freshdesk_core.store import schema
from tests.importing.inflow import Inflow, inflow
from tests.sandbox.wire import ask

NOW = "2026-03-10T12:00:00Z"
POLL = 300


@pytest.fixture
def script() -> Script:
    return Script(now=NOW)


def health(here: Inflow) -> Status:
    (one,) = status(here.store, int(time.time()), here.settings)
    return one


def desk_of(script: Script, tickets: int) -> list[int]:
    """Tickets of yesterday with one reply each."""
    made = [script.ticket(at="2026-03-09") for _ in range(tickets)]
    for ticket in made:
        script.reply(ticket, at="2026-03-09T03:00:00Z")
    return made


def archived_desk(script: Script) -> None:
    """Nine archived tickets with a reply each, and a living one."""
    for month in range(1, 10):
        ticket = script.ticket(at=f"2025-0{month}-01")
        script.reply(ticket, at=f"2025-0{month}-02T02:00:00Z")
        script.close(ticket, at=f"2025-0{month}-03")
        script.archive(ticket, at="2026-02-01")
    script.ticket(at="2026-03-01")


def proven(here: Inflow) -> list[int | None]:
    (row,) = here.rows(schema.integrations)
    return [row["tickets_to"], row["replies_to"]]


def withheld(here: Inflow) -> list[object]:
    """The tickets that the notice of unread threads names."""
    return [one.figures["tickets"] for one in health(here).notices if one.error_code == "threads-withheld"]


def due(here: Inflow) -> list[int]:
    return [row["ticket_id"] for row in here.rows(schema.tickets) if row["is_thread_due"]]


@pytest.mark.sqlite
def test_a_thread_that_is_not_found_once_is_read_at_the_next_import(tmp_path: Path, script: Script) -> None:
    """Its ticket is there by its id, so it is not gone: it stays due, is named, and no window covers it."""
    (ticket,) = desk_of(script, 1)
    faults = "404@1-2~conversations"
    with Sandbox(script, plan="unlimited", faults=faults) as sandbox, inflow(tmp_path, sandbox) as here:
        assert here.complete().accounts.counted_replies == 0
        assert due(here) == [ticket]
        assert proven(here)[1] in (None, script.now)
        (row,) = here.rows(schema.integrations)
        assert row["replies_from"] is None or row["replies_from"] > script.now - 33 * 3_600
        assert withheld(here) == [str(ticket)]

        script.now += POLL
        assert here.complete().accounts.counted_replies == 1
        assert (due(here), withheld(here)) == ([], [])


@pytest.mark.sqlite
def test_a_thread_that_is_found_nowhere_is_read_when_it_is_there_again(
    tmp_path: Path, script: Script
) -> None:
    """It is given up only while another ticket is found by its id; the audit looks for it once more."""
    tickets = desk_of(script, 4)
    faults = rf"404~tickets/(archived/)?{tickets[1]}\b"
    with Sandbox(script, plan="unlimited", faults=faults) as sandbox, inflow(tmp_path, sandbox) as here:
        assert here.complete().accounts.counted_replies == 3
        asked = [one.status for one in sandbox.requests if f"/{tickets[1]}" in one.path]
        assert asked == [404] * 4
        assert due(here) == []
        sandbox.faults.off()
        here.audit()
        assert here.complete().accounts.counted_replies == 4


@pytest.mark.sqlite
def test_a_ticket_that_is_purged_before_its_thread_is_read_is_gone(tmp_path: Path, script: Script) -> None:
    tickets = desk_of(script, 3)
    purged: list[int] = []

    def purge(_method: str, path: str) -> None:
        if path.endswith("/conversations") and not purged:
            purged.append(tickets[0])
            script.now += 1
            script.purge(tickets[0])

    with Sandbox(script, plan="unlimited", on_request=purge) as sandbox, inflow(tmp_path, sandbox) as here:
        accounts = here.complete().accounts
        assert (accounts.counted_tickets, accounts.counted_replies) in ((3, 2), (3, 3))
        assert due(here) == []
        here.audit()
        gone = {row["ticket_id"] for row in here.rows(schema.tickets) if row["deleted"]}
        assert gone == ({tickets[0]} if accounts.counted_replies == 2 else set())
        asked = len(sandbox.requests)
        here.audit()
        assert len(sandbox.requests) - asked <= 2


@pytest.mark.sqlite
def test_not_found_on_every_address_ends_the_import_and_is_no_truth(tmp_path: Path, script: Script) -> None:
    """Something on the way answers 404 for single tickets: no thread is given up for that."""
    desk_of(script, 8)
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        sandbox.faults.on("404", paths=r"tickets/(archived/)?\d+\b")
        failed = here.run()
        assert failed.error is not None
        assert (failed.outcome, failed.error.error_code) == ("failed", "bad-answer")
        sandbox.faults.off()
        assert here.complete().accounts.counted_replies == 8


@pytest.mark.sqlite
def test_not_found_on_every_address_ends_the_audit_and_nothing_is_purged(
    tmp_path: Path, script: Script
) -> None:
    archived_desk(script)
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        sandbox.faults.on("404", paths=r"tickets/(archived/)?\d+\?")
        audited = here.audit()
        assert (audited.outcome, audited.purged, here.rows(schema.gaps)) == ("failed", 0, [])
        sandbox.faults.off()
        assert (here.audit().found, len(here.rows(schema.tickets))) == (9, 10)


@pytest.mark.sqlite
def test_a_scope_that_narrows_during_an_audit_makes_nothing_purged(tmp_path: Path, script: Script) -> None:
    archived_desk(script)
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        sandbox.faults.on("scope=restricted@3-")
        audited = here.audit()
        assert (audited.purged, audited.refused) == (0, 9)
        assert (health(here).state, health(here).broken_link) == ("action_needed", "scope")

        sandbox.faults.off()
        assert (here.audit().found, len(here.rows(schema.tickets))) == (9, 10)
        script.now += POLL
        assert here.complete().accounts.counted_replies == 9


@pytest.mark.sqlite
def test_a_scope_that_narrows_among_the_threads_loses_none_of_them(tmp_path: Path, script: Script) -> None:
    """And the run that met it proves nothing; the next says so at its first call."""
    desk_of(script, 30)
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        sandbox.faults.on("scope=restricted@13-")
        assert here.complete().accounts.counted_replies < 30
        assert (health(here).state, health(here).broken_link) == ("action_needed", "scope")
        assert proven(here) == [None, None]

        script.now += POLL
        here.complete()
        assert proven(here) == [None, None]

        sandbox.faults.off()
        script.now += POLL
        assert here.complete().accounts.counted_replies == 30
        assert proven(here) == [script.now, script.now]
        assert health(here).broken_link is None


def test_what_changed_while_the_key_saw_less_is_met_when_it_sees_all_again(
    tmp_path: Path, script: Script
) -> None:
    """The listings went on without the hidden tickets: they go back to when the key last saw them."""
    with Sandbox(script) as before:
        me = ask(before, "agents/me").json["id"]
    visible = script.ticket(at="2026-03-09", responder_id=me)
    hidden = [script.ticket(at="2026-03-09", group="Elsewhere") for _ in range(5)]
    for ticket in hidden:
        script.reply(ticket, at="2026-03-09T03:00:00Z")
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        bring_up_to_date(here.store, here.settings, here.integration)
        seen_at = script.now
        sandbox.faults.on("scope=restricted")
        for poll in range(30):  # two hours and a half: far beyond what listings overlap
            script.now += POLL
            script.bump(visible, tag=str(poll))
            if poll == 2:
                for ticket in hidden:
                    script.reply(ticket)
            if poll in (0, 3, 29):
                outcome = here.complete()
                assert outcome.accounts.counted_replies == 5
                assert proven(here) == [seen_at, seen_at]
                one = health(here)
                assert (one.state, one.broken_link, one.is_green) == ("action_needed", "scope", False)

        sandbox.faults.off()
        script.now += POLL
        assert here.complete().accounts.counted_replies == 10
        assert proven(here) == [script.now, script.now]
        assert health(here).broken_link is None
        script.now += POLL
        again = here.complete()
        assert (again.new_contacts, again.calls <= 6) == (0, True)


@pytest.mark.sqlite
def test_what_the_last_import_listed_while_the_scope_narrowed_is_met_too(
    tmp_path: Path, script: Script
) -> None:
    """It narrows right after an import's first call: what that import listed is not trusted later on."""
    hidden = desk_of(script, 3)
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        bring_up_to_date(here.store, here.settings, here.integration)
        seen_at = script.now
        script.now += 3 * 3_600
        for ticket in hidden:
            script.reply(ticket)
        script.now += 3_600
        sandbox.faults.on("scope=restricted@2-")
        assert here.complete().new_contacts == 0
        script.now += POLL
        here.complete()
        assert proven(here) == [seen_at, seen_at]
        sandbox.faults.off()
        script.now += POLL
        assert here.complete().new_contacts == 3


@pytest.mark.sqlite
def test_a_check_that_finds_the_scope_widened_first_hides_nothing_from_the_import(
    tmp_path: Path, script: Script
) -> None:
    """The nightly check clears the warning; that something is to be met again is kept apart from it."""
    hidden = desk_of(script, 3)
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        bring_up_to_date(here.store, here.settings, here.integration)
        sandbox.faults.on("scope=restricted")
        script.now += 3_600
        for ticket in hidden:
            script.reply(ticket)
        script.now += 3_600
        here.complete()
        sandbox.faults.off()
        stop = threading.Event()
        with client_of(here.settings, here.integration, stop, store=here.store) as freshdesk:
            prove(here.store, here.settings, here.integration, freshdesk, stop=stop, halt=threading.Event())
        script.now += POLL
        assert here.complete().new_contacts == 3


@pytest.mark.sqlite
def test_one_refused_thread_stops_no_other_and_is_named(tmp_path: Path, script: Script) -> None:
    tickets = []
    for minute in range(12):
        tickets.append(script.ticket(at="2026-03-08"))
        script.reply(tickets[-1], at=script.now - 86_400 + 60 * minute)
    poison = tickets[9]
    faults = f"403=access_denied~tickets/{poison}/conversations"
    with Sandbox(script, plan="unlimited", faults=faults) as sandbox, inflow(tmp_path, sandbox) as here:
        bring_up_to_date(here.store, here.settings, here.integration)
        for _ in range(2):
            script.now += POLL
            assert here.complete().accounts.counted_replies == 11
            (row,) = here.rows(schema.integrations)
            assert row["replies_from"] > script.now - 2 * POLL - 86_400 + 60 * 9  # behind the unread reply
            one = health(here)
            assert (one.state, one.broken_link) == ("degraded", None)
            assert str(poison) in one.next_step
        sandbox.faults.off()
        script.now += POLL
        assert here.complete().accounts.counted_replies == 12
        assert (due(here), withheld(here)) == ([], [])
        (row,) = here.rows(schema.integrations)
        assert row["replies_from"] < script.now - 2 * 86_400


@pytest.mark.sqlite
def test_replies_are_called_complete_only_up_to_a_refused_thread(tmp_path: Path, script: Script) -> None:
    first, second = desk_of(script, 2)
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        read_at = script.now
        sandbox.faults.on("403=access_denied", paths=f"tickets/{first}/conversations")
        script.now += POLL
        script.reply(first)
        script.reply(second)
        for _ in range(3):
            script.now += POLL
            here.complete()
            assert proven(here) == [script.now, read_at]
        sandbox.faults.off()
        script.now += POLL
        assert here.complete().accounts.counted_replies == 4
        assert proven(here) == [script.now, script.now]


@pytest.mark.sqlite
def test_a_key_that_may_read_no_thread_at_all_ends_the_import(tmp_path: Path, script: Script) -> None:
    """More than a hundred refusals are no exception: somebody has to mend the key's role."""
    desk_of(script, 110)
    faults = "403=access_denied~conversations"
    with Sandbox(script, plan="unlimited", faults=faults) as sandbox, inflow(tmp_path, sandbox) as here:
        failed = here.run()
        assert failed.error is not None
        assert (failed.outcome, failed.error.error_code) == ("failed", "access-denied")
        assert health(here).state == "action_needed"
