"""The few figures of a window beside the equal part of the time before."""

from datetime import date

import pytest

from freshdesk_core.volumes import Filters, Window, summary
from freshdesk_core.volumes.windows import iso
from tests.volumes.account import Account, at

MONDAY = Window.of_days(date(2026, 3, 2), date(2026, 3, 3), "Europe/Amsterdam")


@pytest.fixture
def acme(store):
    """Until 10:00 in Amsterdam: 4 contacts on Monday 2 March, 2 on the Sunday before; more later."""
    account = Account(store)
    account.proven(("2026-02-01", "2026-03-02T09:01"))
    first = account.ticket("2026-03-02T08:00")
    account.ticket("2026-03-02T08:30")
    account.reply(first, "2026-03-02T08:59")
    account.ticket("2026-03-02T08:45", spam=True)
    account.ticket("2026-03-01T08:00")
    account.reply(first, "2026-03-01T08:30")
    account.ticket("2026-03-01T09:00")
    account.ticket("2026-03-01T15:00")
    return account.settle()


def test_today_until_ten_is_compared_with_yesterday_until_ten(store, acme):
    found = summary(store, MONDAY, Filters(), at("2026-03-02T09:05"))

    assert iso(found.elapsed.end, "Europe/Amsterdam") == "2026-03-02T10:00:00+01:00"
    assert (found.offered, found.new_ticket_contacts, found.replies, found.unknown) == (4, 3, 1, 1)
    assert (found.before.offered, found.before.replies) == (2, 1)
    assert iso(found.before.elapsed.end, "Europe/Amsterdam") == "2026-03-01T10:00:00+01:00"
    assert found.change("offered") == 1.0
    assert found.reply_share == 0.25
    assert found.contacts_per_ticket == pytest.approx(4 / 3)


def test_the_import_of_a_few_minutes_ago_ends_the_window(store, acme):
    """At 10:20 the last import is of 10:01: the figures are those until 10:00, and say so."""
    found = summary(store, MONDAY, Filters(), at("2026-03-02T09:20"))

    assert iso(found.elapsed.end, "Europe/Amsterdam") == "2026-03-02T10:00:00+01:00"
    assert found.offered == 4


def test_an_import_that_stopped_long_ago_leaves_no_figure(store, acme):
    found = summary(store, MONDAY, Filters(), at("2026-03-02T12:00"))

    assert (found.offered, found.replies, found.unknown, found.reply_share) == (None, None, None, None)
    assert found.change("offered") is None


def test_without_proof_of_the_time_before_there_is_no_change(store, acme):
    acme.proven(("2026-03-01T12:00", "2026-03-02T09:01"))

    found = summary(store, MONDAY, Filters(), at("2026-03-02T09:05"))

    assert found.offered == 4
    assert found.before.offered is None
    assert found.change("offered") is None


def test_a_kind_that_is_not_proven_takes_only_its_figures_away(store, acme):
    acme.proven(("2026-02-01", "2026-03-02T09:01"), ("2026-03-02T08:50", "2026-03-02T09:01"))

    found = summary(store, MONDAY, Filters(), at("2026-03-02T09:05"))

    assert (found.new_ticket_contacts, found.replies, found.offered, found.contacts_per_ticket) == (
        3,
        None,
        None,
        None,
    )
    only = summary(store, MONDAY, Filters(kinds=("Tickets",)), at("2026-03-02T09:05"))
    assert (only.new_ticket_contacts, only.replies, only.offered) == (3, None, 3)


def test_a_month_is_compared_with_the_equal_part_of_the_month_before(store, acme):
    acme.ticket("2026-02-02T10:00")  # behind the part that has passed of March
    acme.ticket("2026-02-02T08:59")
    acme.settle()
    march = Window.of_days(date(2026, 3, 1), date(2026, 4, 1), "Europe/Amsterdam")
    acme.proven(("2026-01-01", "2026-03-02T09:01"))

    found = summary(store, march, Filters(), at("2026-03-02T09:05"))

    assert iso(found.before.elapsed.start, "Europe/Amsterdam") == "2026-02-01T00:00:00+01:00"
    assert iso(found.before.elapsed.end, "Europe/Amsterdam") == "2026-02-02T10:00:00+01:00"
    assert (found.offered, found.before.offered, found.change("offered")) == (8, 1, 7.0)


def test_freshdesks_tickets_stand_beside_once_they_are_compared(store, acme):
    window = Window.of_days(date(2026, 2, 27), date(2026, 3, 1), "UTC")
    acme.total("2026-02-27", 8)
    assert summary(store, window, Filters(), at("2026-03-02")).freshdesk_tickets is None

    acme.total("2026-02-28", 0)

    assert summary(store, window, Filters(), at("2026-03-02")).freshdesk_tickets == 8


def test_nothing_to_divide_by_is_no_figure(store, acme):
    window = Window.of_days(date(2026, 2, 27), date(2026, 3, 1), "UTC")

    found = summary(store, window, Filters(), at("2026-03-02"))

    assert (found.offered, found.reply_share, found.contacts_per_ticket, found.change("offered")) == (
        0,
        None,
        None,
        None,
    )


def test_the_future_and_an_empty_store_have_no_figures(store):
    assert summary(store, MONDAY, Filters(), at("2026-01-01")).offered is None
    assert summary(store, MONDAY, Filters(), at("2026-03-02T09:05")).freshdesk_tickets is None
