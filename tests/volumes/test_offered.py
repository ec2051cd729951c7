"""Offered contacts per interval, counted by hand."""

from datetime import date

import pandas as pd
import pytest

from freshdesk_core.errors import ConfigError
from freshdesk_core.volumes import (
    INTERVALS,
    Filters,
    Window,
    default_window,
    integrations,
    offered,
    proven,
    revision,
    shown_accounts,
)
from tests.volumes.account import Account, at

MARCH = ("2026-03-01", "2026-04-01")


def days(first: str, end: str, zone: str = "UTC") -> Window:
    return Window.of_days(date.fromisoformat(first), date.fromisoformat(end), zone)


def told(frame: pd.DataFrame) -> list[tuple[object, ...]]:
    """Rows as plain values; times as ISO text, no data as None."""
    shown = frame.assign(interval_start=[moment.isoformat() for moment in frame["interval_start"]])
    return [tuple(None if v is pd.NA else v for v in row) for row in shown.itertuples(index=False)]


@pytest.fixture
def acme(store):
    """An e-mail with a reply two days later, a chat on the same ticket; spam beside."""
    account = Account(store)
    account.proven(MARCH)
    first = account.ticket("2026-03-02T09:05")
    account.reply(first, "2026-03-04T10:20")
    account.reply(first, "2026-03-04T10:21", reply_source=15, source=20)
    account.ticket("2026-03-02T23:30", group_id=None, source=7)
    spam = account.ticket("2026-03-03T12:00", spam=True)
    account.reply(spam, "2026-03-03T13:00")
    return account.settle()


def test_each_conversation_counts_by_itself_in_its_own_queue(store, acme):
    frame = offered(store, days("2026-03-01", "2026-03-08"), "1d", ("queue",))

    assert told(frame) == [
        ("2026-03-02T00:00:00+00:00", "CustomerService email Tickets", "1-11-1-tickets", 1),
        ("2026-03-02T00:00:00+00:00", "No group chat Tickets", "1-0-7-tickets", 1),
        ("2026-03-03T00:00:00+00:00", "Unknown group/source Replies", "1-unknown-replies", 1),
        ("2026-03-03T00:00:00+00:00", "Unknown group/source Tickets", "1-unknown-tickets", 1),
        ("2026-03-04T00:00:00+00:00", "CustomerService email Replies", "1-11-1-replies", 1),
        ("2026-03-04T00:00:00+00:00", "CustomerService web chat Replies", "1-11-15-replies", 1),
    ]


def test_a_day_is_a_day_of_the_zone(store, acme):
    """23:30 UTC is half past midnight in Amsterdam."""
    frame = offered(store, days("2026-03-02", "2026-03-05", "Europe/Amsterdam"))

    assert told(frame) == [
        ("2026-03-02T00:00:00+01:00", 1),
        ("2026-03-03T00:00:00+01:00", 3),
        ("2026-03-04T00:00:00+01:00", 2),
    ]
    assert str(frame["interval_start"].dt.tz) == "Europe/Amsterdam"
    assert frame["offered"].dtype == "Int64"


def test_filling_tells_proven_zero_from_no_data(store, acme):
    frame = offered(store, days("2026-02-27", "2026-03-04"), fill=True)

    assert told(frame) == [
        ("2026-02-27T00:00:00+00:00", None),
        ("2026-02-28T00:00:00+00:00", None),
        ("2026-03-01T00:00:00+00:00", 0),
        ("2026-03-02T00:00:00+00:00", 2),
        ("2026-03-03T00:00:00+00:00", 2),
    ]
    assert frame.attrs == {"unproven": 2, "intervals": 5}


def test_what_is_not_proven_is_left_out_even_where_contacts_are_known(store, acme):
    acme.proven(("2026-03-03", "2026-04-01"))

    frame = offered(store, days("2026-03-01", "2026-03-08"))

    assert [row[0][:10] for row in told(frame)] == ["2026-03-03", "2026-03-04"]
    assert frame.attrs["unproven"] == 2


def test_each_kind_needs_its_own_proof_and_a_mixed_row_needs_both(store, acme):
    acme.proven(MARCH, ("2026-03-04", "2026-04-01"))  # replies come later in a first import
    window = days("2026-03-02", "2026-03-05")

    assert [row[1:] for row in told(offered(store, window, by=("kind",), fill=True))] == [
        ("Replies", None),
        ("Tickets", 2),
        ("Replies", None),
        ("Tickets", 1),
        ("Replies", 2),
        ("Tickets", 0),
    ]
    assert [row[1] for row in told(offered(store, window, fill=True))] == [None, None, 2]
    assert [
        row[1] for row in told(offered(store, window, filters=Filters(kinds=("Tickets",)), fill=True))
    ] == [2, 1, 0]


def test_a_week_cut_by_the_window_sums_what_lies_inside(store, acme):
    """4 March is a Wednesday."""
    frame = offered(store, days("2026-03-04", "2026-03-06"), "1w")

    assert told(frame) == [("2026-03-02T00:00:00+00:00", 2)]


def test_the_proof_of_a_cut_week_is_that_of_its_part(store, acme):
    acme.proven(("2026-03-04", "2026-04-01"))

    assert told(offered(store, days("2026-03-04", "2026-03-06"), "1w")) == [("2026-03-02T00:00:00+00:00", 2)]
    assert told(offered(store, days("2026-03-03", "2026-03-06"), "1w")) == []


def test_dimensions_come_in_the_order_asked(store, acme):
    frame = offered(store, days("2026-03-02", "2026-03-03"), "1d", ("source", "group", "integration", "kind"))

    assert list(frame.columns) == ["interval_start", "source", "group", "integration", "kind", "offered"]
    assert [row[1:] for row in told(frame)] == [
        ("chat", "No group", "acme", "Tickets", 1),
        ("email", "CustomerService", "acme", "Tickets", 1),
    ]


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        (Filters(), 6),
        (Filters(without_unknown=True), 4),
        (Filters(groups=("CustomerService",)), 5),
        (Filters(groups=("CustomerService",), without_unknown=True), 3),
        (Filters(sources=("chat",)), 1),
        (Filters(sources=("web chat", "chat")), 2),
        (Filters(queue_ids=("1-11-1-tickets", "1-11-1-replies")), 2),
        (Filters(queue_ids=("1-unknown-replies",)), 1),
        (Filters(groups=("Nobody",)), 0),
        (Filters(kinds=("Replies",)), 3),
    ],
)
def test_filters(store, acme, filters, count):
    assert offered(store, days("2026-03-01", "2026-03-08"), filters=filters)["offered"].sum() == count


def test_two_queues_with_one_name_stay_two(store, acme):
    acme.group(13, "CustomerService")
    acme.ticket("2026-03-02T09:00", group_id=13)
    acme.settle()

    frame = offered(store, days("2026-03-02", "2026-03-03"), "1d", ("queue",))

    same = frame[frame["queue"] == "CustomerService email Tickets"]
    assert list(same["queue_id"]) == ["1-11-1-tickets", "1-13-1-tickets"]


def test_a_group_and_a_source_without_a_name_say_their_numbers(store, acme):
    acme.ticket("2026-03-20", group_id=43000000009, source=137)
    acme.settle()

    frame = offered(store, days("2026-03-20", "2026-03-21"), "1d", ("queue",))

    assert list(frame["queue"]) == ["group 43000000009 source 137 Tickets"]


def test_a_sum_over_two_accounts_is_proven_where_both_are(store, acme):
    other = Account(store, name="globex", domain="globex.freshdesk.com", zone="UTC")
    other.proven(("2026-03-04", "2026-03-20"))
    other.ticket("2026-03-04T08:00")
    other.settle()
    window = days("2026-03-01", "2026-03-06")

    assert told(offered(store, window)) == [("2026-03-04T00:00:00+00:00", 3)]
    assert [row[1:] for row in told(offered(store, window, by=("integration",)))] == [
        ("acme", 2),
        ("acme", 2),
        ("acme", 2),
        ("globex", 1),
    ]
    assert proven(store).tickets == (at("2026-03-04"), at("2026-03-20"))
    assert default_window(store) == days("2026-03-04", "2026-03-20")  # zones differ: UTC


def test_the_sample_never_mixes_and_steps_aside(store):
    sample = Account(store, name="Sample account", domain="127.0.0.1:1", is_sample=True)
    sample.proven(MARCH)
    sample.ticket("2026-03-02")
    sample.settle()
    window = days("2026-03-01", "2026-03-08")
    assert offered(store, window)["offered"].sum() == 1

    Account(store)

    assert offered(store, window)["offered"].sum() == 0
    assert offered(store, window, filters=Filters(integrations=(1,)))["offered"].sum() == 1


def test_removed_accounts_stay_readable_and_the_sample_does_not_come_back(store, acme):
    sample = Account(store, name="Sample account", domain="127.0.0.1:1", is_sample=True)
    sample.proven(MARCH)
    sample.ticket("2026-03-02")
    sample.settle()

    acme.change(removed_at=1)

    assert offered(store, days("2026-03-01", "2026-03-08"))["offered"].sum() == 6
    assert [info.name for info in shown_accounts(integrations(store))] == ["acme"]


def test_a_removed_account_is_only_shown_when_asked_for(store, acme):
    other = Account(store, name="globex", domain="globex.freshdesk.com")
    other.proven(MARCH)
    acme.change(removed_at=1)
    window = days("2026-03-01", "2026-03-08")

    assert offered(store, window)["offered"].sum() == 0
    assert offered(store, window, filters=Filters(integrations=(1,)))["offered"].sum() == 6


def test_the_default_window_is_the_whole_days_that_are_proven(store, acme):
    acme.proven(("2026-03-01T10:00:30", "2026-03-31T10:07"), ("2026-03-02T08:00", "2026-03-31T10:07"))

    assert default_window(store) == days("2026-03-03", "2026-03-31", "Europe/Amsterdam")
    assert default_window(store, zone="UTC") == days("2026-03-03", "2026-03-31")
    assert default_window(store, Filters(kinds=("Tickets",))) == days(
        "2026-03-02", "2026-03-31", "Europe/Amsterdam"
    )


@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Kathmandu", "America/New_York"])
def test_sums_over_the_default_window_agree_for_every_interval(store, acme, zone):
    acme.proven(("2026-03-01T10:00:30", "2026-04-03T10:07"))
    for day in range(1, 31):
        acme.ticket(f"2026-03-{day:02}T{day % 24:02}:40")
    acme.ticket("2026-04-03T10:01")
    acme.settle()
    window = default_window(store, zone=zone)

    sums = {interval: offered(store, window, interval)["offered"].sum() for interval in INTERVALS}

    assert len(set(sums.values())) == 1
    assert sums["1d"] > 25


def test_an_empty_store_answers(store):
    assert offered(store, days("2026-03-01", "2026-03-08"), by=("queue",), fill=True).empty
    assert default_window(store).is_empty
    assert offered(store, default_window(store)).empty
    assert revision(store) == 0


def test_nothing_imported_yet_is_no_data(store):
    Account(store)

    frame = offered(store, days("2026-03-01", "2026-03-03"), fill=True)

    assert [row[1] for row in told(frame)] == [None, None]
    assert default_window(store).is_empty


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ({"interval": "2h"}, "bad-interval"),
        ({"by": ("agent",)}, "bad-dimension"),
        ({"filters": Filters(integrations=(99,))}, "no-such-integration"),
    ],
)
def test_what_does_not_exist_is_refused(store, acme, question, code):
    with pytest.raises(ConfigError) as caught:
        offered(store, days("2026-03-01", "2026-03-08"), **question)

    assert caught.value.error_code == code
    assert "(" + code not in str(caught.value)


def test_any_step_of_an_import_changes_the_revision(store, acme):
    before = revision(store)
    acme.change(revision=2)

    assert revision(store) != before
