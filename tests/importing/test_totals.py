"""Freshdesk's own totals: taken from its search, compared by id, stale when the tickets changed since."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, insert

from freshdesk_core import volumes
from freshdesk_core.errors import NotAuthorized
from freshdesk_core.importing.connect import client_of
from freshdesk_core.importing.session import bring_up_to_date
from freshdesk_core.importing.totals import days_to_retake, take_totals
from freshdesk_core.sandbox import Sandbox, Script
from freshdesk_core.store import schema
from tests.importing.inflow import DAY, Inflow, epoch, inflow

NOW = "2026-03-10T12:00:00Z"
TODAY = epoch("2026-03-10") // DAY


class Desk:
    """A hand-written account with its Inflow."""

    def __init__(self, script: Script, sandbox: Sandbox, here: Inflow) -> None:
        self.script, self.sandbox, self.here = script, sandbox, here

    def day(self, day: int) -> dict[str, object]:
        (row,) = [row for row in self.here.rows(schema.freshdesk_totals) if row["day"] == day]
        return {name: row[name] for name in ("total", "has_rows", "is_stale")}

    def differences(self) -> set[tuple[str, int]]:
        return {(row["side"], row["ticket_id"]) for row in self.here.rows(schema.total_differences)}

    def due(self) -> list[int]:
        with self.here.store.read() as connection:
            return days_to_retake(connection, self.here.integration.integration_id)

    def totals_runs(self) -> list[str]:
        return [row["outcome"] for row in self.here.rows(schema.imports) if row["purpose"] == "totals"]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    script = Script(now=NOW)
    for day in range(1, 10):
        for hour in range(day):
            script.ticket(at=f"2026-03-{day:02}T{hour:02}:30:00Z")
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        yield Desk(script, sandbox, here)


def test_every_day_s_total_with_its_rows(desk: Desk) -> None:
    desk.here.complete()
    assert desk.here.totals() == 121

    found = {row["day"]: row["total"] for row in desk.here.rows(schema.freshdesk_totals)}
    assert {day: total for day, total in found.items() if total} == {
        TODAY - 10 + day: day for day in range(1, 10)
    }
    assert min(found) == TODAY - 120
    assert max(found) == TODAY
    assert desk.differences() == set()
    total = volumes.reconcile(desk.here.store, volumes.Window((TODAY - 20) * DAY, TODAY * DAY, "UTC")).total
    assert (total.freshdesk_tickets, total.tickets_seen) == (45, 45)


def test_a_planted_loss_is_named(desk: Desk) -> None:
    """A ticket taken out of the store behind Inflow's back: never imported, there and not here."""
    desk.here.complete()
    lost = 30
    with desk.here.store.write() as connection:
        connection.execute(delete(schema.tickets).where(schema.tickets.c.ticket_id == lost))
        volumes.rebuild(connection, desk.here.integration.integration_id)
    desk.here.totals()

    assert desk.differences() == {("never_imported", lost)}
    assert not any(row["is_stale"] for row in desk.here.rows(schema.freshdesk_totals))
    found = volumes.reconcile(desk.here.store, volumes.Window((TODAY - 20) * DAY, TODAY * DAY, "UTC"))
    assert found.never_imported_tickets == [("Desk", lost)]
    assert (found.total.freshdesk_tickets, found.total.never_imported, found.total.tickets_seen) == (
        45,
        1,
        44,
    )


def test_a_ticket_that_only_we_have_is_named(desk: Desk) -> None:
    desk.here.complete()
    extra = 4_711
    (model,) = [row for row in desk.here.rows(schema.tickets) if row["ticket_id"] == 20]
    with desk.here.store.write() as connection:
        connection.execute(insert(schema.tickets).values(**model | {"ticket_id": extra}))
        volumes.rebuild(connection, desk.here.integration.integration_id)
    desk.here.totals()

    assert desk.differences() == {("unexplained", extra)}
    found = volumes.reconcile(desk.here.store, volumes.Window((TODAY - 20) * DAY, TODAY * DAY, "UTC"))
    assert found.unexplained_tickets == [("Desk", extra)]
    assert (found.total.freshdesk_tickets, found.total.unexplained, found.total.tickets_seen) == (45, 1, 46)


def test_a_purged_ticket_is_explained_by_nothing_and_said_so(desk: Desk) -> None:
    """Purged without our ever seeing it in the trash: here and alive, not there."""
    desk.here.complete()
    desk.script.purge(20)
    desk.script.now += DAY
    desk.here.complete()
    desk.here.totals()

    assert desk.differences() == {("unexplained", 20)}


def test_spam_and_trash_are_on_neither_side(desk: Desk) -> None:
    for ticket, deed in ((40, desk.script.spam), (41, desk.script.trash)):
        deed(ticket)
    desk.script.now += 3_600
    desk.here.complete()
    desk.here.totals()

    assert desk.differences() == set()
    line = volumes.reconcile(desk.here.store, volumes.Window((TODAY - 20) * DAY, TODAY * DAY, "UTC")).total
    assert (line.freshdesk_tickets, line.spam, line.deleted, line.tickets_seen) == (43, 1, 1, 45)


@pytest.mark.sqlite  # the same statements as in the other tests, many times
@pytest.mark.parametrize("minutes", [3, 9, 30])
def test_tickets_that_come_after_the_listing_make_no_difference(desk: Desk, minutes: int) -> None:
    """The search is ahead of the import: the running day cannot be compared yet, the others can."""
    desk.here.complete()
    desk.script.ticket(at=desk.script.now + 20)
    desk.script.now += minutes * 60
    desk.here.totals()

    assert desk.day(TODAY) == {"total": 1, "has_rows": True, "is_stale": True}
    assert desk.day(TODAY - 1) == {"total": 9, "has_rows": True, "is_stale": False}
    assert TODAY in desk.due()
    desk.here.complete()
    desk.here.totals(desk.due())
    assert desk.day(TODAY) == {"total": 1, "has_rows": True, "is_stale": False}
    assert desk.differences() == set()


def test_the_search_lags_and_that_is_no_difference_either(desk: Desk) -> None:
    """Imported a minute after it came; the search will know it in another minute."""
    desk.script.ticket()
    desk.script.now += 60
    desk.here.complete()
    desk.here.totals()
    assert desk.day(TODAY) == {"total": 0, "has_rows": True, "is_stale": True}

    desk.script.now += 60
    desk.here.complete()
    desk.here.totals(desk.due())
    assert desk.day(TODAY) == {"total": 1, "has_rows": True, "is_stale": False}


def test_a_ticket_that_moved_since_it_was_listed_makes_its_day_stale(desk: Desk) -> None:
    """The search shows its new group, the store its old one: by group the day cannot be compared."""
    desk.here.complete()
    desk.script.now += 300
    desk.script.move(45, "Billing")
    desk.here.totals()
    assert desk.day(TODAY - 1) == {"total": 9, "has_rows": True, "is_stale": True}

    desk.script.now += 300
    desk.here.complete()
    desk.here.totals(desk.due())
    assert desk.day(TODAY - 1) == {"total": 9, "has_rows": True, "is_stale": False}


def test_a_ticket_that_moves_later_leaves_its_day_s_total_and_takes_its_parts(desk: Desk) -> None:
    """To which group a ticket belongs changes no day's total: only the lines by group wait for the night."""
    desk.here.complete()
    desk.here.totals()
    desk.script.now += 300
    desk.script.move(45, "Billing")
    desk.here.complete()

    whole = volumes.Window((TODAY - 20) * DAY, TODAY * DAY, "UTC")
    found = volumes.reconcile(desk.here.store, whole)
    assert (found.total.freshdesk_tickets, found.total.tickets_seen) == (45, 45)
    assert {line.freshdesk_tickets for line in found.groups} == {None}
    assert TODAY - 1 in desk.due()

    desk.here.totals(desk.due())
    found = volumes.reconcile(desk.here.store, whole)
    assert sum(line.freshdesk_tickets or 0 for line in found.groups) == 45


def test_later_changes_make_a_day_stale_and_the_night_takes_it_again(desk: Desk) -> None:
    desk.here.complete()
    desk.here.totals()
    desk.script.now += 9 * DAY
    desk.script.reply(1)  # no change of place: the day stays good
    desk.script.trash(3)  # the second of March 2: its state changes
    desk.script.now += 300  # the search has noticed
    desk.here.complete()

    stale = {row["day"] for row in desk.here.rows(schema.freshdesk_totals) if row["is_stale"]}
    assert stale == {TODAY - 8}
    young = set(range(TODAY + 2, TODAY + 10))
    assert set(desk.due()) == {TODAY - 8, TODAY + 1} | young
    desk.here.totals(desk.due())
    assert desk.day(TODAY - 8) == {"total": 1, "has_rows": True, "is_stale": False}


def test_a_day_of_more_than_three_hundred_has_no_rows(tmp_path: Path) -> None:
    script = Script(now=NOW)
    for day, count in ((8, 300), (9, 301)):
        for number in range(count):
            script.ticket(at=epoch(f"2026-03-{day:02}") + 60 * number)
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        desk = Desk(script, sandbox, here)
        here.totals([TODAY - 2, TODAY - 1])

        assert desk.day(TODAY - 2) == {"total": 300, "has_rows": True, "is_stale": False}
        assert desk.day(TODAY - 1) == {"total": 301, "has_rows": False, "is_stale": False}
        searches = [one for one in sandbox.requests if one.path.endswith("/search/tickets")]
        assert len(searches) == 10 + 1


def test_a_day_without_rows_that_was_not_over_cannot_be_compared(tmp_path: Path) -> None:
    script = Script(now=NOW)
    for number in range(301):
        script.ticket(at=epoch("2026-03-10") + 60 * number)
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        script.now += 180
        here.totals([TODAY])

        assert Desk(script, sandbox, here).day(TODAY) == {"total": 301, "has_rows": False, "is_stale": True}


def test_totals_end_a_first_import_and_are_no_part_of_another(desk: Desk) -> None:
    here = desk.here
    bring_up_to_date(here.store, here.settings, here.integration)
    assert desk.totals_runs() == ["complete"]
    assert len(here.rows(schema.freshdesk_totals)) == 121

    asked = len(desk.sandbox.requests)
    bring_up_to_date(here.store, here.settings, here.integration)
    assert desk.totals_runs() == ["complete"]
    assert not [one for one in desk.sandbox.requests[asked:] if "search" in one.path]


def test_totals_that_failed_leave_the_import_complete_and_are_taken_next_time(desk: Desk) -> None:
    here, search = desk.here, "/api/v2/search/tickets"
    routes = desk.sandbox.application._routes._fixed
    held = routes[search]
    routes[search] = routes["/api/v2/roles"]._replace(handler=_refuse)
    session = bring_up_to_date(here.store, here.settings, here.integration)
    assert session.outcome.outcome == "complete"
    assert session.proof_error is not None
    assert session.proof_error.error_code == "access-denied"
    assert desk.totals_runs() == ["failed"]

    routes[search] = held
    session = bring_up_to_date(here.store, here.settings, here.integration)
    assert session.proof_error is None
    assert desk.totals_runs() == ["failed", "complete"]


def _refuse(*_: object) -> object:
    from freshdesk_core.sandbox.answers import access_denied

    raise access_denied()


def test_a_key_revoked_in_the_middle_keeps_the_days_taken(desk: Desk) -> None:
    desk.here.complete()
    routes, asked = desk.sandbox.application._routes, []
    search = routes._fixed["/api/v2/search/tickets"]

    def some(*args: object) -> object:
        asked.append(1)
        if len(asked) > 30:
            from freshdesk_core.sandbox.answers import refusal

            raise refusal(401, "invalid_credentials", "You have to be logged in to perform this action.")
        return search.handler(*args)  # type: ignore[arg-type]

    routes._fixed["/api/v2/search/tickets"] = search._replace(handler=some)  # type: ignore[arg-type]
    with pytest.raises(NotAuthorized):
        desk.here.totals()

    taken = desk.here.rows(schema.freshdesk_totals)
    assert 5 < len(taken) <= 30
    assert desk.totals_runs() == ["failed"]
    assert max(row["day"] for row in taken) == TODAY  # the newest days first


def test_totals_end_soon_when_told_to_stop_while_they_wait(desk: Desk, tmp_path: Path) -> None:
    """At a trial plan's pace the days wait for the limiter; a stop ends the waiting, and is no error."""
    desk.here.complete()
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()
    with Sandbox(desk.script, plan="trial") as slow, inflow(tmp_path / "slow", slow) as here:
        with client_of(here.settings, here.integration, stop, store=here.store) as freshdesk:
            done = take_totals(
                here.store, here.integration, freshdesk, list(range(TODAY - 120, TODAY)), stop=stop
            )

        assert 0 < done < 120
        (run,) = here.rows(schema.imports)
        assert run["outcome"] == "interrupted"
        assert here.rows(schema.leases) == []
