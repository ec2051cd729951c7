"""Queues and their pairs."""

from datetime import date

import pandas as pd
import pytest

from freshdesk_core.volumes import Filters, Window, pairs, queues
from tests.volumes.account import Account

MARCH = Window.of_days(date(2026, 3, 1), date(2026, 3, 8), "UTC")


@pytest.fixture
def acme(store):
    account = Account(store)
    account.proven(("2026-03-01", "2026-04-01"))
    first = account.ticket("2026-03-02T09:00")
    account.reply(first, "2026-03-03T09:00")
    account.reply(first, "2026-03-04T09:00")
    account.ticket("2026-03-02T10:00", group_id=None, source=3)
    account.ticket("2026-03-02T11:00", spam=True)
    account.ticket("2026-02-02T11:00", group_id=12)
    return account.settle()


def rows(frame: pd.DataFrame, *columns: str) -> list[tuple[object, ...]]:
    plain = frame[list(columns)].astype(object)
    return [tuple(None if v is pd.NA else v for v in row) for row in plain.itertuples(index=False)]


def test_a_queue_is_listed_once_it_had_a_contact(store, acme):
    frame = queues(store, MARCH)

    assert rows(frame, "queue", "queue_id", "group", "source", "kind", "is_unknown", "offered") == [
        ("Billing email Tickets", "1-12-1-tickets", "Billing", "email", "Tickets", False, 0),
        ("CustomerService email Replies", "1-11-1-replies", "CustomerService", "email", "Replies", False, 2),
        ("CustomerService email Tickets", "1-11-1-tickets", "CustomerService", "email", "Tickets", False, 1),
        ("No group phone Tickets", "1-0-3-tickets", "No group", "phone", "Tickets", False, 1),
        ("Unknown group/source Tickets", "1-unknown-tickets", "Unknown", "unknown", "Tickets", True, 1),
    ]
    assert set(frame["channel"]) == {"Cases"}
    assert set(frame["integration"]) == {"acme"}


def test_a_queue_that_is_not_proven_throughout_tells_what_is_known(store, acme):
    acme.proven(("2026-03-01", "2026-04-01"), ("2026-03-03T12:00", "2026-04-01"))

    frame = queues(store, MARCH)

    assert rows(frame[frame["kind"] == "Replies"], "offered", "offered_known") == [(None, 1)]
    assert frame.loc[frame["kind"] == "Tickets", "offered"].sum() == 3
    acme.proven(None)
    assert queues(store, MARCH)["offered"].isna().all()
    assert queues(store, MARCH)["offered_known"].sum() == 0


def test_a_renamed_group_keeps_its_queue_and_shows_its_former_names(store, acme):
    acme.group(13, "Returns", former_names='["RMA", "Send back"]')
    acme.ticket("2026-03-05", group_id=13)
    acme.settle()

    frame = queues(store, MARCH, Filters(groups=("Returns",)))

    assert rows(frame, "queue", "former_names") == [
        ("Returns email Tickets", ["RMA email Tickets", "Send back email Tickets"])
    ]


def test_a_pair_is_both_queues_their_sum_and_freshdesks_figure(store, acme):
    for day in range(1, 8):
        acme.total_rows(f"2026-03-0{day}", [("2026-03-02T09:00", 11, 1)] if day == 2 else [])

    frame = pairs(store, MARCH)

    assert rows(
        frame, "pair_id", "group", "source", "tickets", "replies", "offered", "freshdesk_tickets"
    ) == [
        ("1-12-1", "Billing", "email", 0, 0, 0, 0),
        ("1-11-1", "CustomerService", "email", 1, 2, 3, 1),
        ("1-0-3", "No group", "phone", 1, 0, 1, 0),
        ("1-unknown", "Unknown", "unknown", 1, 0, 1, None),
    ]
    assert rows(frame, "tickets_queue_id", "replies_queue_id")[1] == ("1-11-1-tickets", "1-11-1-replies")


def test_a_pair_is_not_compared_while_a_day_has_no_rows(store, acme):
    for day in range(1, 8):
        acme.total(f"2026-03-0{day}", 5)

    assert pairs(store, MARCH)["freshdesk_tickets"].isna().all()


def test_half_a_proof_is_no_sum(store, acme):
    acme.proven(("2026-03-01", "2026-04-01"), ("2026-03-03", "2026-04-01"))

    assert rows(pairs(store, MARCH), "tickets", "replies", "offered")[1] == (1, None, None)


def test_one_queue_brings_its_other_half(store, acme):
    frame = pairs(store, MARCH, Filters(queue_ids=("1-11-1-replies",)))

    assert rows(frame, "pair_id", "tickets", "replies") == [("1-11-1", 1, 2)]


def test_an_empty_store_has_no_queues(store):
    assert queues(store, MARCH).empty
    assert pairs(store, MARCH).empty
    assert queues(store, MARCH)["offered"].dtype == "Int64"


def test_hostile_names_come_back_byte_by_byte(store, acme):
    names = ['=1+1|"x"', "'; DROP TABLE tickets;--", "a\0b", "\u202eabc", "🙂" * 20, "x" * 10_000]
    for n, name in enumerate(names):
        acme.group(100 + n, name)
        acme.ticket("2026-03-05", group_id=100 + n)
    acme.settle()

    assert set(names) <= set(queues(store, MARCH)["group"])
    assert {f"{name} email Tickets" for name in names} <= set(queues(store, MARCH)["queue"])
