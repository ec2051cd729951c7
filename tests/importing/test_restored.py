"""A ticket that came back where no listing looks: Freshdesk's search names it, and it is read by its id."""

import threading
from pathlib import Path

import pytest

from freshdesk_core import volumes
from freshdesk_core.importing.connect import client_of
from freshdesk_core.importing.session import Proof, bring_up_to_date, prove
from freshdesk_core.sandbox import Sandbox, Script
from freshdesk_core.store import schema
from tests.importing.inflow import DAY, Inflow, epoch, inflow

pytestmark = pytest.mark.sqlite


def _prove(here: Inflow) -> Proof:
    stop, halt = threading.Event(), threading.Event()
    with client_of(here.settings, here.integration, stop, halt, store=here.store) as freshdesk:
        return prove(here.store, here.settings, here.integration, freshdesk, stop=stop, halt=halt)


def _is_deleted(here: Inflow, ticket: int) -> bool:
    [row] = [row for row in here.rows(schema.tickets) if row["ticket_id"] == ticket]
    return bool(row["deleted"])


def test_a_ticket_restored_behind_what_is_listed_is_alive_after_the_next_audit(tmp_path: Path) -> None:
    """No listing shows it, since its last change lies before the place where the next one begins."""
    script = Script(now="2026-03-10T12:00:00Z")
    tickets = [script.ticket(at="2026-03-08") for _ in range(5)]
    script.trash(tickets[2], at="2026-03-09")
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        bring_up_to_date(here.store, here.settings, here.integration)
        script.now += 3600
        script.bump(tickets[0])
        here.complete()
        script.now += 3600
        script.restore(tickets[2], at="2026-03-09T01:00:00Z")
        here.complete()
        assert _is_deleted(here, tickets[2])

        script.now += DAY
        here.complete()
        proof = _prove(here)

        assert (proof.audited.outcome, proof.error) == ("complete", None)
        assert not _is_deleted(here, tickets[2])
        window = volumes.Window(epoch("2026-03-08"), epoch("2026-03-09"), "UTC")
        figures = volumes.reconcile(here.store, window).total.figures()
        assert (figures["freshdesk_tickets"], figures["deleted"], figures["tickets_seen"]) == (5, 0, 5)
        assert here.by_queue().total() == 5
        here.check()
        again = len(sandbox.requests)
        _prove(here)
        assert not [one for one in sandbox.requests[again:] if one.path.endswith(f"/tickets/{tickets[2]}")]


def test_what_the_search_still_names_a_while_after_it_was_thrown_away_stays_away(tmp_path: Path) -> None:
    script = Script(now="2026-03-10T12:00:00Z")
    tickets = [script.ticket(at="2026-03-10") for _ in range(3)]
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        bring_up_to_date(here.store, here.settings, here.integration)
        script.now += 3600
        script.trash(tickets[1])
        script.now += 60
        here.complete()
        _prove(here)
        assert _is_deleted(here, tickets[1])
        script.now += 3600
        here.complete()
        _prove(here)

        assert _is_deleted(here, tickets[1])
        here.check()
