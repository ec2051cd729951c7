"""The same account imported in many stages and in one go: the same queues, the same counts.

What may differ is written down here, ticket by ticket, from the sandbox's own log; nothing else may.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from freshdesk_core.sandbox import Sandbox, World
from freshdesk_core.store import schema
from tests.importing.inflow import DAY, Inflow, inflow

pytestmark = pytest.mark.sqlite  # too long to do twice

WORLD = World(5, start_day=date(2025, 9, 1), tickets=700, days=180)
STAGES = [
    WORLD.starts_at + days * DAY + 40_000 for days in (20, 21, 33, 47, 62, 62, 80, 110, 140, 155, 170, 179)
]

Row = dict[str, Any]


class Both(NamedTuple):
    """The account imported in stages, and in one go at the last stage."""

    staged: Inflow
    at_once: Inflow


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, database: str) -> Iterator[Both]:
    folder = tmp_path_factory.mktemp("stages")
    with (
        Sandbox(WORLD, until=STAGES[0], plan="unlimited") as sandbox,
        inflow(folder / "staged", sandbox) as staged,
        inflow(folder / "at_once", sandbox) as at_once,
    ):
        for stage in STAGES:
            sandbox.move_to(stage)
            staged.complete()  # checks the sums and the summary against the rows after each stage
        at_once.complete()
        yield Both(staged, at_once)


def _tickets(one: Inflow) -> dict[int, Row]:
    return {row["ticket_id"]: row for row in one.rows(schema.tickets)}


def _replies(one: Inflow) -> dict[int, Row]:
    return {row["conversation_id"]: row for row in one.rows(schema.conversations)}


def _only(row: Row, *names: str) -> tuple[Any, ...]:
    return tuple(row[name] for name in names)


def _known_to_differ() -> tuple[set[int], set[int]]:
    """Tickets that Freshdesk no longer gives; tickets whose chat was judged under other circumstances."""
    gone, judged_apart = set(), set()
    for event in WORLD.events(0, STAGES[-1]):
        if event.act in ("purge", "archive"):
            gone.add(event.ticket_id)
        if event.act in ("merge", "change_source"):
            judged_apart |= {event.ticket_id, event.detail} if event.act == "merge" else {event.ticket_id}
    return gone, judged_apart


def test_tickets_stand_where_they_stand_at_once(both: Both) -> None:
    staged, at_once = _tickets(both.staged), _tickets(both.at_once)
    gone, _judged_apart = _known_to_differ()

    assert at_once.keys() <= staged.keys()
    assert staged.keys() - at_once.keys() <= gone
    assert staged.keys() - at_once.keys()
    columns = ("created_at", "updated_at", "group_id", "source", "status", "association_type", "spam")
    for ticket_id, row in at_once.items():
        same = (*columns, "deleted", "archived", "stats_digest", "result", "is_thread_due")
        assert _only(staged[ticket_id], *same) == _only(row, *same), ticket_id


def test_replies_are_decided_alike_and_stand_under_the_same_ticket(both: Both) -> None:
    staged, at_once = _replies(both.staged), _replies(both.at_once)
    gone, judged_apart = _known_to_differ()
    removed = {event.detail for event in WORLD.events(0, STAGES[-1]) if event.act == "remove"}
    trashed = {row["ticket_id"] for row in _tickets(both.staged).values() if row["deleted"]}

    # Silent threads are read by sample, and each import has its own.
    assert all(at_once[row_id]["result"] != "counted" for row_id in at_once.keys() - staged.keys())
    for row_id in staged.keys() - at_once.keys():
        row = staged[row_id]
        assert row["result"] != "counted" or row_id in removed or row["ticket_id"] in gone | trashed, row_id
    for row_id in at_once.keys() & staged.keys():
        row = at_once[row_id]
        same = ("ticket_id", "created_at", "reply_source", "source")
        assert _only(staged[row_id], *same) == _only(row, *same), row_id
        results = {staged[row_id]["result"], row["result"]}
        assert len(results) == 1 or (
            results == {"counted", "same_chat"} and row["ticket_id"] in judged_apart
        ), row_id


def test_queues_differ_only_by_what_was_counted_before_it_went(both: Both) -> None:
    """Per queue and quarter hour: more in stages only where a ticket went since."""
    gone, judged_apart = _known_to_differ()
    excused = gone | judged_apart
    excused |= {row["ticket_id"] for row in _tickets(both.staged).values() if row["deleted"]}
    removed = {event.detail for event in WORLD.events(0, STAGES[-1]) if event.act == "remove"}

    moments = set()
    for one in both:
        moments |= {
            row["created_at"] // 900 * 900
            for row in [*one.rows(schema.tickets), *one.rows(schema.conversations)]
            if row["ticket_id"] in excused or row.get("conversation_id") in removed
        }
    staged, at_once = both.staged.by_quarter(), both.at_once.by_quarter()
    differing = {key for key in staged.keys() | at_once.keys() if staged[key] != at_once[key]}

    assert {quarter for _queue, quarter in differing} <= moments
    assert len(differing) < len(staged) / 3


def test_names_are_those_of_the_account_and_former_ones_stay(both: Both) -> None:
    """The world renames one group and deletes one: known in stages, unknown at once."""
    staged = {row["group_id"]: row for row in both.staged.rows(schema.groups)}
    at_once = {row["group_id"]: row for row in both.at_once.rows(schema.groups)}

    assert at_once.keys() < staged.keys()
    assert [row["deleted"] for id_, row in staged.items() if id_ not in at_once] == [True]
    assert sum(row["former_names"] != "[]" for row in staged.values()) == 1
    for group_id, row in at_once.items():
        assert staged[group_id]["name"] == row["name"]


def test_importing_at_a_standing_clock_changes_nothing(both: Both) -> None:
    for one in both:
        before = one.dump()
        assert one.complete().new_contacts == 0
        assert one.dump() == before


def test_a_stage_without_an_import_in_between_makes_no_difference(both: Both, tmp_path: Path) -> None:
    """Two imports or twelve: the tickets that are still there stand in the same queues."""
    with Sandbox(WORLD, until=STAGES[6], plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        sandbox.move_to(STAGES[-1])
        here.complete()
        mine, theirs = _tickets(here), _tickets(both.staged)

    assert mine.keys() <= theirs.keys()
    for ticket_id, row in mine.items():
        assert _only(row, "group_id", "source", "result") == _only(
            theirs[ticket_id], "group_id", "source", "result"
        )
