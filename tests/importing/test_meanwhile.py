"""Agents go on working while an import reads: nothing of that ends it, and the next import settles it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from freshdesk_core import health
from freshdesk_core.sandbox import Sandbox, Script
from freshdesk_core.store import schema
from tests.importing.inflow import Inflow, inflow

NOW = "2026-03-10T12:00:00Z"
TICKETS, REPLIES = "CustomerService email Tickets", "CustomerService email Replies"


class Meanwhile:
    """Does something once, right before the first answer whose path ends in a given way."""

    def __init__(self) -> None:
        self._ending, self._deed = "", lambda: None

    def before(self, ending: str, deed: Callable[[], object]) -> None:
        self._ending, self._deed = ending, deed  # type: ignore[assignment]

    def __call__(self, _method: str, path: str) -> None:
        if self._ending and path.endswith(self._ending):
            self._ending = ""
            self._deed()


def _desk(tmp_path: Path, script: Script) -> tuple[Meanwhile, Sandbox]:
    meanwhile = Meanwhile()
    return meanwhile, Sandbox(script, plan="unlimited", on_request=meanwhile)


def _three_tickets(script: Script) -> list[int]:
    tickets = [script.ticket(at="2026-03-01") for _ in range(3)]
    for ticket in tickets:
        script.reply(ticket, at="2026-03-02")
    return tickets


def test_a_ticket_thrown_away_between_its_listing_and_its_thread(tmp_path: Path) -> None:
    """Freshdesk answers 403 for the threads of some trashed tickets (the sandbox: of every third)."""
    script = Script(now=NOW)
    _first, _second, third = _three_tickets(script)
    meanwhile, server = _desk(tmp_path, script)
    with server as sandbox, inflow(tmp_path, sandbox) as here:
        meanwhile.before("/conversations", lambda: script.trash(third))
        assert here.complete().accounts.counted_replies == 2

        here.complete()
        assert dict(here.by_queue()) == {TICKETS: 3, REPLIES: 2}
        script.now += 60
        script.restore(third)
        here.complete()
        assert dict(here.by_queue()) == {TICKETS: 3, REPLIES: 3}


def test_a_ticket_purged_between_its_listing_and_its_thread(tmp_path: Path) -> None:
    script = Script(now=NOW)
    _first, second, _third = _three_tickets(script)
    meanwhile, server = _desk(tmp_path, script)
    with server as sandbox, inflow(tmp_path, sandbox) as here:
        meanwhile.before("/conversations", lambda: script.purge(second))
        here.complete()
        assert dict(here.by_queue()) == {TICKETS: 3, REPLIES: 2}


def test_a_ticket_archived_between_its_listing_and_its_thread(tmp_path: Path) -> None:
    """Its thread is read from the archive: replies that are proven complete must not go missing."""
    script = Script(now=NOW)
    _first, second, _third = _three_tickets(script)
    meanwhile, server = _desk(tmp_path, script)
    with server as sandbox, inflow(tmp_path, sandbox) as here:
        meanwhile.before("/conversations", lambda: script.archive(second))
        here.complete()
        assert dict(here.by_queue()) == {TICKETS: 3, REPLIES: 3}


def test_threads_that_a_key_may_not_read_stay_due_and_are_told(tmp_path: Path) -> None:
    """403 for a ticket that is alive is a matter of rights: told, not taken for an empty thread."""
    script = Script(now=NOW)
    _three_tickets(script)
    server = Sandbox(script, plan="unlimited")
    routes = server.application._routes
    asked = routes.find
    refused = routes._fixed["/api/v2/roles"]

    def find(path: str) -> object:
        if path.endswith("/conversations"):
            return refused._replace(handler=_refuse), 0
        return asked(path)

    routes.find = find  # type: ignore[assignment,method-assign]
    with server as sandbox, inflow(tmp_path, sandbox) as here:
        outcome = here.run()

        assert outcome.outcome == "complete"
        (status,) = health.status(here.store, script.now)
        assert status.state != "complete"
        assert "threads-withheld" in [notice.error_code for notice in status.notices]
        assert all(row["is_thread_due"] for row in here.rows(schema.tickets))


def _refuse(*_: object) -> object:
    from freshdesk_core.sandbox.answers import access_denied

    raise access_denied()


@pytest.mark.parametrize("moment", ["/tickets", "/conversations"])
def test_a_merge_in_the_middle_is_settled_by_the_next_import(tmp_path: Path, moment: str) -> None:
    script = Script(now=NOW)
    first, second, _third = _three_tickets(script)
    meanwhile, server = _desk(tmp_path, script)
    with server as sandbox, inflow(tmp_path, sandbox) as here:
        meanwhile.before(moment, lambda: script.merge(second, into=first))
        here.complete()
        here.complete()

        assert dict(here.by_queue()) == {TICKETS: 3, REPLIES: 3}
        assert sorted(row["ticket_id"] for row in here.rows(schema.conversations)) == [1, 1, 1, 2, 3]


def test_a_reply_within_the_second_in_which_its_thread_was_read(tmp_path: Path) -> None:
    """Not even the stats tell of it: the ticket changed in that second before. So it is read once more."""
    script = Script(now=NOW)
    ticket = script.ticket()
    script.reply(ticket)
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        script.reply(ticket)
        script.now += 300
        assert here.complete().new_contacts == 1
        assert here.complete().calls == 6


def test_every_reply_that_comes_while_an_import_reads_is_there_after_the_next(tmp_path: Path) -> None:
    """A reply before each of a hundred answers, anywhere; the clock runs on by 7 s each time."""
    script = Script(now=NOW)
    tickets = [script.ticket(at="2026-03-01") for _ in range(60)]
    made = []

    def work(_method: str, _path: str) -> None:
        if len(made) < 100:
            script.now += 7
            made.append(script.reply(tickets[len(made) * 37 % 60]))

    with Sandbox(script, plan="unlimited", on_request=work) as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        _no_reply_missing(here, script)
        while len(made) < 100:
            here.complete()
            _no_reply_missing(here, script)
        here.complete()

        assert {row["conversation_id"] for row in here.rows(schema.conversations)} == set(made)
        assert here.by_queue()[REPLIES] == 100


def _no_reply_missing(here: Inflow, script: Script) -> None:
    """Inside the proven window every reply of the account is in the store."""
    (proven,) = here.rows(schema.integrations)
    stored = {row["conversation_id"] for row in here.rows(schema.conversations)}
    account = script.at(script.now)
    inside = {
        row.id
        for rows in account.conversations.values()
        for row in rows
        if proven["replies_from"] <= row.created_at < proven["replies_to"]
    }
    assert inside <= stored
