"""What changed and why, totals per group and source, the Unknown share: by hand, and sums that must hold."""

from datetime import date

import pytest

from freshdesk_core.errors import ConfigError
from freshdesk_core.store import Store
from freshdesk_core.volumes import Filters, Window, changes, offered, queue_totals, unknown_share
from tests.volumes import desk
from tests.volumes.account import Account

NOW = Window.of_days(date(2026, 3, 9), date(2026, 3, 16), "UTC")
BEFORE = NOW.previous()


@pytest.fixture
def account(store: Store) -> Account:
    """Before: 2 e-mails, 1 call. Now: 5 e-mails, 1 reply, no call, 1 spam."""
    account = Account(store)
    for _n in range(2):
        account.ticket("2026-03-03T09:00")
    account.ticket("2026-03-03T09:00", source=3)
    first = account.ticket("2026-03-10T09:00")
    for _n in range(4):
        account.ticket("2026-03-10T09:00", group_id=12)
    account.reply(first, "2026-03-11T09:00")
    account.ticket("2026-03-10T09:00", spam=True)
    account.proven(("2026-02-01", "2026-04-01"))
    return account.settle()


def test_each_split_names_the_largest_and_adds_up(store: Store, account: Account) -> None:
    found = changes(store, NOW, BEFORE)

    assert found is not None
    assert (found.now, found.before, found.change) == (7, 3, 4)
    by = {split.by: split for split in found.splits}
    assert [(one.name, one.change) for one in by["kind"].largest] == [("Tickets", 3), ("Replies", 1)]
    assert [(one.name, one.change) for one in by["queue"].largest] == [
        ("Billing email Tickets", 4),
        ("CustomerService email Replies", 1),
        ("CustomerService email Tickets", -1),
    ]
    assert (by["queue"].others, by["queue"].others_change) == (2, 0)  # the calls and the spam
    assert [(one.name, one.change) for one in by["source"].largest] == [
        *(("email", 4), ("phone", -1), ("unknown", 1)),
    ]
    for split in found.splits:
        assert sum(one.change for one in split.largest) + split.others_change == found.change


def test_a_change_of_what_is_not_proven_is_none(store: Store, account: Account) -> None:
    account.proven(("2026-03-09", "2026-04-01"))
    assert changes(store, NOW, BEFORE) is None
    assert changes(store, Window(NOW.start, NOW.start, "UTC"), BEFORE) is None


@pytest.mark.sqlite
def test_totals_per_group_and_source_hold_every_contact(store: Store) -> None:
    """Over two accounts full of chance, and after filters: the rows add up to the contacts."""
    desk.furnish(store, 300)
    window = Window.of_days(date(2026, 1, 1), date(2026, 3, 1), "Asia/Kathmandu")
    for filters in (Filters(), Filters(kinds=("Replies",)), Filters(sources=("email",))):
        whole = int(offered(store, window, "1MS", (), filters)["offered"].sum())
        earlier = int(offered(store, window.previous(), "1MS", (), filters)["offered"].sum())
        for by in ("group", "source"):
            frame = queue_totals(store, window, by, filters)
            assert int(frame["offered"].sum()) == whole
            assert (frame["tickets"] + frame["replies"] == frame["offered"]).all()
            assert int(frame["before"].sum()) == earlier
            assert frame["offered"].is_monotonic_decreasing
    with pytest.raises(ConfigError):
        queue_totals(store, window, "kind")


def test_a_sum_over_something_unproven_is_unknown(store: Store, account: Account) -> None:
    account.proven(("2026-02-01", "2026-04-01"), ("2026-03-12", "2026-04-01"))
    frame = queue_totals(store, NOW, "group").set_index("name")
    assert frame.loc["Billing"].isna().to_dict() == {
        **dict.fromkeys(["integration", "queues", "tickets", "replies", "offered", "before"], False)
    }
    assert frame["offered"].isna().to_dict() == {"Billing": False, "CustomerService": True, "Unknown": False}


def test_a_growing_unknown_share_is_told_from_chance(store: Store) -> None:
    account = Account(store)
    account.proven(("2026-02-01", "2026-04-01"))
    for n in range(200):
        account.ticket("2026-03-03T09:00", spam=n < 2)
        account.ticket("2026-03-10T09:00", spam=n < 5)
    account.settle()
    by_chance = unknown_share(store, NOW)
    assert (by_chance.now, by_chance.before, by_chance.has_grown) == (0.025, 0.01, False)
    for _n in range(20):
        account.ticket("2026-03-10T10:00", spam=True)
    account.settle()
    grown = unknown_share(store, NOW)
    assert grown.now == pytest.approx(25 / 220)
    assert grown.has_grown
    assert not unknown_share(store, BEFORE).has_grown  # it fell to less, from nothing known
    account.proven(("2026-03-09", "2026-04-01"))
    assert unknown_share(store, NOW).before is None
