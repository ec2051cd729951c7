"""The client reads the sandbox: two readings of one description of Freshdesk's API that must agree."""

from collections.abc import Iterator
from datetime import date

import pytest

from freshdesk_core.api import Freshdesk, MinuteLimiter
from freshdesk_core.errors import AccessDenied, NotAuthorized, NotFound
from freshdesk_core.sandbox import Sandbox, World

UNTIL = 1_770_000_000


@pytest.fixture(scope="module")
def world() -> World:
    return World(seed=5, start_day=date(2025, 11, 1), tickets=400, days=90)


@pytest.fixture(scope="module")
def sandbox(world) -> Iterator[Sandbox]:
    with Sandbox(world, until=UNTIL, plan="unlimited") as running:
        yield running


@pytest.fixture
def account(sandbox) -> Iterator[Freshdesk]:
    with Freshdesk(sandbox.domain, sandbox.api_key, limiter=MinuteLimiter(), allow_loopback=True) as client:
        yield client


@pytest.mark.parametrize("stream", ["default", "deleted", "spam"])
def test_the_three_streams_are_the_worlds_tickets(account, world, stream):
    rows = {row.id: row for page in account.ticket_pages(stream, 0) for row in page.rows}

    # Freshdesk does not say where a ticket is listed that is both; the sandbox trashes last.
    state = {
        ticket.id: "deleted" if ticket.deleted else "spam" if ticket.spam else "default"
        for ticket in world.at(UNTIL).tickets.values()
        if not ticket.archived
    }
    listed = {ticket_id for ticket_id, named in state.items() if named == stream}
    assert listed
    assert listed == set(rows)


def test_threads_are_the_worlds_conversations(account, world):
    truth = world.at(UNTIL).conversations
    ticket_ids = [ticket_id for ticket_id, rows in truth.items() if rows][:60]

    for ticket_id in ticket_ids:
        assert [row.id for row in account.conversations(ticket_id)] == [
            row.id for row in sorted(truth[ticket_id], key=lambda row: (row.created_at, row.id))
        ]


def test_what_a_key_can_see(account, sandbox):
    assert account.me().ticket_scope == 1
    assert account.sources()[1] == "Email"
    assert account.account().time_zone_name
    assert account.plan_total == 1_000_000
    with Freshdesk(
        sandbox.domain, sandbox.restricted_key, limiter=MinuteLimiter(), allow_loopback=True
    ) as restricted:
        assert restricted.me().ticket_scope != 1
        with pytest.raises(AccessDenied):
            restricted.roles()
        assert {group.name for group in restricted.groups()} >= {group.name for group in account.groups()}


def test_refusals(account, sandbox):
    with pytest.raises(NotFound):
        account.ticket(10**9)
    with (
        Freshdesk(sandbox.domain, "nobodys-key", limiter=MinuteLimiter(), allow_loopback=True) as stranger,
        pytest.raises(NotAuthorized),
    ):
        stranger.me()
