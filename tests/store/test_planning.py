"""An import looks up what it needs, and reads no table from end to end with each of its steps."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from freshdesk_core.sandbox import Sandbox, World
from freshdesk_core.store import Store
from tests.importing.inflow import DAY, Inflow, inflow

WORLD = World(5, start_day=date(2025, 9, 1), tickets=300, days=60)
LARGE = ("tickets", "conversations", "volumes")


@contextmanager
def plans(store: Store) -> Iterator[dict[str, list[str]]]:
    """SQLite's plan for each statement that is executed meanwhile."""
    found: dict[str, list[str]] = {}

    def explain(
        connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool
    ) -> None:
        if statement in found or not statement.startswith(("SELECT", "UPDATE", "DELETE")):
            return
        driver = connection.connection.driver_connection
        given = parameters[0] if many else parameters
        found[statement] = [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}", given)]

    for engine in (store.reader, store.writer):
        event.listen(engine, "before_cursor_execute", explain)
    yield found
    for engine in (store.reader, store.writer):
        event.remove(engine, "before_cursor_execute", explain)


def _walks(step: str) -> bool:
    """The step reads a large table whole, or all that an account has in it."""
    table = re.match(r"(?:SCAN|SEARCH) (\w+)", step)
    is_large = table is not None and table[1] in LARGE
    is_whole = step.startswith("SCAN") or step.endswith("(integration_id=?)")
    # Of the index of threads that are due, all are wanted, or the first few.
    return is_large and is_whole and "tickets_with_thread_due" not in step


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Everything that a first import and one after changes asked of a store."""
    until = WORLD.starts_at + 40 * DAY
    folder: Path = tmp_path_factory.mktemp("planning")
    with Sandbox(WORLD, until=until, plan="unlimited") as sandbox, inflow(folder, sandbox) as one:
        with plans(one.store) as found:
            _import(one)
            sandbox.move_to(until + 15 * DAY)
            _import(one)
        return found


def _import(one: Inflow) -> None:
    one.check = lambda: None  # type: ignore[method-assign]  # the test's own sums do read everything
    one.complete()


def test_no_step_of_an_import_walks_through_an_account(asked: dict[str, list[str]]) -> None:
    """What may, once a run: its accounts at the end, and the sample of threads that would be skipped."""
    walking = [statement for statement, plan in asked.items() if any(map(_walks, plan))]
    sampling = [
        statement
        for statement in walking
        if "AS is_read" in statement or statement.startswith("UPDATE tickets SET is_thread_due")
    ]
    assert len(sampling) == 2
    assert {re.sub(r"\s+", " ", statement) for statement in walking if statement not in sampling} == {
        "SELECT tickets.result, count(*) AS count_1 FROM tickets WHERE tickets.integration_id = ? "
        "GROUP BY tickets.result",
        "SELECT conversations.result, count(*) AS count_1 FROM conversations "
        "WHERE conversations.integration_id = ? GROUP BY conversations.result",
        "SELECT count(*) AS count_1, count(tickets.thread_read_at) AS count_2 FROM tickets "
        "WHERE tickets.integration_id = ? AND tickets.is_thread_due IS 0",
    }


def test_the_plans_of_a_step_are_among_those_looked_at(asked: dict[str, list[str]]) -> None:
    """Threads by ticket and by id, replies that move with their ticket, cells, threads that are due."""
    steps = [step for plan in asked.values() for step in plan]
    assert "SEARCH conversations USING PRIMARY KEY (integration_id=? AND conversation_id=?)" in steps
    assert "SEARCH volumes USING PRIMARY KEY (series_id=? AND day=?)" in steps
    assert "SEARCH tickets USING INDEX tickets_with_thread_due (integration_id=?)" in steps
    moving = [plan for statement, plan in asked.items() if "conversations.seen_deleted" in statement]
    assert ["SEARCH conversations USING INDEX replies_by_ticket (integration_id=? AND ticket_id=?)"] in moving
