"""What is left over of a purge never falls on anything newer; a purged ticket stays out, known or not."""

import json
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from freshdesk_core.access import COMMAND_LINE
from freshdesk_core.errors import ConfigError
from freshdesk_core.importing import life, purging
from freshdesk_core.importing.session import bring_up_to_date
from freshdesk_core.sandbox import Sandbox
from freshdesk_core.store import purges, schema
from freshdesk_core.store.event_schema import events
from freshdesk_core.store.integrations import Integration
from freshdesk_core.volumes.purged import purged_by_month
from freshdesk_core.volumes.windows import Window
from tests.importing.inflow import NAME, Inflow, epoch, inflow
from tests.importing.week import week

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


def _connect(here: Inflow, sandbox: Sandbox, name: str) -> Integration:
    """Another integration, imported."""
    connected = life.connect(
        COMMAND_LINE, here.store, here.settings, name=name, domain=sandbox.domain, api_key=sandbox.api_key
    )
    assert connected.integration is not None
    bring_up_to_date(here.store, here.settings, connected.integration, with_proof=False)
    return connected.integration


def _tickets(here: Inflow, integration: Integration) -> set[int]:
    rows = here.rows(schema.tickets)
    return {row["ticket_id"] for row in rows if row["integration_id"] == integration.integration_id}


def _purges(here: Inflow) -> list[dict[str, Any]]:
    return here.rows(schema.life_schema.purges)


# Purges


def test_a_purge_that_a_reader_held_up_leaves_a_new_integration_alone(
    here: Inflow, sandbox: Sandbox, database: str
) -> None:
    """A notebook reads while all of it goes: what is added meanwhile has an id of its own, and stays."""
    old = here.integration
    with here.store.read() as connection:
        connection.execute(select(schema.tickets)).first()
        receipt = life.purge(COMMAND_LINE, here.store, NAME)
        new = _connect(here, sandbox, "New")
    assert receipt.rows["tickets"] == 7
    assert receipt.is_overwritten == (database == "postgresql")
    assert new.integration_id != old.integration_id

    assert purging.finish(here.store) == (0 if receipt.is_overwritten else 1)

    assert _purges(here) == []
    assert _tickets(here, new) == set(range(1, 8))


@pytest.mark.parametrize("scope", ["before", "ticket"])
def test_a_smaller_purge_ends_with_the_purge_of_all(here: Inflow, sandbox: Sandbox, scope: str) -> None:
    """Killed or held up before: nobody goes on with it on another account."""
    old = here.integration
    bound = {"before": epoch("2026-03-05"), "ticket": 3}[scope]
    with here.store.write() as connection:  # as a killed one leaves it
        purge_id = purges.begin(connection, old.integration_id, scope, bound, 0)
        purges.let_go(connection, purge_id)
        killed = purges.begin(connection, old.integration_id, scope, bound, 0)
        receipt = json.dumps({"owner": {"host": "gone", "pid": 1, "started_at": 0, "expires_at": 0}})
        table = schema.life_schema.purges
        connection.execute(update(table).where(table.c.purge_id == killed).values(receipt=receipt))

    assert life.purge(COMMAND_LINE, here.store, NAME).rows["tickets"] == 7

    assert _purges(here) == []
    new = _connect(here, sandbox, "New")
    purging.finish(here.store)
    assert _tickets(here, new) == set(range(1, 8))


@pytest.mark.sqlite
def test_what_is_left_of_an_older_inflow_is_only_overwritten(here: Inflow) -> None:
    """A purge that was let go had deleted all it was for; what came later under its id is another's."""
    with here.store.write() as connection:
        purge_id = purges.begin(connection, here.integration.integration_id, "integration", None, 0)
        purges.let_go(connection, purge_id)
    assert purging.finish(here.store) == 1
    assert _purges(here) == []
    here.check()
    assert len(_tickets(here, here.integration)) == 7


@pytest.mark.sqlite
def test_an_id_is_never_given_again(here: Inflow, sandbox: Sandbox) -> None:
    """Not even long after the last of it was overwritten, nor when an older one is purged later."""
    ids = [here.integration.integration_id]
    for name in ("Second", "Third"):
        connected = life.connect(
            COMMAND_LINE, here.store, here.settings, name=name, domain=sandbox.domain, api_key=sandbox.api_key
        )
        assert connected.integration is not None
        ids.append(connected.integration.integration_id)
        life.purge(COMMAND_LINE, here.store, name)
    life.purge(COMMAND_LINE, here.store, NAME)
    ids.append(_connect(here, sandbox, "Fourth").integration_id)
    assert ids == sorted(set(ids))


def test_an_integration_that_is_gone_is_not_purged_again(here: Inflow) -> None:
    """Two of its admins at once: the second one hears of it, and leaves nothing behind."""
    loaded = here.integration
    life.purge(COMMAND_LINE, here.store, NAME)
    for scope, bound in (("ticket", 3), ("before", epoch("2026-03-05")), ("integration", None)):
        with pytest.raises(ConfigError) as refused:
            purging.purge(here.store, loaded, scope, bound)
        assert refused.value.error_code == "integration-removed"
    assert _purges(here) == here.rows(schema.gaps) == []


# One ticket


@pytest.mark.sqlite
def test_a_ticket_that_was_never_imported_stays_out(tmp_path: Path, sandbox: Sandbox) -> None:
    """Purged before the first import: no import, audit or reimport brings it, and the pages tell of it."""
    with inflow(tmp_path / "new", sandbox) as new:
        assert life.purge_ticket(COMMAND_LINE, new.store, NAME, 3).rows == {}
        bring_up_to_date(new.store, new.settings, new.integration)
        life.reimport(COMMAND_LINE, new.store, new.settings, NAME, FIRST, END)
        new.check()
        assert _tickets(new, new.integration) == {1, 2, 4, 5, 6, 7}
        assert {row["ticket_id"]: row["state"] for row in new.rows(schema.gaps)} == {3: "forgotten"}


def test_a_ticket_that_an_audit_missed_stays_out_in_its_month(here: Inflow) -> None:
    """It is dated by the next newer one; a gap that was found before keeps its time."""
    life.purge_ticket(COMMAND_LINE, here.store, NAME, 3)
    with here.store.write() as connection:
        connection.execute(schema.gaps.delete())
        values = {"state": "purged", "settled_at": 5, "created_about": 7, "ticket_id": 900}
        connection.execute(
            insert(schema.gaps).values(integration_id=here.integration.integration_id, **values)
        )
    for ticket_id in (3, 900):
        life.purge_ticket(COMMAND_LINE, here.store, NAME, ticket_id)
    told = {row["ticket_id"]: (row["state"], row["created_about"]) for row in here.rows(schema.gaps)}
    assert told == {3: ("forgotten", epoch("2026-03-04T09:00:00")), 900: ("forgotten", 7)}
    march = Window.of_days(date(2026, 3, 1), date(2026, 4, 1), "UTC")
    assert list(purged_by_month(here.store, march)["purged"]) == [1]


@pytest.mark.sqlite
def test_the_events_that_name_a_ticket_go_with_it(here: Inflow) -> None:
    with here.store.write() as connection:
        for ticket_id in (3, 4):
            values = {"name": "onTicketUpdate", "object_id": ticket_id, "object_updated_at": 5}
            connection.execute(
                insert(events).values(
                    integration_id=here.integration.integration_id,
                    ticket_id=ticket_id,
                    received_at=int(time.time()),
                    **values,
                )
            )
    assert life.purge_ticket(COMMAND_LINE, here.store, NAME, 3).rows["events"] == 1
    assert [row["ticket_id"] for row in here.rows(events)] == [4]
