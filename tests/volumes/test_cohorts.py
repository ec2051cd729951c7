"""How many contacts a new ticket brings and how late its replies come: by hand, and sums that must hold."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from freshdesk_core.store import Store, schema
from freshdesk_core.volumes import Filters, Window, cohorts, reply_ages
from freshdesk_core.volumes.windows import zone_of
from tests.volumes import desk
from tests.volumes.account import Account, at

FIRST, END = (datetime.fromtimestamp(moment, UTC) for moment in (desk.FIRST, desk.END))

ZONE = "Europe/Amsterdam"
MARCH = Window.of_days(date(2026, 3, 2), date(2026, 3, 16), ZONE)  # two ISO weeks


@pytest.fixture
def account(store: Store) -> Account:
    """Monday's ticket has three replies, the second week's one; an old and an outbound one have one each."""
    account = Account(store)
    first = account.ticket("2026-03-02T09:00")
    account.ticket("2026-03-03T09:00", group_id=12)
    for when in ("2026-03-02T09:30", "2026-03-02T20:00", "2026-03-12T09:00"):
        account.reply(first, when)
    second = account.ticket("2026-03-08T23:30")  # Monday already in Amsterdam
    account.reply(second, "2026-03-20T09:00")
    account.reply(second, "2026-04-12T09:00")  # after the proven end
    old = account.ticket("2026-01-05T09:00")
    account.reply(old, "2026-03-10T09:00")
    outbound = account.ticket("2026-03-04T09:00", source=10, result="outbound_email")
    account.reply(outbound, "2026-03-05T10:00")
    account.reply(first, "2026-03-04T09:00", result="agent_reply", reply_source=None)
    account.proven(("2026-01-01", "2026-04-10"))
    return account.settle()


def test_replies_count_for_the_week_in_which_their_ticket_was_made(store: Store, account: Account) -> None:
    frame = cohorts(store, MARCH)

    assert [str(moment.date()) for moment in frame["interval_start"]] == ["2026-03-02", "2026-03-09"]
    assert frame["new_tickets"].tolist() == [2, 1]
    assert frame["replies"].tolist() == [4, 1]
    assert frame["contacts_per_ticket"].tolist() == [3.0, 2.0]
    assert frame["is_whole"].all()
    # Proven until 10 April: the first week's tickets are all older than 30 days, the second week's are not.
    assert frame["is_finished"].tolist() == [True, False]


def test_filters_leave_the_tickets_group_and_the_replys_source(store: Store, account: Account) -> None:
    of_group = cohorts(store, MARCH, "1MS", Filters(groups=("CustomerService",)))
    assert (of_group["new_tickets"].tolist(), of_group["replies"].tolist()) == ([2], [5])
    assert not of_group["is_whole"].any()
    none = cohorts(store, MARCH, "1MS", Filters(groups=("Billing",)))
    assert (none["new_tickets"].tolist(), none["replies"].tolist()) == ([1], [0])


def test_what_is_not_proven_has_no_figure(store: Store, account: Account) -> None:
    account.proven(("2026-01-01", "2026-04-10"), ("2026-03-05", "2026-04-10"))
    frame = cohorts(store, MARCH)
    assert frame["replies"].isna().tolist() == [True, False]
    assert frame["contacts_per_ticket"].isna().tolist() == [True, False]
    assert frame["new_tickets"].notna().all()
    assert reply_ages(store, MARCH) is None
    account.change(replies_from=None, replies_to=None)
    assert cohorts(store, MARCH)["replies"].isna().all()


def test_the_age_of_replies_and_whose_they_are(store: Store, account: Account) -> None:
    found = reply_ages(store, MARCH)

    assert found is not None
    assert found.replies == 5
    # 30 minutes; 11 hours; 25 hours; 10 days; 64 days
    assert found.within == (1, 2, 3, 3, 4, 4)
    assert found.shares() == [0.2, 0.4, 0.6, 0.6, 0.8, 0.8]
    assert (found.to_window, found.to_older) == (4, 1)
    other = reply_ages(store, MARCH, Filters(sources=("phone",)))
    assert other is not None
    assert (other.replies, other.shares()) == (0, [])


@pytest.mark.sqlite
@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "America/New_York", "Australia/Lord_Howe"])
def test_the_cohorts_of_all_time_hold_all_contacts(store: Store, zone: str) -> None:
    """Whatever the zone and the interval: no reply is lost or counted twice between weeks or months."""
    contacts = desk.furnish(store, 300)
    days = (moment.astimezone(zone_of(zone)).date() for moment in (FIRST, END - timedelta(days=1)))
    window = Window.of_days(next(days) + timedelta(days=1), next(days), zone)
    replies = [one for one in contacts if one.kind == "Replies"]
    for interval in ("1w", "1MS"):
        frame = cohorts(store, window, interval)
        inside = [one for one in contacts if window.start <= one.occurred_at < window.end]
        assert frame["new_tickets"].sum() == sum(one.kind == "Tickets" for one in inside)
        # Tickets of the few hours outside the window, and replies after the proven end, have theirs there.
        assert 0.9 * len(replies) < frame["replies"].sum() <= len(replies)
    plain = _recount(store, window)
    assert cohorts(store, window, "1MS")["replies"].sum() == plain[0]
    ages = reply_ages(store, window)
    assert ages is not None
    assert (ages.replies, ages.within) == plain[1:]


def _recount(store: Store, window: Window) -> tuple[int, int, tuple[int, ...]]:
    """The same from the rows, one by one."""
    with store.read() as connection:
        created = {
            (row.integration_id, row.ticket_id): row.created_at
            for row in connection.execute(select(schema.tickets))
        }
        replies = [
            (row.created_at, created[row.integration_id, row.ticket_id])
            for row in connection.execute(select(schema.conversations))
            if row.result == "counted"
        ]
    to_tickets = sum(window.start <= made < window.end and came < at("2026-05-10") for came, made in replies)
    ages = [came - made for came, made in replies if window.start <= came < window.end]
    bounds = [hours * 3600 for hours in (1, 24, 72, 168, 336, 720)]
    return to_tickets, len(ages), tuple(sum(age < bound for age in ages) for bound in bounds)
