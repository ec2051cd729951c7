"""The completeness audit: what no list shows is found by its id, and nothing stays unexplained."""

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert

from freshdesk_core import volumes
from freshdesk_core.errors import AccessDenied, NotFound
from freshdesk_core.health import status
from freshdesk_core.importing.session import bring_up_to_date
from freshdesk_core.importing.settling import settle
from freshdesk_core.sandbox import Sandbox, Script, World
from freshdesk_core.sandbox.answers import access_denied
from freshdesk_core.store import schema
from freshdesk_core.store.integrations import replace_domain
from tests.importing.inflow import DAY, Inflow, inflow
from tests.importing.plain_recount import recount

NOW = "2026-03-10T12:00:00Z"
WORLD = World(11, start_day=date(2025, 9, 1), tickets=900, days=190)


def _by_id(sandbox: Sandbox) -> Counter[int]:
    """How often each ticket was looked up by its id."""
    found: Counter[int] = Counter()
    for one in sandbox.requests:
        place = one.path.removeprefix("/api/v2/tickets/").removeprefix("archived/")
        if one.path.startswith("/api/v2/tickets/") and place.isdecimal():
            found[int(place)] += 1
    return found


def _spans(here: Inflow) -> dict[str, Any]:
    (row,) = here.rows(schema.integrations)
    return row


def _lose(here: Inflow, ids: list[int]) -> None:
    """Planted losses: the tickets and all that hangs on them are gone, from the figures too."""
    with here.store.write() as connection:
        for table in (schema.tickets, schema.conversations):
            connection.execute(delete(table).where(table.c.ticket_id.in_(ids)))
        volumes.rebuild(connection, here.integration.integration_id)
    here.check()


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory, database: str) -> Iterator[tuple[Inflow, Sandbox]]:
    """The world at its end, imported, audited and compared as a first import is."""
    with (
        Sandbox(WORLD, until=WORLD.ends_at, plan="unlimited") as sandbox,
        inflow(tmp_path_factory.mktemp("home"), sandbox) as here,
    ):
        session = bring_up_to_date(here.store, here.settings, here.integration)
        assert (session.outcome.outcome, session.proof_error) == ("complete", None)
        assert session.outcome.accounts.tickets == len(here.rows(schema.tickets))
        yield here, sandbox


def test_every_cell_equals_the_recount_of_all_tickets(audited: tuple[Inflow, Sandbox]) -> None:
    """Archived tickets and their replies included; every id a ticket or settled, with two calls at most."""
    here, sandbox = audited
    contacts, _reasons, rows = recount(WORLD.at(WORLD.ends_at), audited=True)
    frame = volumes.queues(here.store, volumes.Window(0, DAY, "UTC"))
    names = dict(zip(frame["queue_id"], frame["queue"], strict=True))

    found: Counter[tuple[str, int]] = Counter()
    for (queue_id, quarter), count in here.by_quarter().items():
        found[names[queue_id], quarter] += count

    assert found == contacts
    tickets = {row["ticket_id"]: row for row in here.rows(schema.tickets)}
    assert len(tickets) == rows["tickets"]
    assert sum(row["archived"] for row in tickets.values()) > 100
    settled = {row["ticket_id"]: row["state"] for row in here.rows(schema.gaps)}
    assert not tickets.keys() & settled.keys()
    assert tickets.keys() | settled.keys() == set(range(1, max(tickets) + 1))
    assert set(settled.values()) == {"purged"}
    looked_up = _by_id(sandbox)
    del looked_up[max(tickets)]  # found each time, it shows that "not found" is no fault on the way
    assert max(looked_up.values()) <= 2


def test_after_it_everything_is_proven_from_the_first_ticket_on(audited: tuple[Inflow, Sandbox]) -> None:
    here, _sandbox = audited
    first = min(row["created_at"] for row in here.rows(schema.tickets))
    proven = volumes.proven(here.store)
    assert proven.tickets == proven.replies == (first, WORLD.ends_at)
    assert first < WORLD.ends_at - 150 * DAY


def test_after_it_the_account_is_healthy(audited: tuple[Inflow, Sandbox]) -> None:
    here, _sandbox = audited
    now = int(time.time())
    assert status(here.store, now)[0].state == "complete"
    assert status(here.store, now + 10_000)[0].state == "stale"


def test_a_second_audit_finds_nothing_and_asks_nothing(audited: tuple[Inflow, Sandbox]) -> None:
    here, sandbox = audited
    before, asked = here.dump(), len(sandbox.requests)

    again = here.audit()

    assert (again.outcome, again.settled, again.found, again.new_contacts) == ("complete", 0, 0, 0)
    assert here.dump() == before
    assert len(sandbox.requests) - asked == again.calls <= 2


def test_planted_losses_are_all_found_and_mended(audited: tuple[Inflow, Sandbox]) -> None:
    """25 of them, at most two calls each; nothing else is touched."""
    here, sandbox = audited
    before = here.digest()
    ids = [row["ticket_id"] for row in here.rows(schema.tickets)]
    _lose(here, lost := random.Random(4).sample(ids, 25))
    assert here.digest() != before
    looked_up = _by_id(sandbox)

    found = here.audit()

    assert (found.outcome, found.settled, found.found, found.purged) == ("complete", 25, 25, 0)
    assert here.digest() == before
    assert set(_by_id(sandbox) - looked_up) == set(lost)
    assert max((_by_id(sandbox) - looked_up).values()) <= 2


@pytest.fixture
def script() -> Script:
    return Script(now=NOW)


def test_tickets_that_no_list_shows_are_named_and_imported(tmp_path: Path, script: Script) -> None:
    """Gaps by their id; one that was taken for purged is named by Freshdesk's totals, and read after all."""
    tickets = [script.ticket(at=script.now - 10 * DAY + n * 3_600) for n in range(20)]
    for ticket in tickets:
        script.reply(ticket, at=script.now - 2 * DAY + ticket * 3_600)
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        _lose(here, [3, 4, 11, 19])
        gap = {"integration_id": 1, "ticket_id": 3, "state": "purged", "settled_at": 1, "created_about": 1}
        with here.store.write() as connection:
            connection.execute(insert(schema.gaps).values(gap))

        session = bring_up_to_date(here.store, here.settings, here.integration)

        assert session.audited is not None
        assert session.audited.found == 4
        assert here.by_queue() == {"CustomerService email Tickets": 20, "CustomerService email Replies": 20}
        assert here.rows(schema.total_differences) == here.rows(schema.gaps) == []
        assert not any(row["is_stale"] for row in here.rows(schema.freshdesk_totals))


def test_every_state_a_ticket_can_be_in_is_told_apart(tmp_path: Path, script: Script) -> None:
    tickets = [script.ticket(at=script.now - 300 * DAY + n * DAY) for n in range(8)]
    for ticket in tickets:
        script.reply(ticket, at=script.now - 200 * DAY)
    script.archive(tickets[1], at=script.now - 60 * DAY)
    script.archive(tickets[2], at=script.now - 60 * DAY)
    script.purge(tickets[3], at=script.now - 60 * DAY)
    script.trash(tickets[4], at=script.now - 5 * DAY)
    script.spam(tickets[5], at=script.now - 5 * DAY)
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        _lose(here, [tickets[4], tickets[5], tickets[6]])

        found = here.audit()

        assert (found.settled, found.found, found.purged, found.refused) == (6, 5, 1, 0)
        states = {
            row["ticket_id"]: (row["archived"], row["deleted"], row["spam"])
            for row in here.rows(schema.tickets)
        }
        assert states == {
            **dict.fromkeys((1, 7, 8), (False, False, False)),
            **{2: (True, False, False), 3: (True, False, False)},
            **{5: (False, True, False), 6: (False, False, True)},
        }
        (gap,) = here.rows(schema.gaps)
        assert (gap["ticket_id"], gap["state"]) == (4, "purged")
        assert gap["created_about"] == script.now - 296 * DAY  # when the next newer ticket was made
        assert volumes.proven(here.store).replies == (script.now - 300 * DAY, script.now)


def test_a_key_that_sees_only_some_groups_calls_nothing_purged(tmp_path: Path, script: Script) -> None:
    for n in range(12):
        script.ticket(group=["A", "B", "C"][n % 3], at=script.now - 10 * DAY + n)
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        with here.store.write() as connection:
            replace_domain(connection, here.settings, 1, sandbox.domain, sandbox.restricted_key)
        here.complete()
        assert here.audit().refused == 3
        assert {row["state"] for row in here.rows(schema.gaps)} == {"refused"}

        with here.store.write() as connection:
            replace_domain(connection, here.settings, 1, sandbox.domain, sandbox.api_key)
        again = here.audit()
        assert (again.found, again.refused) == (4, 0)  # the last id lay above all that it saw
        assert here.rows(schema.gaps) == []
        assert len(here.rows(schema.tickets)) == 12


def test_a_ticket_refused_by_itself_is_settled_as_such_and_asked_again(
    tmp_path: Path, script: Script
) -> None:
    for n in range(6):
        script.ticket(at=script.now - 10 * DAY + n)
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        _lose(here, [3])
        routes = sandbox.application._routes
        held = list(routes._with_id)

        def refuse(*_: object) -> object:
            raise access_denied()

        routes._with_id = [(pattern, route._replace(handler=refuse)) for pattern, route in held]
        assert here.audit().refused == 1
        routes._with_id = held
        assert here.audit().found == 1
        assert here.rows(schema.gaps) == []
        assert len(here.rows(schema.tickets)) == 6


def test_what_is_too_young_to_tell_is_left_to_the_next_audit(tmp_path: Path, script: Script) -> None:
    for n in range(5):
        script.ticket(at=script.now - 300 + n)
    script.purge(3)
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        here.audit()
        assert here.rows(schema.gaps) == []
        script.now += DAY
        here.complete()
        here.audit()
        assert [row["ticket_id"] for row in here.rows(schema.gaps)] == [3]


def test_a_ticket_gone_since_is_marked_and_its_contacts_stay(tmp_path: Path, script: Script) -> None:
    """Purged, archived or thrown away between two imports: Freshdesk's totals name it, the audit looks."""
    tickets = [script.ticket(at=script.now - 9 * DAY + n) for n in range(6)]
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        bring_up_to_date(here.store, here.settings, here.integration)
        script.now += DAY
        script.purge(tickets[1])
        script.archive(tickets[2])
        script.now += 3_600
        here.complete()
        here.totals()
        assert {row["side"] for row in here.rows(schema.total_differences)} == {"unexplained"}

        here.audit()
        here.totals()

        assert here.rows(schema.total_differences) == []
        rows = {row["ticket_id"]: row for row in here.rows(schema.tickets)}
        assert [id_ for id_, row in rows.items() if row["deleted"]] == [tickets[1]]
        assert [id_ for id_, row in rows.items() if row["archived"]] == [tickets[2]]
        assert here.by_queue() == {"CustomerService email Tickets": 6}


def _archived_account(script: Script) -> None:
    """160 tickets over 400 days, most old ones archived, some purged; ids do not quite follow time."""
    start = script.now - 400 * DAY
    for number in range(160):
        at = start + number * 2 * DAY + (3 * DAY if number % 25 == 5 else 0)
        ticket = script.ticket(at=at)
        if number % 3:
            script.reply(ticket, at=min(at + number % 7 * 20 * DAY + 600, script.now - 130 * DAY))
        if number % 9 == 4:
            script.purge(ticket, at=script.now - 60)
        elif number % 5 and number < 125:
            script.archive(ticket, at=script.now - 60)


def _check_truth(here: Inflow, script: Script) -> None:
    """Whatever lies in a proven window of the account is in the store, archived or not."""
    row = _spans(here)
    account = script.at(script.now)
    stored = {one["conversation_id"] for one in here.rows(schema.conversations)}
    known = {one["ticket_id"] for one in here.rows(schema.tickets)}
    window = range(row["tickets_from"], row["tickets_to"])
    assert {one.id for one in account.tickets.values() if one.created_at in window} <= known
    if row["replies_from"] is not None:
        assert row["tickets_from"] <= row["replies_from"] < row["replies_to"] <= row["tickets_to"]
        window = range(row["replies_from"], row["replies_to"])
        rows = [one for thread in account.conversations.values() for one in thread]
        assert {one.id for one in rows if one.created_at in window} <= stored


@pytest.mark.sqlite  # the same statements as in the other tests, many times
def test_windows_reach_back_as_ids_are_settled_and_never_too_far(
    tmp_path: Path, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped again and again: it goes on where it stopped, and no id is looked up once more."""
    monkeypatch.setattr("freshdesk_core.importing.audit.IDS_PER_STEP", 8)
    monkeypatch.setattr("freshdesk_core.importing.reading.THREADS_PER_STEP", 5)
    _archived_account(script)
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path / "a", sandbox) as here:
        here.complete()
        reached = [_spans(here)["tickets_from"]]
        outcome = ""
        while outcome != "complete":
            stop, steps = threading.Event(), iter(range(1_000))

            def look(_run: object, stop: threading.Event = stop, steps: Iterator[int] = steps) -> None:
                _check_truth(here, script)
                reached.append(_spans(here)["tickets_from"])
                if next(steps) >= 7:  # an audit with nothing left to do takes six
                    stop.set()

            outcome = here.audit(stop=stop, on_progress=look).outcome
        assert reached == sorted(reached, reverse=True)
        assert len(set(reached)) > 8
        first = min(one.created_at for one in script.at(script.now).tickets.values())
        assert volumes.proven(here.store).tickets == volumes.proven(here.store).replies
        assert volumes.proven(here.store).tickets == (first, script.now)
        with inflow(tmp_path / "b", sandbox) as clean:
            clean.complete()
            clean.audit()
            assert clean.digest() == here.digest()


@pytest.mark.parametrize("days", [30, 200])
def test_a_chosen_start_bounds_what_is_looked_up_and_proven(
    tmp_path: Path, script: Script, days: int
) -> None:
    """Where no ticket can have been archived since the start, older ids are none of ours."""
    _archived_account(script)
    since = script.now - days * DAY
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox, since=since) as here:
        here.complete()
        assert here.audit().outcome == "complete"
        assert volumes.proven(here.store).tickets == (since, script.now)
        _check_truth(here, script)
        if days == 30:
            assert len(_by_id(sandbox)) < 10


def test_before_the_first_listing_ends_nothing_is_looked_up(tmp_path: Path, script: Script) -> None:
    script.ticket(at=script.now - DAY)
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        assert here.audit().calls == 0
        assert _spans(here)["audited_at"] is None


def test_no_hole_is_walked_that_is_wider_than_any_account(tmp_path: Path, script: Script) -> None:
    """An id far from all others: what lies above it is proven, what lies below is not."""
    script.ticket(at=script.now - 300 * DAY)
    script.ticket(at=script.now - 200 * DAY, ticket_id=2**53 + 1)
    script.ticket(at=script.now - 10 * DAY, ticket_id=2**53 + 3)
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        found = here.audit()
        assert (found.outcome, found.settled) == ("complete", 1)
        assert _spans(here)["audited_at"] is None
        assert _spans(here)["tickets_from"] == script.now - 200 * DAY + 1


def test_an_account_without_an_archive_has_nothing_in_it() -> None:
    class Desk:
        def ticket(self, ticket_id: int) -> None:
            raise NotFound(domain="", path="")

        def archived_ticket(self, ticket_id: int) -> None:
            raise AccessDenied(path="", reason="require_feature")

    assert settle(Desk(), 1, is_old=True).state == "purged"  # type: ignore[arg-type]
