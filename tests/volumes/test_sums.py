"""Sums that must hold, over chance data, windows and zones; and a plain recount beside each figure."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freshdesk_core.settings import Settings
from freshdesk_core.store import Store
from freshdesk_core.volumes import (
    Filters,
    Window,
    contacts,
    differing,
    offered,
    pairs,
    queues,
    reconcile,
    summary,
    ticket_totals,
)
from freshdesk_core.volumes.identity import Line
from freshdesk_core.volumes.windows import grid
from tests.databases import environment
from tests.volumes.desk import END, Contact, furnish

ZONES = [
    *("UTC", "Europe/Amsterdam", "Europe/Madrid", "America/New_York"),
    *("Asia/Kathmandu", "Australia/Lord_Howe"),
]
FIRST_DAY, LAST_DAY = date(2025, 2, 22), date(2026, 5, 8)  # proven in every zone

Desk = tuple[Store, list[Contact]]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, database: str) -> Desk:
    home: Path = tmp_path_factory.mktemp("desk")
    store = Store.open(Settings.from_environment(environment(home)))
    found = furnish(store)
    yield store, found
    store.close()


@st.composite
def windows(draw: st.DrawFn) -> Window:
    first = draw(st.dates(FIRST_DAY, LAST_DAY - timedelta(days=1)))
    longest = (LAST_DAY - first).days
    end = first + timedelta(days=draw(st.integers(1, longest)))
    return Window.of_days(first, end, draw(st.sampled_from(ZONES)))


few = settings(max_examples=25, deadline=None)
pytestmark = pytest.mark.sqlite  # too long to do twice; importing/test_databases.py compares the two


@few
@given(window=windows(), interval=st.sampled_from(["15min", "1h", "1d", "1w", "1MS"]))
def test_every_queue_and_interval_equals_a_plain_recount(desk, window, interval):
    store, everyone = desk
    slots = grid(window, interval)
    plain = Counter(
        (int(slots.labels[slots.edges[1:].searchsorted(one.occurred_at, side="right")]), one.queue_id)
        for one in everyone
        if window.start <= one.occurred_at < window.end
    )

    frame = offered(store, window, interval, ("queue",))

    starts = [int(moment.timestamp()) for moment in frame["interval_start"]]
    assert dict(zip(zip(starts, frame["queue_id"], strict=True), frame["offered"], strict=True)) == plain
    assert frame.attrs["unproven"] == 0


@pytest.mark.parametrize("zone", ZONES)
def test_local_days_add_up_to_the_quarter_hours_of_utc(desk, zone):
    """Over a year and more, with every change of the clock in it."""
    store, _everyone = desk
    local = Window.of_days(FIRST_DAY, LAST_DAY, zone)
    days = offered(store, local, "1d", ())
    quarters = offered(store, Window(local.start, local.end, "UTC"), "15min", ())
    assert days["offered"].sum() == quarters["offered"].sum() > 0
    assert {moment.hour for moment in days["interval_start"]} == {0}


@few
@given(window=windows(), by=st.sampled_from([("queue",), ("kind",), ("source", "group"), ("integration",)]))
def test_all_ways_to_add_up_give_the_same_sum(desk, window, by):
    store, everyone = desk
    total = sum(window.start <= one.occurred_at < window.end for one in everyone)

    for interval in ("15min", "30min", "1h", "1d", "1w", "1MS"):
        assert offered(store, window, interval, by, fill=interval == "1d")["offered"].sum() == total
    listed = queues(store, window)
    assert listed["offered"].sum() == total
    assert list(listed["offered"]) == list(listed["offered_known"])
    beside = pairs(store, window)
    assert beside["offered"].sum() == total == beside["tickets"].sum() + beside["replies"].sum()


@few
@given(zone=st.sampled_from(ZONES), first=st.dates(FIRST_DAY, date(2026, 3, 1)), length=st.integers(1, 60))
def test_local_days_sum_to_the_same_stretch_in_utc(desk, zone, first, length):
    store, _everyone = desk
    window = Window.of_days(first, first + timedelta(days=length), zone)

    local = offered(store, window, "1d", ("queue",)).groupby("queue_id")["offered"].sum()
    utc = (
        offered(store, Window(window.start, window.end, "UTC"), "1d", ("queue",))
        .groupby("queue_id")["offered"]
        .sum()
    )

    assert local.to_dict() == utc.to_dict()


@few
@given(
    window=windows(),
    filters=st.sampled_from(
        [
            Filters(),
            Filters(groups=("CustomerService",)),
            Filters(sources=("email", "chat")),
            Filters(integrations=(1,)),
        ]
    ),
)
def test_the_identity_holds_in_every_line(desk, window, filters):
    store, _everyone = desk

    found = reconcile(store, window, filters)

    for line in [found.total, *found.days, *found.groups, *found.sources]:
        assert_identity(line)
    for lines in (found.days, found.groups, found.sources):
        for name in ("tickets_seen", "new_ticket_contacts", "replies", "offered", "unknown"):
            assert sum(getattr(line, name) for line in lines) == getattr(found.total, name)
    if all(line.freshdesk_tickets is not None for line in found.days):
        for name in ("freshdesk_tickets", "never_imported", "unexplained"):
            assert sum(getattr(line, name) for line in found.days) == getattr(found.total, name)
        assert len(found.never_imported_tickets) <= found.total.never_imported
    expected = filters if filters.integrations else Filters(groups=filters.groups, sources=filters.sources)
    assert offered(store, window, "1MS", filters=expected)["offered"].sum() == found.total.offered


def assert_identity(line: Line) -> None:
    """The three sums of the identity, where everything is known."""
    assert line.offered == line.new_ticket_contacts + line.replies
    assert line.new_ticket_contacts == line.tickets_seen - (
        line.outbound_email + line.internal_task + line.child_ticket + line.tracker_ticket
    )
    assert (line.never_imported is None) == (line.unexplained is None) == (line.freshdesk_tickets is None)
    if line.freshdesk_tickets is not None:
        gone = line.spam + line.deleted + line.archived
        assert line.tickets_seen == line.freshdesk_tickets - line.never_imported + gone + line.unexplained
        assert line.never_imported >= 0
        assert line.unexplained >= 0


@few
@given(window=windows(), data=st.data())
def test_the_contacts_listed_are_the_contacts_counted(desk, window, data):
    store, _everyone = desk
    listed = queues(store, window, Filters(integrations=(2,)))
    row = listed.loc[data.draw(st.sampled_from(list(listed.index)))]

    found, before = 0, None
    while True:
        page = contacts(store, window, row["queue_id"], limit=37, before=before)
        found += len(page)
        if (before := page.attrs["next"]) is None:
            break

    assert found == row["offered"]


@few
@given(window=windows())
def test_totals_per_day_and_the_summary_agree_with_the_identity(desk, window):
    store, _everyone = desk

    found = reconcile(store, window)
    daily = ticket_totals(store, window)
    told = summary(store, window, Filters(), END)

    assert [
        None if n is daily["freshdesk_tickets"].dtype.na_value else n for n in daily["freshdesk_tickets"]
    ] == [line.freshdesk_tickets for line in found.days]
    for name in ("offered", "new_ticket_contacts", "replies", "unknown", "freshdesk_tickets"):
        assert getattr(told, name) == getattr(found.total, name)


def test_the_summary_is_what_the_rows_say(desk):
    store, _everyone = desk

    with store.read() as connection:
        assert differing(connection, 1) == differing(connection, 2) == []
