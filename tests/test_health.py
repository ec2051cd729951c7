"""Health: never green without proof."""

import json
import os
import socket
from pathlib import Path

import psutil
import pytest
from sqlalchemy import insert

from freshdesk_core.health import all_green, status
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, schema
from tests.volumes.account import Account, at

NOW = at("2026-03-10T12:00")


@pytest.fixture
def store(tmp_path: Path):
    opened = Store.open(Settings.from_environment({"INFLOW_HOME": str(tmp_path)}))
    yield opened
    opened.close()


def run(store: Store, integration_id: int, **columns) -> None:
    values = {
        **{"integration_id": integration_id, "purpose": "import", "is_first": True, "phase": "tickets"},
        **{"outcome": None, "started_at": NOW - 60, "progressed_at": NOW - 5},
    }
    with store.write() as connection:
        connection.execute(insert(schema.imports).values(values | columns))


def lease(store: Store, integration_id: int, expires_at: int = NOW + 20) -> None:
    """Held by this very process."""
    with store.write() as connection:
        connection.execute(
            insert(schema.leases).values(
                integration_id=integration_id,
                host=socket.gethostname(),
                pid=os.getpid(),
                process_started_at=int(psutil.Process().create_time()),
                token="t",
                since=NOW - 60,
                expires_at=expires_at,
            )
        )


def test_before_the_first_import_nothing_is_known(store):
    Account(store)

    (one,) = status(store, NOW)

    assert (one.state, one.broken_link, one.tickets_complete, one.newest_contact_at) == (
        "unknown",
        None,
        None,
        None,
    )
    assert "import" in one.next_step
    assert not all_green([one])


def test_an_import_that_went_well_is_no_proof(store):
    account = Account(store)
    account.proven(("2026-03-01", "2026-03-10T11:58"))
    account.change(first_import_ended_at=NOW - 100, last_poll_at=NOW - 120)
    ticket = account.ticket("2026-03-09T08:00")
    account.reply(ticket, "2026-03-09T10:00")
    account.reply(ticket, "2026-03-09T11:00", result="agent_reply")
    run(store, 1, outcome="complete", phase="ended")

    (one,) = status(store, NOW)

    assert one.state == "unknown"
    assert one.as_json() == {
        "name": "acme",
        "state": "unknown",
        "broken_link": None,
        "next_step": one.next_step,
        "tickets_complete": ["2026-03-01T00:00:00+00:00", "2026-03-10T11:58:00+00:00"],
        "replies_complete": ["2026-03-01T00:00:00+00:00", "2026-03-10T11:58:00+00:00"],
        "newest_contact_at": "2026-03-09T10:00:00+00:00",
        "last_event_at": None,
        "last_poll_at": "2026-03-10T11:58:00+00:00",
        "last_audit_at": None,
    }


def test_a_first_import_that_goes_on_is_catching_up(store):
    Account(store)
    run(store, 1)
    lease(store, 1)

    (one,) = status(store, NOW)

    assert one.state == "catching_up"
    assert all_green([one])


@pytest.mark.parametrize("why", ["no lease", "lease ran out", "hung", "it ended"])
def test_an_import_that_does_not_go_on_is_not(store, why):
    Account(store)
    run(
        store,
        1,
        progressed_at=NOW - (3600 if why == "hung" else 5),
        outcome="interrupted" if why == "it ended" else None,
    )
    if why != "no lease":
        lease(store, 1, NOW - 1 if why == "lease ran out" else NOW + 20)

    (one,) = status(store, NOW)

    assert one.state == "unknown"


@pytest.mark.parametrize(
    ("code", "state", "link"),
    [
        ("key-rejected", "action_needed", "key"),
        ("access-denied", "action_needed", "scope"),
        ("not-found", "action_needed", "freshdesk"),
        ("store-full", "action_needed", None),
        ("unreachable", "unknown", "freshdesk"),
        ("store-unavailable", "unknown", None),
    ],
)
def test_a_failed_import_names_the_link_and_what_to_do(store, code, state, link):
    account = Account(store)
    account.change(first_import_ended_at=NOW - 1000)
    run(store, 1, outcome="complete", phase="ended")
    figures = {"domain": "acme.freshdesk.com", "cause": "x", "path": "/", "where": "/disk"}
    run(store, 1, outcome="failed", error_code=code, error_figures=json.dumps(figures))

    (one,) = status(store, NOW)

    assert (one.state, one.broken_link) == (state, link)
    assert one.next_step.endswith(".")
    assert "{" not in one.next_step


def test_a_good_import_after_a_bad_one_clears_it(store):
    Account(store)
    run(store, 1, outcome="failed", error_code="key-rejected", error_figures="{}")
    run(store, 1, outcome="complete", phase="ended")

    assert status(store, NOW)[0].state == "unknown"


def test_the_sample_is_told_only_while_it_is_shown(store):
    Account(store, name="Sample account", is_sample=True)
    assert [one.is_sample for one in status(store, NOW)] == [True]

    Account(store)
    gone = Account(store, name="gone")
    gone.change(removed_at=1)

    assert [one.name for one in status(store, NOW)] == ["acme"]


def test_the_sample_does_not_come_back_when_the_last_account_is_removed(store):
    Account(store, name="Sample account", is_sample=True)
    Account(store).change(removed_at=1)

    assert status(store, NOW) == []


def test_nothing_connected_is_not_healthy(store):
    assert status(store, NOW) == []
    assert not all_green([])
