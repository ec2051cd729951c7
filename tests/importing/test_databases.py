"""The same account on each database: the same rows, the same figures, to the last digit."""

import re
from collections.abc import Iterator
from datetime import date

import pandas as pd
import pytest

from freshdesk_core import health, volumes
from freshdesk_core.sandbox import Sandbox, World
from freshdesk_core.store import schema
from tests import databases
from tests.databases import Databases
from tests.importing.inflow import DAY, Inflow, inflow

pytestmark = pytest.mark.sqlite  # each test looks at both

WORLD = World(23, start_day=date(2025, 10, 1), tickets=700, days=150)
BEFORE_LAST = WORLD.ends_at - 3 * DAY
WINDOW = volumes.Window.of_days(date(2025, 12, 15), date(2026, 2, 20), "America/New_York")
BY = [(), ("queue",), ("kind",), ("source", "group"), ("integration",)]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, postgres: Databases) -> Iterator[tuple[Inflow, Inflow]]:
    """Imported in two stages, on SQLite and on PostgreSQL, from one sandbox."""
    folder = tmp_path_factory.mktemp("databases")
    with (
        Sandbox(WORLD, until=BEFORE_LAST, plan="unlimited") as sandbox,
        inflow(folder / "sqlite", sandbox) as one,
        databases.used(postgres),
        inflow(folder / "postgresql", sandbox) as other,
    ):
        for stage in (BEFORE_LAST, WORLD.ends_at):
            sandbox.move_to(stage)
            for here in (one, other):
                here.complete()
                here.totals()
        yield one, other


def test_the_two_are_what_they_say(both: tuple[Inflow, Inflow]) -> None:
    assert [here.store.reader.dialect.name for here in both] == ["sqlite", "postgresql"]


def test_the_same_digest_of_everything_known(both: tuple[Inflow, Inflow]) -> None:
    one, other = both
    assert one.digest() == other.digest()
    assert sum(one.by_queue().values()) > 800


@pytest.mark.parametrize("table", ["tickets", "conversations", "freshdesk_totals", "total_differences"])
def test_the_same_rows(both: tuple[Inflow, Inflow], table: str) -> None:
    untimed = {"first_seen_at", "arrival_group_id", "taken_at"}
    one, other = (
        [
            {name: value for name, value in row.items() if name not in untimed}
            for row in here.rows(schema.metadata.tables[table])
        ]
        for here in both
    )
    assert one == other
    assert [list(map(type, row.values())) for row in one] == [list(map(type, row.values())) for row in other]


def test_the_same_proven_windows(both: tuple[Inflow, Inflow]) -> None:
    one, other = (volumes.integrations(here.store)[0] for here in both)
    assert (one.tickets, one.replies, one.since) == (other.tickets, other.replies, other.since)
    assert one.tickets is not None


@pytest.mark.parametrize("by", BY, ids="-".join)
@pytest.mark.parametrize("interval", ["15min", "1d", "1MS"])
def test_the_same_contacts_offered(both: tuple[Inflow, Inflow], by: tuple[str, ...], interval: str) -> None:
    one, other = (volumes.offered(here.store, WINDOW, interval, by, fill=interval == "1d") for here in both)
    order = ["interval_start", *one.columns.difference(["interval_start", "offered"])]
    pd.testing.assert_frame_equal(
        one.sort_values(order, ignore_index=True), other.sort_values(order, ignore_index=True)
    )
    assert one["offered"].sum() > 100


def test_the_same_queues_pairs_and_totals(both: tuple[Inflow, Inflow]) -> None:
    for question, key in ((volumes.queues, "queue_id"), (volumes.pairs, "pair_id")):
        one, other = (question(here.store, WINDOW).sort_values(key, ignore_index=True) for here in both)
        pd.testing.assert_frame_equal(one, other)
    one, other = (volumes.ticket_totals(here.store, WINDOW, "1d", volumes.EVERYTHING) for here in both)
    pd.testing.assert_frame_equal(one, other)


def test_the_same_contacts_one_by_one(both: tuple[Inflow, Inflow]) -> None:
    """Page by page, newest first, where many came within one second."""
    for queue_id in volumes.queues(both[0].store, WINDOW)["queue_id"]:
        position = None
        while True:
            one, other = (volumes.contacts(here.store, WINDOW, queue_id, 7, position) for here in both)
            pd.testing.assert_frame_equal(one, other)
            position = one.attrs["next"]
            assert other.attrs["next"] == position
            if position is None or len(one) == 0:
                break


def test_the_same_comparison_with_freshdesk(both: tuple[Inflow, Inflow]) -> None:
    one, other = (volumes.reconcile(here.store, WINDOW).as_json() for here in both)
    for answer in (one, other):
        answer.pop("taken_at", None)
    assert one == other


def test_the_same_health(both: tuple[Inflow, Inflow]) -> None:
    """But for the minutes between the two clocks: ours went on from one import to the next."""
    one, other = (health.status(here.store, WORLD.ends_at)[0].as_json() for here in both)
    for answer in (one, other):
        for notice in answer["notices"]:
            notice["message"], found = re.subn(r"by \d+ minutes", "by some minutes", notice["message"])
            assert found == (notice["code"] == "clock-differs")
    assert one == other
