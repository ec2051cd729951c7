"""The completeness audit on the usual desk: what was lost is found and mended, and nothing is invented."""

import random
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete

from freshdesk_core import volumes
from freshdesk_core.importing.session import bring_up_to_date
from freshdesk_core.sandbox import Sandbox, w1
from freshdesk_core.sandbox.application import Asked
from freshdesk_core.store import schema
from tests.importing.inflow import DAY, Inflow, inflow

pytestmark = pytest.mark.sqlite  # long; test_audit.py runs on every database
PLANTED = 25
SIZES = [0.1, pytest.param(1.0, marks=pytest.mark.nightly)]


@pytest.fixture(params=SIZES, ids=["a tenth", "whole"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Sandbox, Inflow]]:
    """The desk, imported, audited and compared with Freshdesk's totals, as every first import is."""
    desk = w1(size=request.param, archived=0.2)
    with Sandbox(desk, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        session = bring_up_to_date(here.store, here.settings, here.integration)
        assert (session.outcome.outcome, session.proof_error) == ("complete", None)
        yield sandbox, here


def lose(here: Inflow, ids: list[int]) -> None:
    """Planted losses: the tickets and all that hangs on them, in the figures too."""
    with here.store.write() as connection:
        for table in (schema.tickets, schema.conversations):
            connection.execute(delete(table).where(table.c.ticket_id.in_(ids)))
        volumes.rebuild(connection, here.integration.integration_id)
    here.check()


def looked_up(asked: list[Asked], newest: int) -> Counter[int]:
    """How often each id was asked for; the newest one is, too, to see whether a 404 can be believed."""
    found = (re.search(r"/tickets/(?:archived/)?(\d+)$", one.path) for one in asked)
    found_ids = Counter(int(match[1]) for match in found if match)
    found_ids.pop(newest, None)
    return found_ids


def newest_listed(here: Inflow) -> int:
    """The one that Freshdesk's list of tickets begins with."""
    listed = [
        (row["created_at"], row["ticket_id"])
        for row in here.rows(schema.tickets)
        if not (row["deleted"] or row["spam"] or row["archived"])
    ]
    return max(listed)[1]


def test_every_planted_loss_is_found_and_nothing_else(world: tuple[Sandbox, Inflow]) -> None:
    """Nothing to find: nothing found. Then 25 lost ones: these, at most two calls each."""
    sandbox, here = world
    everything, newest = len(sandbox.truth().tickets), newest_listed(here)
    assert len(here.rows(schema.tickets)) == everything
    assert max(looked_up(sandbox.requests, newest).values()) <= 2
    before, asked = here.digest(), len(sandbox.requests)

    calm = here.audit()

    assert (calm.outcome, calm.settled, calm.found) == ("complete", 0, 0)
    assert not looked_up(sandbox.requests[asked:], newest)
    assert here.rows(schema.total_differences) == []
    assert here.digest() == before

    lost = random.Random(5).sample([row["ticket_id"] for row in here.rows(schema.tickets)], PLANTED)
    lose(here, lost)
    asked = len(sandbox.requests)

    found = here.audit()

    assert (found.outcome, found.settled, found.found, found.purged) == ("complete", PLANTED, PLANTED, 0)
    calls = looked_up(sandbox.requests[asked:], newest)
    assert calls.keys() == set(lost)
    assert max(calls.values()) <= 2
    assert here.digest() == before
    session = bring_up_to_date(here.store, here.settings, here.integration)
    assert session.outcome.outcome == "complete"
    assert here.totals() > 0
    assert here.rows(schema.total_differences) == []
    assert here.digest() == before


@pytest.mark.nightly
def test_one_ticket_missing_in_ninety_days_is_named_with_its_day(tmp_path: Path) -> None:
    """By Freshdesk's totals alone: the audit had taken the id for purged. Repaired, no day differs."""
    desk = w1(size=0.1, archived=0.2)
    first = desk.ends_at - 90 * DAY
    with Sandbox(desk, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        session = bring_up_to_date(here.store, here.settings, here.integration)
        assert (session.outcome.outcome, session.proof_error) == ("complete", None)
        window = volumes.Window(first, desk.ends_at, "UTC")
        before = volumes.reconcile(here.store, window)
        assert (before.total.never_imported, before.total.unexplained) == (0, 0)
        alive = [
            row
            for row in here.rows(schema.tickets)
            if row["created_at"] >= first and not (row["deleted"] or row["spam"] or row["archived"])
        ]
        missing = random.Random(3).choice(alive)
        lose(here, [missing["ticket_id"]])
        with here.store.write() as connection:
            gap = {"integration_id": 1, "state": "purged", "settled_at": 1, "created_about": 1}
            connection.execute(schema.gaps.insert().values(ticket_id=missing["ticket_id"], **gap))
        here.totals()

        named = volumes.reconcile(here.store, window)

        day = datetime.fromtimestamp(missing["created_at"], UTC).date().isoformat()
        assert [line.name for line in named.days if line.never_imported] == [day]
        assert [ticket_id for _name, ticket_id in named.never_imported_tickets] == [missing["ticket_id"]]
        assert here.audit().found == 1
        here.totals()
        after = volumes.reconcile(here.store, window)
        assert [line.name for line in after.days if line.never_imported or line.unexplained] == []
        assert after.total.figures() == before.total.figures()
