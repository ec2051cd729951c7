"""How a figure is known: for every figure a rule, times and tickets that it really counts."""

from datetime import date

import pytest

from freshdesk_core.errors import ConfigError
from freshdesk_core.store import Store
from freshdesk_core.volumes import Filters, Window, how_known, rows_behind
from freshdesk_core.volumes.behind import FIGURES
from freshdesk_core.volumes.known import EXAMPLES, MADE_OF, rules
from tests.volumes.account import Account, at

MARCH = Window.of_days(date(2026, 3, 2), date(2026, 3, 9), "UTC")


@pytest.fixture
def account(store: Store) -> Account:
    """A ticket of each fate and result, two replies, a difference on each side."""
    account = Account(store)
    first = account.ticket("2026-03-02T09:00")
    account.reply(first, "2026-03-03T09:00")
    account.reply(first, "2026-03-04T09:00")
    for columns in ({"spam": True}, {"deleted": True}, {"archived": True}):
        account.ticket("2026-03-05T09:00", **columns)
    for result in ("outbound_email", "internal_task", "child_ticket", "tracker_ticket"):
        account.ticket("2026-03-05T10:00", result=result)
    account.total_rows("2026-03-05", [("2026-03-05T10:00", 11, 1)], taken="2026-03-07")
    account.difference("never_imported", 901, "2026-03-05T11:00")
    account.difference("unexplained", 902, "2026-03-05T11:00")
    account.proven(("2026-02-01", "2026-03-20"), ("2026-02-01", "2026-03-15"))
    account.change(last_poll_at=at("2026-03-20T00:05"))
    return account.settle()


def test_every_figure_has_rule_times_and_tickets_that_it_counts(store: Store, account: Account) -> None:
    known = {one.figure: one for one in how_known(store, rules(), MARCH)}

    assert {*FIGURES, "freshdesk_tickets", *MADE_OF} == set(known)
    for name, one in known.items():
        assert len(one.rule) > 30, name
        assert one.complete_to in (at("2026-03-20"), at("2026-03-15")), name
        assert one.examples, name
        base = MADE_OF.get(name, name)
        counted = set(rows_behind(store, MARCH, base)["ticket_id"])
        assert {ticket_id for ticket_id, _url in one.examples} <= counted, name
        assert all(url.endswith(f"/a/tickets/{ticket_id}") for ticket_id, url in one.examples)
    assert known["replies"].complete_to == known["offered"].complete_to == at("2026-03-15")
    assert known["new_ticket_contacts"].complete_to == at("2026-03-20")
    assert known["offered"].as_of == at("2026-03-20T00:05")
    assert known["freshdesk_tickets"].as_of == known["never_imported"].as_of == at("2026-03-07")


def test_examples_are_of_the_kind_and_the_queue_that_are_left(store: Store, account: Account) -> None:
    [replies] = how_known(store, ["offered"], MARCH, Filters(kinds=("Replies",)))
    assert len(replies.examples) == 1
    assert replies.complete_to == at("2026-03-15")
    queue = f"{account.integration_id}-11-1-tickets"
    [tickets] = how_known(store, ["offered"], MARCH, Filters(queue_ids=(queue,)))
    assert tickets.complete_to == at("2026-03-20")
    assert 0 < len(tickets.examples) <= EXAMPLES


def test_where_nothing_is_counted_or_proven_nothing_is_made_up(store: Store) -> None:
    Account(store)
    [one] = how_known(store, ["offered"], MARCH)
    assert (one.as_of, one.complete_to, one.examples) == (None, None, ())
    with pytest.raises(ConfigError) as refused:
        how_known(store, ["aht"], MARCH)
    assert refused.value.error_code == "no-such-figure"
