"""Keys, rights, limits, headers and the account's own settings."""

from urllib.parse import quote

import pytest

from freshdesk_core.sandbox import Sandbox, Script, World, codes
from freshdesk_core.sandbox.limits import PLANS, Limits
from freshdesk_core.sandbox.seasons import DAY
from tests.sandbox.wire import ask


def test_a_wrong_key_has_to_log_in(sandbox: Sandbox) -> None:
    for said in (
        ask(sandbox, "tickets", "wrong"),
        ask(sandbox, "tickets", Authorization="Bearer x"),
        ask(sandbox, "tickets", Authorization="Basic !!"),
    ):
        assert said.status == 401
        assert said.json["code"] == "invalid_credentials"


@pytest.mark.parametrize("path", ["groups", "admin/groups", "roles", "agents", "business_hours"])
def test_an_agents_key_does_not_reach_the_administrators_endpoints(path: str, sandbox: Sandbox) -> None:
    said = ask(sandbox, path, sandbox.agent_key)
    assert (said.status, said.json["code"]) == (403, "access_denied")
    assert ask(sandbox, path).status == 200


def test_the_three_keys_say_who_they_are(sandbox: Sandbox) -> None:
    roles = {role["id"]: role["name"] for role in ask(sandbox, "roles").json}
    found = []
    for key in (sandbox.api_key, sandbox.agent_key, sandbox.restricted_key):
        me = ask(sandbox, "agents/me", key).json
        found.append((roles[me["role_ids"][0]], me["ticket_scope"]))
    assert found == [("Account Administrator", 1), ("Agent", 1), ("Agent", 2)]


def test_choices_come_in_three_shapes_and_lack_the_forgotten_source(sandbox: Sandbox) -> None:
    fields = {field["type"]: field.get("choices") for field in ask(sandbox, "ticket_fields").json}

    assert isinstance(fields["default_ticket_type"], list)
    assert fields["default_source"]["Partner desk"] == 101
    assert codes.FORGOTTEN_SOURCE not in fields["default_source"].values()
    assert fields["default_status"]["2"] == ["Open", "Being Processed"]
    assert fields["default_group"]["CustomerService"] == 43_000_000_001


def test_zone_and_plan_are_told(sandbox: Sandbox) -> None:
    account = ask(sandbox, "account").json
    assert (account["timezone"], account["tier_type"]) == ("Berlin", "Forest")
    assert "timezone" not in ask(sandbox, "settings/helpdesk").json
    assert ask(sandbox, "business_hours").json[0]["time_zone"] == "Berlin"


def test_lists_are_paged(sandbox: Sandbox) -> None:
    first = ask(sandbox, "agents?per_page=10")
    assert len(first.json) == 10
    assert "page=2" in first.headers["Link"]
    assert len(ask(sandbox, "groups?page=2").json) == 0


def test_the_form_of_a_request_is_checked(sandbox: Sandbox) -> None:
    assert ask(sandbox, "tickets", Accept="text/html").status == 406
    assert ask(sandbox, "tickets", method="POST").status == 405
    assert ask(sandbox, "tickets", method="POST", Content_Type="text/plain", Content_Length="2").status == 415
    missing = ask(sandbox, "tickets/1/activities")
    assert (missing.status, missing.body) == (404, b"")


def test_headers_are_freshdesks(sandbox: Sandbox, world: World) -> None:
    headers = ask(sandbox, "groups").headers
    assert headers["X-RateLimit-Total"] == "1000000.0"
    assert headers["X-RateLimit-Remaining"].endswith(".0")
    assert headers["X-Freshdesk-API-Version"] == "latest=v2; requested=v2"
    assert headers["Date"] == "Tue, 07 Apr 2026 00:00:00 GMT"
    assert headers["X-Request-Id"]


def test_the_plans_calls_and_list_calls_run_out_apart() -> None:
    """Growth has 200 calls a minute, of which 20 may be lists."""
    script = Script()
    ticket = script.ticket()
    with Sandbox(script, plan="growth") as sandbox:
        lists = [ask(sandbox, "tickets") for _ in range(21)]
        view = ask(sandbox, f"tickets/{ticket}")

    assert [said.status for said in lists] == [200] * 20 + [429]
    assert 0 < int(lists[-1].headers["Retry-After"]) <= 61
    assert float(lists[-1].headers["X-RateLimit-Remaining"]) == 180
    assert view.status == 200


def test_a_new_minute_brings_a_new_budget() -> None:
    seconds = iter([0.0, 1.0, 30.0, 61.0])
    limits = Limits(PLANS["trial"], lambda: next(seconds))

    granted = [limits.take(cost, is_list=False).granted for cost in (40, 20, 1, 1)]

    assert granted == [True, True, False, True]


def test_the_free_plan_has_no_api() -> None:
    with Sandbox(Script(), plan="free") as sandbox:
        said = ask(sandbox, "agents/me")
    assert (said.status, said.headers["X-RateLimit-Total"]) == (429, "0.0")


def test_requests_are_remembered() -> None:
    with Sandbox(Script()) as sandbox:
        ask(sandbox, "tickets?page=1")
        ask(sandbox, "tickets/5")
        assert sandbox.requests == [
            ("GET", "/api/v2/tickets", "page=1", 200),
            ("GET", "/api/v2/tickets/5", "", 404),
        ]


def search(sandbox: Sandbox, query: str, **more: int) -> dict:
    extra = "".join(f"&{name}={value}" for name, value in more.items())
    said = ask(sandbox, f"search/tickets?query={quote(query)}{extra}")
    return {"status": said.status, **said.json}


def test_search_counts_a_day_and_a_group_as_the_world_does(sandbox: Sandbox, world: World) -> None:
    account = world.at(sandbox.now())
    day = world.ends_at // DAY - 20
    made = [
        ticket
        for ticket in account.tickets.values()
        if ticket.created_at // DAY == day and ticket.stream == "default"
    ]
    group_id = made[0].group_id or 43_000_000_001
    in_group = [ticket for ticket in made if ticket.group_id == group_id]
    without = [ticket for ticket in made if ticket.group_id is None]

    assert search(sandbox, "\"created_at:'2026-03-18'\"")["total"] == len(made)
    assert search(sandbox, f"\"created_at:'2026-03-18' AND group_id:{group_id}\"")["total"] == len(in_group)
    assert search(sandbox, "\"created_at:'2026-03-18' AND group_id:null\"")["total"] == len(without)
    pair = "\"created_at:>'2026-03-18' AND created_at:<'2026-03-18'\""
    assert search(sandbox, pair)["total"] == len(made)


def test_search_understands_or_and_brackets(sandbox: Sandbox) -> None:
    one = search(sandbox, '"status:2 AND (priority:1 OR priority:2)"')["total"]
    parts = [search(sandbox, f'"status:2 AND priority:{level}"')["total"] for level in (1, 2)]
    assert one == sum(parts) > 0
    assert search(sandbox, '"priority:>3"')["total"] == search(sandbox, '"priority:3 OR priority:4"')["total"]


def test_search_pages_are_thirty_rows_and_end_at_ten(sandbox: Sandbox) -> None:
    pages = [search(sandbox, '"priority:1"', page=page) for page in (1, 10)]
    ids = [row["id"] for page in pages for row in page["results"]]

    assert [len(page["results"]) for page in pages] == [30, 30]
    assert len(set(ids)) == 60
    assert search(sandbox, '"priority:1"', page=11)["status"] == 400


@pytest.mark.parametrize(
    "query", ["status:2", '"status:2', '"source:1"', '"status 2"', '"(status:2"', "", '"' + "x" * 512 + '"']
)
def test_search_refuses_what_it_does_not_understand(query: str, sandbox: Sandbox) -> None:
    assert search(sandbox, query)["status"] == 400


def test_search_is_two_minutes_behind_and_leaves_out_what_is_hidden() -> None:
    script = Script(now="2026-03-10T12:00:00Z")
    spam, trashed, archived, alive = (script.ticket(at="2026-03-10T08:00:00Z") for _ in range(4))
    script.spam(spam, at="2026-03-10T09:00:00Z")
    script.archive(archived, at="2026-03-10T09:00:00Z")
    script.trash(trashed)
    new = script.ticket()
    day = "\"created_at:'2026-03-10'\""
    with Sandbox(script) as sandbox:
        at_once = search(sandbox, day)["results"]
        script.now += 121
        later = search(sandbox, day)["results"]

    assert {row["id"] for row in at_once} == {trashed, alive}
    assert {row["id"] for row in later} == {alive, new}
