"""Health: never green without proof."""

import json
import os
import socket
from pathlib import Path

import psutil
import pytest
from sqlalchemy import insert, update

from freshdesk_core.health import all_green, status
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, integrations, schema
from tests.databases import on_sqlite
from tests.volumes.account import Account, at

NOW = at("2026-03-10T12:00")


@pytest.fixture
def store(tmp_path: Path):
    opened = Store.open(Settings.from_environment(on_sqlite(tmp_path)))
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
        "notices": [],
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


def proven(store: Store, **columns) -> Account:
    """An account of which everything is proven, polled a minute and audited an hour ago."""
    account = Account(store)
    account.proven(("2026-03-01", "2026-03-10T11:58"))
    account.change(
        **{"first_import_ended_at": NOW - 9_000, "last_poll_at": NOW - 60},
        **({"audited_at": NOW - 3_600, "last_totals_at": NOW - 3_600} | columns),
    )
    run(store, 1, purpose="audit", outcome="complete", phase="ended", ended_at=NOW - 3_600)
    run(store, 1, outcome="complete", phase="ended", ended_at=NOW - 60, tickets_read=3)
    return account


def difference(store: Store, *, is_stale: bool = False) -> None:
    day = NOW // 86_400
    with store.write() as connection:
        connection.execute(
            insert(schema.freshdesk_totals).values(
                **{"integration_id": 1, "day": day, "total": 1, "taken_at": NOW, "has_rows": True},
                is_stale=is_stale,
            )
        )
        connection.execute(
            insert(schema.total_differences).values(
                **{"integration_id": 1, "ticket_id": 5, "day": day, "side": "never_imported"},
                created_at=NOW - 60,
            )
        )


def test_all_proofs_together_are_complete(store):
    proven(store)

    (one,) = status(store, NOW)

    assert (one.state, one.last_audit_at) == ("complete", NOW - 3_600)
    assert all_green([one])


def test_complete_and_nothing_new_is_quiet(store):
    proven(store)
    run(store, 1, outcome="complete", phase="ended", ended_at=NOW - 30, tickets_read=0)

    assert status(store, NOW)[0].state == "quiet"


@pytest.mark.parametrize("lacking", ["audited_at", "last_totals_at"])
def test_without_audit_or_totals_it_is_not(store, lacking):
    proven(store, **{lacking: None})

    assert status(store, NOW)[0].state == "unknown"


@pytest.mark.parametrize(
    ("seconds", "state"), [(540, "complete"), (600, "unknown"), (840, "unknown"), (1_000, "stale")]
)
def test_an_old_poll_is_no_proof(store, seconds, state):
    """Periods of 300 seconds; the last poll ended 60 seconds ago."""
    proven(store)

    assert status(store, NOW + seconds)[0].state == state


def test_an_old_audit_is_no_proof(store):
    proven(store)
    for days, state in ((1, "complete"), (2.5, "unknown"), (4, "stale")):
        now = NOW + int(days * 86_400)
        run(store, 1, outcome="complete", phase="ended", ended_at=now - 60, tickets_read=1)
        assert status(store, now)[0].state == state


def test_an_unread_thread_is_no_proof(store):
    account = proven(store)
    ticket = account.ticket("2026-03-09T08:00")
    with store.write() as connection:
        connection.execute(
            update(schema.tickets).where(schema.tickets.c.ticket_id == ticket).values(is_thread_due=True)
        )
    assert status(store, NOW)[0].state == "unknown"

    run(store, 1)
    lease(store, 1)
    assert status(store, NOW)[0].state == "catching_up"


def test_a_ticket_that_only_one_side_has_is_named_by_number(store):
    proven(store)
    difference(store)

    (one,) = status(store, NOW)

    assert one.state == "unknown"
    assert "1 ticket differs" in one.next_step


def test_a_difference_of_a_day_that_changed_since_is_none_yet(store):
    proven(store)
    difference(store, is_stale=True)

    assert status(store, NOW)[0].state == "complete"


def test_tickets_hidden_from_the_key_ask_for_another(store):
    proven(store)
    with store.write() as connection:
        connection.execute(
            insert(schema.gaps).values(
                **{"integration_id": 1, "ticket_id": 4, "state": "refused"}, settled_at=1, created_about=1
            )
        )

    (one,) = status(store, NOW)

    assert (one.state, one.broken_link) == ("action_needed", "scope")


def test_a_failure_that_lasts_is_stale(store):
    proven(store)
    figures = json.dumps({"domain": "acme.freshdesk.com", "cause": "x"})
    run(store, 1, outcome="failed", error_code="unreachable", error_figures=figures)

    assert [status(store, NOW + after)[0].state for after in (60, 5_000)] == ["unknown", "stale"]


@pytest.mark.parametrize("is_running", [False, True])
def test_a_key_that_sees_a_part_of_the_tickets_is_never_green(store, is_running):
    """Freshdesk hides the rest without an error: what is missing cannot be seen from here."""
    account = Account(store)
    with store.write() as connection:
        integrations.note_shortcomings(connection, account.integration_id, ["scope-not-global"])
    if is_running:
        run(store, account.integration_id)
        lease(store, account.integration_id)

    (one,) = status(store, NOW)

    assert (one.state, one.broken_link, one.is_green) == ("action_needed", "scope", False)
    assert "global" in one.next_step
