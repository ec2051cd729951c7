"""Down to the single contacts of a queue."""

from datetime import date

import pandas as pd
import pytest

from freshdesk_core.errors import ConfigError
from freshdesk_core.volumes import Window, contacts
from tests.volumes.account import Account

MARCH = Window.of_days(date(2026, 3, 1), date(2026, 4, 1), "Europe/Amsterdam")


@pytest.fixture
def acme(store):
    return Account(store)


def test_a_reply_names_its_ticket_and_what_decided_its_source(store, acme):
    ticket = acme.ticket("2026-03-02T09:00", source=7)
    by_mail = acme.reply(ticket, "2026-03-03T09:00")
    by_channel = acme.reply(ticket, "2026-03-04T09:00", reply_source=15, source=20)
    by_ticket = acme.reply(ticket, "2026-03-05T09:00", reply_source=None)
    acme.reply(ticket, "2026-03-06T09:00", result="agent_reply")
    acme.settle()

    found = [contacts(store, MARCH, f"1-11-{source}-replies") for source in (1, 15, 7)]

    assert [list(frame["conversation_id"]) for frame in found] == [[by_mail], [by_channel], [by_ticket]]
    assert [frame["decided_by"].item() for frame in found] == ["email", "channel", "ticket"]
    row = found[0].iloc[0]
    assert row["occurred_at"] == pd.Timestamp("2026-03-03T10:00", tz="Europe/Amsterdam")
    assert row["ticket_url"] == f"https://acme.freshdesk.com/a/tickets/{ticket}"
    assert (row["kind"], row["group"], row["source"], row["is_unknown"]) == (
        "Replies",
        "CustomerService",
        "email",
        False,
    )


def test_unknown_are_those_of_spam_and_of_tickets_deleted_at_first_sight(store, acme):
    spam = acme.ticket("2026-03-02T01:00", spam=True, group_id=12, source=3)
    seen_deleted = acme.ticket("2026-03-02T02:00", deleted=True, seen_deleted=True)
    deleted_later = acme.ticket("2026-03-02T03:00", deleted=True)
    restored = acme.ticket("2026-03-02T04:00", seen_deleted=True)
    late = acme.reply(deleted_later, "2026-03-03", seen_deleted=True)
    early = acme.reply(deleted_later, "2026-03-02T05:00")
    acme.settle()

    assert list(contacts(store, MARCH, "1-unknown-tickets")["ticket_id"]) == [seen_deleted, spam]
    assert list(contacts(store, MARCH, "1-11-1-tickets")["ticket_id"]) == [restored, deleted_later]
    assert list(contacts(store, MARCH, "1-unknown-replies")["conversation_id"]) == [late]
    assert list(contacts(store, MARCH, "1-11-1-replies")["conversation_id"]) == [early]
    assert list(contacts(store, MARCH, "1-unknown-tickets")["group"]) == ["CustomerService", "Billing"]


def test_a_sandbox_is_reached_without_tls(store):
    account = Account(store, domain="127.0.0.1:8900")
    account.ticket("2026-03-02", ticket_id=2**53 + 1)
    account.settle()

    url = contacts(store, MARCH, "1-11-1-tickets")["ticket_url"].item()

    assert url == "http://127.0.0.1:8900/a/tickets/9007199254740993"


def test_pages_follow_one_another_even_within_one_second(store, acme):
    ids = [acme.ticket("2026-03-02T09:00") for _ in range(5)]
    acme.settle()

    first = contacts(store, MARCH, "1-11-1-tickets", limit=2)
    second = contacts(store, MARCH, "1-11-1-tickets", limit=2, before=first.attrs["next"])
    third = contacts(store, MARCH, "1-11-1-tickets", limit=2, before=second.attrs["next"])

    assert [*first["ticket_id"], *second["ticket_id"], *third["ticket_id"]] == ids[::-1]
    assert third.attrs["next"] is None


def test_only_what_lies_in_the_window(store, acme):
    acme.ticket("2026-02-28T22:59:59")
    inside = [acme.ticket("2026-02-28T23:00"), acme.ticket("2026-03-31T21:59:59")]
    acme.ticket("2026-03-31T22:00")
    acme.settle()

    assert list(contacts(store, MARCH, "1-11-1-tickets")["ticket_id"]) == inside[::-1]


@pytest.mark.parametrize(
    "queue_id", ["", "1-11-1", "1-11-1-chats", "x-1-1-tickets", "1-11-1-tickets\n", "-1-1-1-tickets"]
)
def test_what_is_no_queue_is_refused(store, acme, queue_id):
    with pytest.raises(ConfigError) as caught:
        contacts(store, MARCH, queue_id)

    assert caught.value.error_code == "no-such-queue"


def test_a_queue_without_contacts_is_empty(store, acme):
    frame = contacts(store, MARCH, "1-12-1-tickets")

    assert frame.empty
    assert frame.attrs["next"] is None
    assert str(frame["occurred_at"].dt.tz) == "Europe/Amsterdam"
