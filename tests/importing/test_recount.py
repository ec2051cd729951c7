"""Every queue × quarter-hour count against a plain recount of the sandbox's own truth."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from freshdesk_core import volumes
from freshdesk_core.sandbox import Sandbox, World
from freshdesk_core.store import schema
from tests.importing.inflow import DAY, Inflow, inflow
from tests.importing.plain_recount import recount

WORLD = World(11, start_day=date(2025, 9, 1), tickets=2_000, days=200)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory, database: str) -> Iterator[tuple[Inflow, Sandbox]]:
    """The world at its end, imported in one go with every thread, and compared with Freshdesk's totals."""
    with (
        Sandbox(WORLD, until=WORLD.ends_at, plan="unlimited") as sandbox,
        inflow(tmp_path_factory.mktemp("home"), sandbox) as here,
    ):
        here.complete(use_shortcut=False)
        here.totals()
        yield here, sandbox


def _names(here: Inflow) -> dict[str, str]:
    frame = volumes.queues(here.store, volumes.Window(0, DAY, "UTC"))
    return dict(zip(frame["queue_id"], frame["queue"], strict=True))


def test_every_cell_equals_the_recount(imported: tuple[Inflow, Sandbox]) -> None:
    here, _sandbox = imported
    contacts, _reasons, _rows = recount(WORLD.at(WORLD.ends_at))
    names = _names(here)

    found: Counter[tuple[str, int]] = Counter()
    for (queue_id, quarter), count in here.by_quarter().items():
        found[names[queue_id], quarter] += count

    assert found == contacts
    unknown = {name: sum(n for (q, _t), n in contacts.items() if q == name) for name, _t in contacts}
    assert unknown["Unknown group/source Tickets"] > 10
    assert unknown["Unknown group/source Replies"] > 0
    assert len(unknown) > 40


def test_the_offered_contacts_equal_the_recount_where_they_are_proven(
    imported: tuple[Inflow, Sandbox],
) -> None:
    """The same through the door that every page and script uses."""
    here, _sandbox = imported
    contacts, _reasons, _rows = recount(WORLD.at(WORLD.ends_at))
    window = volumes.Window(WORLD.starts_at, WORLD.ends_at + DAY, "UTC")
    proven = volumes.proven(here.store, volumes.EVERYTHING)
    assert proven.tickets == proven.replies == (WORLD.ends_at - 120 * DAY, WORLD.ends_at)
    start, end = proven.tickets

    frame = volumes.offered(here.store, window, interval="15min", by=("queue",))

    offered: Counter[tuple[str, int]] = Counter()
    for name, moment, count in zip(frame["queue"], frame["interval_start"], frame["offered"], strict=True):
        offered[name, int(moment.timestamp())] += int(count)
    assert offered == Counter(
        {key: n for key, n in contacts.items() if start <= key[1] and key[1] + 900 <= end}
    )
    assert sum(offered.values()) > 1_500


def test_fetched_is_counted_and_excluded_by_the_same_reasons(imported: tuple[Inflow, Sandbox]) -> None:
    here, _sandbox = imported
    contacts, reasons, rows = recount(WORLD.at(WORLD.ends_at))

    closed = here.run().accounts

    assert closed.excluded == dict(sorted(reasons.items()))
    assert len(reasons) >= 12
    assert (closed.tickets, closed.conversations) == (rows["tickets"], rows["conversations"])
    assert closed.counted_tickets + closed.counted_replies == sum(contacts.values())
    assert sum(rows.values()) == sum(contacts.values()) + sum(reasons.values())
    assert closed.threads_read + closed.threads_not_needed == closed.tickets
    assert closed.threads_not_needed < 20  # refused in the trash


def test_a_second_import_changes_nothing(imported: tuple[Inflow, Sandbox]) -> None:
    """No new contact, at most 6 calls, not one row."""
    here, sandbox = imported
    here.complete()
    before, asked = here.dump(), len(sandbox.requests)

    outcome = here.complete()

    assert outcome.new_contacts == 0
    assert outcome.calls == len(sandbox.requests) - asked <= 6
    assert here.dump() == before
    lists = Counter(
        one.query.partition("filter=")[2] for one in sandbox.requests[asked:] if one.path == "/api/v2/tickets"
    )
    assert max(lists.values()) <= 3


def test_the_totals_are_the_search_s_own_counts(imported: tuple[Inflow, Sandbox]) -> None:
    """Counted apart: what lives in default lists, by UTC day, when the search has seen it."""
    here, _sandbox = imported
    alive = [
        ticket
        for ticket in WORLD.at(WORLD.ends_at).tickets.values()
        if not (ticket.spam or ticket.deleted or ticket.archived)
    ]
    truth = Counter(ticket.created_at // DAY for ticket in alive if ticket.created_at <= WORLD.ends_at - 120)

    rows = here.rows(schema.freshdesk_totals)

    assert len(rows) >= 120
    assert {row["day"]: row["total"] for row in rows} == {row["day"]: truth[row["day"]] for row in rows}
    assert all(row["has_rows"] for row in rows)
    assert not here.rows(schema.total_differences)
    by_line: Counter[tuple[int, int]] = Counter()
    for row in here.rows(schema.series):
        if row["measure"] == "freshdesk":
            by_line[row["group_id"], row["source"]] += 1
    first = min(row["day"] for row in rows)
    assert set(by_line) == {
        (ticket.group_id or 0, ticket.source) for ticket in alive if ticket.created_at // DAY >= first
    }


def test_no_month_lacks_a_state(imported: tuple[Inflow, Sandbox]) -> None:
    """The world is worth comparing with: every state of a ticket is in it."""
    now = datetime.fromtimestamp(WORLD.ends_at, UTC)
    tickets = list(WORLD.at(WORLD.ends_at).tickets.values())
    assert now.year == 2026
    for state in ("spam", "deleted", "archived"):
        assert sum(getattr(ticket, state) for ticket in tickets) > 5
