"""The ticket list and view: windows, streams, pages, walls, includes, rights."""

import json
import re
from urllib.parse import quote

import pytest

from freshdesk_core.sandbox import Sandbox, Script, World, lines, texts
from freshdesk_core.sandbox.routes import hides_conversations
from tests.sandbox.wire import ask

EVERYTHING = "updated_since=2020-01-01T00:00:00Z"
ASCENDING = "order_by=updated_at&order_type=asc&per_page=100"


def read_all(sandbox: Sandbox, query: str, key: str | None = None) -> list[dict]:
    """All pages, by their links."""
    rows: list[dict] = []
    page = 1
    while True:
        said = ask(sandbox, f"tickets?{query}&page={page}", key)
        rows += said.json
        match = re.fullmatch(r'< https://\S+[?&]page=(\d+)\S*>; rel="next"', said.headers.get("Link", ""))
        if not match:
            return rows
        page = int(match[1])


@pytest.mark.parametrize("stream", ["default", "spam", "deleted"])
def test_each_stream_lists_its_tickets_once_and_in_order(stream: str, sandbox: Sandbox, world: World) -> None:
    choice = "" if stream == "default" else f"&filter={stream}"
    rows = read_all(sandbox, f"{EVERYTHING}&{ASCENDING}{choice}")
    account = world.at(sandbox.now())

    assert sorted(row["id"] for row in rows) == sorted(
        ticket.id for ticket in account.tickets.values() if ticket.stream == stream
    )
    assert [row["updated_at"] for row in rows] == sorted(row["updated_at"] for row in rows)
    assert all(row.get("deleted", False) == (stream == "deleted") for row in rows)


def test_without_updated_since_only_the_last_month_is_listed(sandbox: Sandbox, world: World) -> None:
    rows = read_all(sandbox, "per_page=100")
    # World's end is 2026-04-07T00:00Z, 02:00 in Berlin: 31 days back is 7 March, local midnight.
    assert min(row["created_at"] for row in rows) >= "2026-03-06T23:00:00Z"
    assert [row["created_at"] for row in rows] == sorted((row["created_at"] for row in rows), reverse=True)


def test_updated_since_is_inclusive(sandbox: Sandbox) -> None:
    newest = ask(sandbox, f"tickets?{EVERYTHING}&order_by=updated_at&per_page=1").json[0]
    again = ask(sandbox, f"tickets?updated_since={newest['updated_at']}&order_by=updated_at").json
    assert newest["id"] in [row["id"] for row in again]


def test_offsets_and_plain_dates_are_understood(sandbox: Sandbox) -> None:
    forms = ("2026-04-01", "2026-04-01T00:00:00Z", quote("2026-04-01T02:00:00+02:00"))
    answers = {ask(sandbox, f"tickets?updated_since={form}&{ASCENDING}").body for form in forms}
    assert len(answers) == 1


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("page=301", "page", "invalid_value"),
        ("page=0", "page", "datatype_mismatch"),
        ("per_page=101", "per_page", "invalid_value"),
        ("order_by=id", "order_by", "invalid_value"),
        ("filter=all", "filter", "invalid_value"),
        ("include=conversations", "include", "invalid_value"),
        ("updated_since=yesterday", "updated_since", "invalid_date"),
        ("group_id=1", "group_id", "invalid_field"),
        ("requester_id=%C2%B2", "requester_id", "datatype_mismatch"),
        ("page=" + "9" * 5_000, "page", "datatype_mismatch"),
    ],
)
def test_what_it_does_not_accept_is_named(query: str, field: str, code: str, sandbox: Sandbox) -> None:
    said = ask(sandbox, f"tickets?{query}")
    (error,) = said.json["errors"]

    assert said.status == 400
    assert (error["field"], error["code"]) == (field, code)


def test_includes_cost_two_more_each_and_show_what_they_say(sandbox: Sandbox) -> None:
    plain, full = ask(sandbox, "tickets"), ask(sandbox, "tickets?include=stats,requester")

    assert plain.headers["x-ratelimit-used-currentrequest"] == "1"
    assert full.headers["x-ratelimit-used-currentrequest"] == "5"
    assert "stats" not in plain.json[0]
    assert set(full.json[0]["stats"]) == {
        "agent_responded_at", "requester_responded_at", "first_responded_at", "status_updated_at",
        "reopened_at", "resolved_at", "closed_at", "pending_since",
    }  # fmt: skip
    assert full.json[0]["requester"]["email"].endswith("@example.com")


def test_a_view_with_conversations_shows_the_oldest_ten(sandbox: Sandbox, world: World) -> None:
    account = world.at(sandbox.now())
    ticket_id = max(
        (key for key in account.conversations if account.tickets[key].stream == "default"),
        key=lambda key: len(account.conversations[key]),
    )
    said = ask(sandbox, f"tickets/{ticket_id}?include=conversations,stats")
    oldest = sorted(account.conversations[ticket_id], key=lambda row: (row.created_at, row.id))[:10]

    assert [row["id"] for row in said.json["conversations"]] == [row.id for row in oldest]
    assert said.headers["x-ratelimit-used-currentrequest"] == "4"
    assert said.json["description_text"]


def test_threads_come_whole_though_not_always_in_order(sandbox: Sandbox, world: World) -> None:
    account = world.at(sandbox.now())
    unordered = 0
    for ticket in [each for each in account.tickets.values() if each.stream == "default"][:60]:
        rows = ask(sandbox, f"tickets/{ticket.id}/conversations?per_page=100").json
        assert {row["id"] for row in rows} == {row.id for row in account.conversations.get(ticket.id, [])}
        unordered += rows != sorted(rows, key=lambda row: (row["created_at"], row["id"]))
    assert unordered


def test_some_trashed_tickets_keep_their_conversations_to_themselves() -> None:
    script = Script()
    tickets = [script.ticket() for _ in range(6)]
    for ticket in tickets:
        script.trash(ticket)
    with Sandbox(script) as sandbox:
        statuses = {key: ask(sandbox, f"tickets/{key}/conversations").status for key in tickets}

    assert statuses == {key: 403 if hides_conversations(key) else 200 for key in tickets}
    assert {200, 403} == set(statuses.values())


def test_archived_tickets_are_to_be_had_by_id_only(sandbox: Sandbox, world: World) -> None:
    account = world.at(sandbox.now())
    ticket = next(each for each in account.tickets.values() if each.archived)

    assert ask(sandbox, f"tickets/{ticket.id}").status == 404
    assert ask(sandbox, f"tickets/{ticket.id}/conversations").status == 404
    assert ask(sandbox, f"tickets/archived/{ticket.id}").json["archived"] is True
    thread = ask(sandbox, f"tickets/archived/{ticket.id}/conversations?per_page=100").json
    assert len(thread) == len(account.conversations.get(ticket.id, []))


def test_a_restricted_key_sees_less_without_a_word(sandbox: Sandbox) -> None:
    seen = read_all(sandbox, f"{EVERYTHING}&{ASCENDING}", sandbox.restricted_key)
    every = read_all(sandbox, f"{EVERYTHING}&{ASCENDING}")
    mine = {lines.CUSTOMER_SERVICE, lines.BILLING}

    assert seen
    assert [row["id"] for row in seen] == [row["id"] for row in every if row["group_id"] in mine]
    hidden = next(row["id"] for row in every if row["group_id"] not in mine)
    assert ask(sandbox, f"tickets/{hidden}", sandbox.restricted_key).status == 404


def test_answers_are_full_of_personal_data(sandbox: Sandbox) -> None:
    """What must never reach a store is really there to be kept out."""
    rows = ask(sandbox, f"tickets?{EVERYTHING}&per_page=100&include=requester,description").json
    row = next(row for row in rows if row["custom_fields"]["cf_delivery_contact"])
    person = row["requester_id"]

    assert texts.name(person) in row["description_text"]
    assert texts.phone(person) in row["description_text"]
    assert texts.email(person) in row["custom_fields"]["cf_delivery_contact"]
    threads = [ask(sandbox, f"tickets/{row['id']}/conversations").json for row in rows[:40]]
    assert "@example.com" in json.dumps(threads)


def test_null_stands_in_place_of_some_empty_lists(sandbox: Sandbox) -> None:
    rows = ask(sandbox, f"tickets?{EVERYTHING}&per_page=100").json
    assert {None} < {None if row["cc_emails"] is None else tuple(row["cc_emails"]) for row in rows}


def test_survey_feedback_moves_the_requesters_time_and_outbound_mail_leaves_the_agents_empty() -> None:
    script = Script()
    asked, outbound = script.ticket(at="2026-03-01"), script.ticket(source=10, at="2026-03-01")
    script.survey(asked, at="2026-03-02T00:00:00Z")
    script.agent_reply(outbound, at="2026-03-02T00:00:00Z")

    tickets = script.at("2026-03-03").tickets

    assert tickets[asked].stats.requester_responded_at is not None
    assert tickets[outbound].stats.agent_responded_at is None
