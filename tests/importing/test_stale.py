"""What was loaded before a run began may be outdated: the run goes by what stands in the store."""

import json
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from freshdesk_core.access import COMMAND_LINE
from freshdesk_core.cli import main
from freshdesk_core.errors import Busy, ConfigError, Paused
from freshdesk_core.importing import life
from freshdesk_core.importing.connect import client_of
from freshdesk_core.importing.run import Import
from freshdesk_core.importing.session import bring_up_to_date, prove
from freshdesk_core.sandbox import Sandbox, Script
from freshdesk_core.store import integrations, schema
from freshdesk_core.store.integrations import Integration
from tests.importing.inflow import NAME, Inflow, environment, inflow

pytestmark = pytest.mark.sqlite  # what is looked at is one row, read in the transaction of the lease

NOW = "2026-03-10T12:00:00Z"
LATER = date(2026, 3, 6)


class Life:
    """Does something at the first question that ends so."""

    def __init__(self) -> None:
        self.at = ""
        self.do = lambda: None

    def __call__(self, _method: str, path: str) -> None:
        if self.at and path.endswith(self.at):
            self.at = ""
            self.do()


@pytest.fixture
def script() -> Script:
    script = Script(now=NOW)
    for day in range(1, 10):
        script.reply(script.ticket(at=f"2026-03-0{day}"), at=f"2026-03-0{day}T02:00:00Z")
    return script


@pytest.fixture
def meanwhile() -> Life:
    return Life()


@pytest.fixture
def sandbox(script: Script, meanwhile: Life) -> Iterator[Sandbox]:
    with Sandbox(script, plan="unlimited", on_request=meanwhile) as running:
        yield running


@pytest.fixture
def here(tmp_path: Path, sandbox: Sandbox) -> Iterator[Inflow]:
    with inflow(tmp_path, sandbox) as one:
        yield one


def _import(here: Inflow, stale: Integration) -> None:
    with client_of(here.settings, stale, store=here.store) as freshdesk:
        Import(here.store, stale, freshdesk).run()


def _before(here: Inflow, integration: Integration) -> list[int]:
    """Counted contacts of tickets made before the start."""
    start = integration.since
    assert start is not None
    return [
        row["ticket_id"]
        for row in here.rows(schema.tickets)
        if row["integration_id"] == integration.integration_id
        and row["created_at"] < start
        and row["result"] == "counted"
    ]


def test_a_start_changed_since_it_was_loaded_is_the_one_that_counts(here: Inflow) -> None:
    stale = here.integration
    life.change_start(COMMAND_LINE, here.store, NAME, LATER)

    _import(here, stale)

    assert _before(here, here.integration) == []
    assert here.by_queue().total() == 8
    here.check()


def test_a_start_changed_while_the_key_is_checked_counts_for_the_audit_that_follows(
    script: Script, meanwhile: Life, here: Inflow
) -> None:
    """The old tickets are archived, so that it is the audit that finds them."""
    for ticket in range(1, 5):
        script.close(ticket, at="2026-03-09T12:00:00Z")
        script.archive(ticket, at="2026-03-09T13:00:00Z")
    meanwhile.at = "/agents/me"
    meanwhile.do = lambda: life.change_start(COMMAND_LINE, here.store, NAME, LATER)

    bring_up_to_date(here.store, here.settings, here.integration)
    again = bring_up_to_date(here.store, here.settings, here.integration)

    assert (again.outcome.outcome, again.proof_error) == ("complete", None)
    assert meanwhile.at == ""
    assert _before(here, here.integration) == []
    here.check()


def test_of_two_integrations_the_second_goes_by_the_start_it_has_when_its_turn_comes(
    sandbox: Sandbox,
    meanwhile: Life,
    here: Inflow,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """`import Desk Other`, and somebody changes the start of Other while Desk is imported."""
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    _add(here, sandbox, "Other")
    meanwhile.at = "/conversations"
    meanwhile.do = lambda: life.change_start(COMMAND_LINE, here.store, "Other", LATER)

    assert main(["import", NAME, "Other", "--json"]) == 0

    _desk, other = json.loads(capsys.readouterr().out)["integrations"]
    with here.store.read() as connection:
        assert _before(here, integrations.named(connection, "Other")) == []
    assert other["counted"] == {"tickets": 4, "replies": 4}
    assert meanwhile.at == ""


@pytest.mark.parametrize("end", [life.remove, life.purge])
def test_one_that_was_removed_meanwhile_is_not_imported_and_it_is_said_so(here: Inflow, end) -> None:
    stale = here.integration
    end(COMMAND_LINE, here.store, NAME)

    with pytest.raises(ConfigError) as direct:
        _import(here, stale)
    with pytest.raises(ConfigError) as whole:
        bring_up_to_date(here.store, here.settings, stale)

    assert {direct.value.error_code, whole.value.error_code} == {"integration-removed"}
    assert here.rows(schema.tickets) == here.rows(schema.leases) == here.rows(schema.imports) == []


@pytest.mark.parametrize("end", [life.remove, life.purge])
def test_one_that_is_removed_while_another_is_imported_is_not_imported_when_its_turn_comes(
    sandbox: Sandbox,
    meanwhile: Life,
    here: Inflow,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    end,
) -> None:
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    other = _add(here, sandbox, "Other")
    meanwhile.at = "/conversations"
    meanwhile.do = lambda: end(COMMAND_LINE, here.store, "Other")

    assert main(["import", NAME, "Other", "--json"]) == 1

    told = json.loads(capsys.readouterr().out)["integrations"][1]
    assert (told["outcome"], told["error"]["code"]) == ("failed", "integration-removed")
    assert other.integration_id not in {row["integration_id"] for row in here.rows(schema.tickets)}


def test_one_that_was_paused_since_it_was_loaded_rests(here: Inflow) -> None:
    stale = here.integration
    life.pause(COMMAND_LINE, here.store, NAME)

    with pytest.raises(Paused):
        _import(here, stale)
    with pytest.raises(Paused):
        bring_up_to_date(here.store, here.settings, stale)

    assert here.rows(schema.tickets) == here.rows(schema.leases) == []


def test_a_run_does_not_begin_with_a_key_that_was_replaced(sandbox: Sandbox, here: Inflow) -> None:
    stale = here.integration
    life.replace_key(COMMAND_LINE, here.store, here.settings, NAME, sandbox.api_key)

    with pytest.raises(Busy) as refused:
        _import(here, stale)

    assert refused.value.error_code == "settings-changed"
    assert here.rows(schema.tickets) == here.rows(schema.leases) == []


def test_an_import_that_was_asked_for_before_takes_the_key_of_now(sandbox: Sandbox, here: Inflow) -> None:
    """The key it was loaded with opens nothing any more."""
    with here.store.write() as connection:
        integrations.replace_key(connection, here.settings, here.integration.integration_id, "outdated-key")
    stale = here.integration
    life.replace_key(COMMAND_LINE, here.store, here.settings, NAME, sandbox.api_key)

    session = bring_up_to_date(here.store, here.settings, stale)

    assert (session.outcome.outcome, session.proof_error) == ("complete", None)
    assert {one.status for one in sandbox.requests} == {200}


def test_a_key_replaced_between_import_and_proof_ends_the_proof(
    sandbox: Sandbox, meanwhile: Life, here: Inflow
) -> None:
    """It is made up for after the next import, with the new key."""
    here.complete()
    meanwhile.at = "/agents/me"
    stop, halt = threading.Event(), threading.Event()

    def replace() -> None:
        with here.store.write() as connection:
            id_ = here.integration.integration_id
            integrations.replace_key(connection, here.settings, id_, sandbox.api_key)

    meanwhile.do = replace
    with (
        client_of(here.settings, here.integration, stop, halt, store=here.store) as freshdesk,
        pytest.raises(Busy) as refused,
    ):
        prove(here.store, here.settings, here.integration, freshdesk, stop=stop, halt=halt)
    assert refused.value.error_code == "settings-changed"

    session = bring_up_to_date(here.store, here.settings, here.integration)
    assert session.audited is not None
    assert session.audited.outcome == "complete"


def _add(here: Inflow, sandbox: Sandbox, name: str) -> Integration:
    with here.store.write() as connection:
        return integrations.add(
            connection,
            here.settings,
            **{"name": name, "domain": sandbox.domain, "api_key": sandbox.api_key, "time_zone": "UTC"},
            since=None,
        )
