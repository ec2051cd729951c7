"""Interval × queue, long and wide: one set of figures, gaps as gaps, cut weeks and months marked."""

from datetime import date

import pytest

from freshdesk_core.store import Store
from freshdesk_core.volumes import Filters, Window, by_interval, offered
from freshdesk_core.volumes.windows import grid, is_cut
from tests.volumes import desk
from tests.volumes.account import Account

ZONE = "Europe/Amsterdam"


@pytest.mark.sqlite
def test_long_and_wide_say_the_same_as_offered(store: Store) -> None:
    desk.furnish(store, 150)
    window = Window.of_days(date(2026, 3, 25), date(2026, 4, 2), ZONE)  # across the change of clocks
    for interval in ("1h", "1d", "1w", "1MS"):
        long = by_interval(store, window, interval, Filters(kinds=("Tickets",)))
        wide = by_interval(store, window, interval, Filters(kinds=("Tickets",)), is_wide=True)
        whole = offered(store, window, interval, (), Filters(kinds=("Tickets",)), fill=True)
        assert wide["sum"].tolist() == whole["offered"].tolist()
        assert list(wide["interval_start"]) == list(whole["interval_start"])
        assert long["offered"].sum() == whole["offered"].sum()
        assert len(long) == len(wide) * (len(wide.columns) - 3)
        assert wide["is_whole"].all() == (interval in ("1h", "1d"))


def test_two_queues_of_one_name_stay_two_columns_and_a_gap_stays_a_gap(store: Store) -> None:
    account = Account(store)
    account.group(20, "Billing")
    for group in (12, 20):
        account.ticket("2026-03-03T09:00", group_id=group)
    account.proven(("2026-03-03", "2026-04-01"))
    account.settle()
    wide = by_interval(store, Window.of_days(date(2026, 3, 2), date(2026, 3, 5), "UTC"), "1d", is_wide=True)

    assert wide.columns.tolist() == [
        *("interval_start", "is_whole", "Billing email Tickets (1-12-1-tickets)"),
        *("Billing email Tickets (1-20-1-tickets)", "sum"),
    ]
    assert wide["sum"].isna().tolist() == [True, False, False]
    assert wide["sum"].tolist()[1:] == [2, 0]


@pytest.mark.parametrize(
    ("first", "end", "interval", "cut"),
    [
        (date(2026, 3, 2), date(2026, 3, 16), "1w", [False, False]),
        (date(2026, 3, 3), date(2026, 3, 15), "1w", [True, True]),
        (date(2026, 3, 4), date(2026, 3, 6), "1w", [True]),
        (date(2026, 2, 1), date(2026, 3, 31), "1MS", [False, True]),
        (date(2026, 3, 29), date(2026, 3, 30), "1h", [False] * 23),
    ],
)
def test_only_the_first_and_the_last_interval_can_be_cut(
    first: date, end: date, interval: str, cut: list[bool]
) -> None:
    assert is_cut(grid(Window.of_days(first, end, ZONE), interval)).tolist() == cut
