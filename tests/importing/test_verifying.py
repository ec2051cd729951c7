"""``reconcile --verify``: every ticket that differs is named, however many a day has; the audit mends it."""

import json
from pathlib import Path

import pytest

from freshdesk_core import cli, volumes
from freshdesk_core.importing.day_rows import Parts, read_rows
from freshdesk_core.importing.verifying import verify
from freshdesk_core.sandbox import Sandbox, Script
from freshdesk_core.settings import Settings
from freshdesk_core.store import schema
from tests.importing.inflow import DAY, Inflow, environment, epoch, inflow
from tests.importing.test_audit import _lose

NOW = "2026-03-10T12:00:00Z"
BUSY = epoch("2026-03-05")


@pytest.fixture
def script() -> Script:
    """A day of 1,000 tickets; 400 of them in one group, 310 of these in one status."""
    script = Script(now=NOW)
    for n in range(1_000):
        group = "Large" if n < 400 else [None, "A", "B", "C"][n % 4]
        status = 2 if n < 310 else 3 + n % 3
        script.ticket(group=group, status=status, priority=1 + n % 4, at=BUSY + n * 80)
    script.ticket(at=BUSY + 2 * DAY)
    script.ticket(at=BUSY + 3 * DAY)
    return script


def _window(here: Inflow) -> volumes.Window:
    return volumes.default_window(here.store)


def test_a_day_of_a_thousand_tickets_is_named_ticket_by_ticket(tmp_path: Path, script: Script) -> None:
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        _lose(here, [17, 390, 777])
        here.totals()
        before = volumes.reconcile(here.store, _window(here))
        assert before.never_imported_tickets == []  # the count differs, the rows are not known

        taken = verify(here.store, here.settings, [1], BUSY, BUSY + DAY)

        assert taken == 1
        found = volumes.reconcile(here.store, _window(here))
        assert found.never_imported_tickets == [("Desk", 17), ("Desk", 390), ("Desk", 777)]
        assert found.total.never_imported == 3
        here.audit()
        verify(here.store, here.settings, [1], BUSY, BUSY + DAY)
        after = volumes.reconcile(here.store, _window(here))
        assert (after.total.never_imported, after.total.unexplained) == (0, 0)
        assert after.never_imported_tickets == after.unexplained_tickets == []


def test_a_day_that_cannot_be_divided_is_told_by_its_count_alone(tmp_path: Path, script: Script) -> None:
    """More than 300 in every part, or parts that do not add up: nothing is said of the rows."""
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        from freshdesk_core.importing.connect import client_of

        with client_of(here.settings, here.integration, store=here.store) as freshdesk:
            first = freshdesk.search_created_on(BUSY // DAY)
            assert first.total == 1_000
            assert read_rows(freshdesk, BUSY // DAY, first) is None
            assert read_rows(freshdesk, BUSY // DAY, first, Parts({"priority": [1, 2, 3]})) is None
            quarters = read_rows(freshdesk, BUSY // DAY, first, Parts({"priority": [1, 2, 3, 4]}))
            assert quarters is not None
            assert {row.id for row in quarters} == set(range(1, 1_001))


@pytest.mark.sqlite
def test_the_command_asks_freshdesk_and_names_what_differs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One ticket missing in 90 days: the day and the ticket are named; after the audit nothing differs."""
    script = Script(now=NOW)
    for n in range(90):
        script.ticket(at=script.now - 90 * DAY + n * DAY)
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        _lose(here, [40])
        command = ["reconcile", "--verify", "--json", "--from", "2025-12-20", "--to", "2026-03-10"]

        assert cli.main(command) == 0
        found = json.loads(capsys.readouterr().out)
        assert found["never_imported_tickets"] == [{"integration": "Desk", "ticket_id": 40}]
        assert [day["day"] for day in found["days"] if day["never_imported"]] == ["2026-01-18"]

        here.audit()
        assert cli.main(command) == 0
        found = json.loads(capsys.readouterr().out)
        assert found["total"]["never_imported"] == found["total"]["unexplained"] == 0
        assert cli.main([word for word in command if word != "--json"]) == 0
        assert "In Freshdesk, never imported: none" in capsys.readouterr().out


def test_removed_accounts_are_not_asked(tmp_path: Path, script: Script) -> None:
    from freshdesk_core.store import integrations

    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        with here.store.write() as connection:
            integrations.remove(connection, 1)
        assert (
            verify(here.store, Settings.from_environment(environment(tmp_path)), [1], BUSY, BUSY + DAY) == 0
        )
        assert here.rows(schema.freshdesk_totals) == []
