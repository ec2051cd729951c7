"""What a check of a key finds is kept; not with an integration that was removed meanwhile."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from freshdesk_core.access import COMMAND_LINE
from freshdesk_core.errors import ConfigError
from freshdesk_core.importing import life
from freshdesk_core.importing.findings import Finding
from freshdesk_core.importing.session import bring_up_to_date
from freshdesk_core.sandbox import Sandbox
from freshdesk_core.store import integrations, schema
from freshdesk_core.store.integrations import Integration
from tests.importing.inflow import NAME, Inflow, inflow
from tests.importing.week import week

pytestmark = pytest.mark.sqlite  # nothing here is special to a database

FIRST, END = date(2026, 3, 1), date(2026, 3, 8)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(week(), plan="unlimited") as running:
        yield running


@pytest.fixture
def here(tmp_path: Path, sandbox: Sandbox) -> Iterator[Inflow]:
    with inflow(tmp_path, sandbox) as one:
        one.complete()
        yield one


def test_a_removed_integration_gets_no_key_back(
    here: Inflow, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Removed while its key was tested, or between the look at it and the change: refused, all of them."""
    real = life.present

    def present(*given: Any) -> Integration:
        found = real(*given)
        life.remove(COMMAND_LINE, here.store, NAME)
        return found

    key = sandbox.api_key
    for action in (
        lambda: life.replace_key(COMMAND_LINE, here.store, here.settings, NAME, key),
        lambda: life.check_again(COMMAND_LINE, here.store, here.settings, NAME),
        lambda: life.pause(COMMAND_LINE, here.store, NAME),
        lambda: life.resume(COMMAND_LINE, here.store, NAME),
        lambda: life.change_start(COMMAND_LINE, here.store, NAME, FIRST),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(life, "present", present)
            with pytest.raises(ConfigError) as refused:
                action()
        assert refused.value.error_code == "integration-removed"
        kept = here.integration
        assert (kept.key_sealed, kept.key_hint, kept.paused_at, kept.since) == ("", "", None, None)
        assert kept.removed_at is not None
        life.connect(
            COMMAND_LINE, here.store, here.settings, name=NAME, domain=sandbox.domain, api_key=key
        )  # goes on


def test_what_a_warning_names_is_kept_with_it(here: Inflow) -> None:
    """A page says it as the check said it, however long ago that was."""
    with Sandbox(week(), plan="trial") as trial:
        with here.store.write() as connection:
            connection.execute(update(schema.integrations).values(domain=trial.domain))
        found = life.check_again(COMMAND_LINE, here.store, here.settings, NAME)
        with here.store.read() as connection:
            told = integrations.told(connection, here.integration.integration_id)
    assert "plan-trial" in told
    said = {code: Finding(code, "warning", figures).text for code, figures in told.items()}
    assert said == {one.code: one.text for one in found.findings if one.level == "warning"}
    assert "50 calls a minute" in said["plan-trial"]


def _forget_zone(here: Inflow) -> None:
    """As if it had been added with a key that may not see the account."""
    with here.store.write() as connection:
        connection.execute(
            update(schema.integrations).values(
                time_zone="UTC", account_id=None, shortcomings='["zone-unknown"]', shortcoming_figures="{}"
            )
        )


@pytest.mark.parametrize("by", ["another key", "check", "audit"])
def test_the_time_zone_is_the_accounts_once_a_key_sees_it(here: Inflow, sandbox: Sandbox, by: str) -> None:
    """And the pages, which keep their figures by revision, hear of it; a key that sees less changes nothing
    of it.
    """
    _forget_zone(here)
    before = here.rows(schema.integrations)[0]["revision"]
    if by == "another key":
        life.replace_key(COMMAND_LINE, here.store, here.settings, NAME, sandbox.api_key)
    elif by == "check":
        life.check_again(COMMAND_LINE, here.store, here.settings, NAME)
    else:
        bring_up_to_date(here.store, here.settings, here.integration)
    row = here.rows(schema.integrations)[0]
    assert (row["time_zone"], row["shortcomings"]) == ("Europe/Berlin", "[]")
    assert row["account_id"] is not None
    assert row["revision"] > before

    sandbox.faults.on("403~account")
    found = life.replace_key(COMMAND_LINE, here.store, here.settings, NAME, sandbox.agent_key)
    assert "zone-unknown" in found.shortcomings
    assert here.integration.time_zone == "Europe/Berlin"
