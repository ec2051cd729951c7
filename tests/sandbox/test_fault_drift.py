"""Answers whose shape has drifted still name the same records."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from freshdesk_core.sandbox import Sandbox, Script
from freshdesk_core.sandbox.spoiling.drift import BIG, NEEDED
from tests.sandbox.wire import ask

TICKETS = "tickets?include=stats&order_by=created_at&order_type=desc"
THREAD = "tickets/3/conversations"


@pytest.fixture
def desk() -> Iterator[Sandbox]:
    script = Script(now="2026-03-10T12:00:00Z")
    for _ in range(20):
        script.reply(script.ticket(at="2026-03-09"))
    with Sandbox(script, plan="unlimited") as sandbox:
        yield sandbox


def rows(sandbox: Sandbox, path: str = TICKETS) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask(sandbox, path).json
    return found


@pytest.mark.parametrize("path", [TICKETS, THREAD, "groups"])
def test_two_hundred_unknown_fields(desk: Sandbox, path: str) -> None:
    before = rows(desk, path)
    desk.faults.on("unknown-fields")
    after = rows(desk, path)
    assert [len(row) for row in after] == [len(row) + 200 for row in before]
    assert [{name: row[name] for name in before[0]} for row in after] == before


def test_null_in_place_of_every_list(desk: Sandbox) -> None:
    desk.faults.on("null-lists")
    for path in (TICKETS, THREAD):
        values = [value for row in rows(desk, path) for value in row.values()]
        assert not any(isinstance(value, list) for value in values)
    assert ask(desk, "tickets/3").json["attachments"] is None


def _missing(row: dict[str, Any], name: str) -> bool:
    return name not in row


def _null(row: dict[str, Any], name: str) -> bool:
    return name in row and row[name] is None


@pytest.mark.parametrize(("switch", "holds"), [("drop", _missing), ("null", _null)])
def test_one_field_one_inside_another_and_all_that_are_optional(
    desk: Sandbox, switch: str, holds: Callable[[dict[str, Any], str], bool]
) -> None:
    desk.faults.on(f"{switch}=group_id@1")
    desk.faults.on(f"{switch}=stats.closed_at@2")
    desk.faults.on(f"{switch}@3")
    one, inside, every = (rows(desk) for _ in range(3))
    assert all(holds(row, "group_id") and row["source"] for row in one)
    assert all(holds(row["stats"], "closed_at") and "resolved_at" in row["stats"] for row in inside)
    kept = {name for name, value in every[0].items() if value is not None}
    assert kept == NEEDED["ticket"]


@pytest.mark.parametrize("path", [TICKETS, THREAD])
def test_each_optional_field_in_turn(desk: Sandbox, path: str) -> None:
    usual = rows(desk, path)[0]
    optional = [name for name in usual if name not in NEEDED["conversation" if path == THREAD else "ticket"]]
    inside = [f"stats.{name}" for name in usual.get("stats", ())]
    desk.faults.on("drop=each")
    missing = []
    for _ in optional + inside:
        row = rows(desk, path)[0]
        missing += [name for name in usual if name not in row]
        missing += [
            f"stats.{name}" for name in usual.get("stats", ()) if name not in row.get("stats", usual["stats"])
        ]
    assert missing == optional + inside


def test_ids_as_text(desk: Sandbox) -> None:
    desk.faults.on("string-ids")
    assert [row["id"] for row in rows(desk)] == [str(number) for number in range(1, 21)]
    row = rows(desk, THREAD)[0]
    assert (row["ticket_id"], row["user_id"].isdigit(), row["incoming"]) == ("3", True, True)


def test_ids_above_what_a_float_can_hold_and_asked_for_by_them(desk: Sandbox) -> None:
    group_id = rows(desk)[0]["group_id"]
    desk.faults.on("big-ids")
    assert [row["id"] for row in rows(desk)] == [BIG + number for number in range(1, 21)]
    assert rows(desk)[0]["group_id"] == BIG + group_id == rows(desk, "groups")[0]["id"]
    thread = rows(desk, f"tickets/{BIG + 3}/conversations")
    assert thread[0]["ticket_id"] == BIG + 3
    assert thread[0]["id"] > BIG
    assert ask(desk, f"tickets/{BIG + 3}").json["id"] == BIG + 3
    assert [asked.path for asked in desk.requests][-1] == f"/api/v2/tickets/{BIG + 3}"
    query = f"search/tickets?query=%22group_id:{BIG + group_id}%22"
    assert ask(desk, query).json["total"] == 20


def test_some_tickets_without_a_group_and_with_an_unknown_source_always_the_same(desk: Sandbox) -> None:
    desk.faults.on("null-group")
    desk.faults.on("source=137")
    for _ in range(2):
        assert [row["id"] for row in rows(desk) if row["group_id"] is None] == [10, 20]
        assert [row["id"] for row in rows(desk) if row["source"] == 137] == [10, 20]
    assert ask(desk, "tickets/10").json["group_id"] is None


def test_other_answers_stay_as_they_are(desk: Sandbox) -> None:
    usual = [ask(desk, path).body for path in ("account", "roles", "ticket_fields")]
    for switch in ("unknown-fields", "drop", "null-lists", "string-ids", "big-ids", "source"):
        desk.faults.on(switch)
    assert [ask(desk, path).body for path in ("account", "roles", "ticket_fields")] == usual
    assert json.loads(ask(desk, "agents/me").body)["role_ids"] is None
