"""What changes at the desk while it is read: edits, limits, rights, clocks."""

import json
from datetime import date
from typing import Any

import pytest

from freshdesk_core.sandbox import Faults, Sandbox, Script, World
from tests.sandbox.wire import ask

EVERYTHING = "updated_since=2020-01-01&order_by=updated_at&order_type=asc&per_page=100"


def script(tickets: int = 30) -> Script:
    written = Script(now="2026-03-10T12:00:00Z")
    for _ in range(tickets):
        written.reply(written.ticket(at="2026-03-09"), at="2026-03-09T01:00:00Z")
    return written


def listed(sandbox: Sandbox, query: str = EVERYTHING) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = ask(sandbox, f"tickets?{query}").json
    return rows


def dump(sandbox: Sandbox) -> str:
    account = sandbox.truth()
    return repr((sorted(account.tickets.items()), sorted(account.conversations.items())))


@pytest.mark.parametrize("make", [script, lambda: World(3, start_day=date(2026, 1, 5), tickets=200, days=40)])
def test_edits_by_the_hour_happen_as_the_sandboxes_time_runs_alike_in_each_run(make: Any) -> None:
    def run() -> tuple[int, str]:
        source = make()
        with Sandbox(
            source, until=getattr(source, "ends_at", None), faults="edits=3600/h,pace=60s"
        ) as sandbox:
            began = sandbox.now()
            version = sandbox.truth().version
            for _ in range(30):
                listed(sandbox)
            assert sandbox.now() == began + 1_800
            return sandbox.truth().version - version, dump(sandbox)

    one, other = run(), run()
    assert one == other
    assert one[0] == 1_800 + 180


def test_edits_bring_replies_new_tickets_trash_and_what_is_no_contact() -> None:
    with Sandbox(script(), faults="edits=3600/h", live=False) as sandbox:
        listed(sandbox)
        before = {row["id"]: row for row in listed(sandbox)}
        sandbox.let_pass(600)
        after = {row["id"]: row for row in listed(sandbox)}
        trashed = {row["id"] for row in listed(sandbox, f"{EVERYTHING}&filter=deleted")}
        spam = {row["id"] for row in listed(sandbox, f"{EVERYTHING}&filter=spam")}
        rows = [row for thread in sandbox.truth().conversations.values() for row in thread]

    assert after.keys() | trashed | spam == set(range(1, 91))
    assert trashed
    assert spam
    assert before.keys() == set(range(1, 31))
    assert {(row.incoming, row.private) for row in rows} == {(True, False), (False, False), (False, True)}
    assert len({row["updated_at"] for row in after.values()}) > 20


def test_edits_by_calls_need_no_time() -> None:
    with Sandbox(script(), faults="edits=3/2") as sandbox:
        version = sandbox.truth().version
        seen = []
        for _ in range(6):
            listed(sandbox)
            seen.append(sandbox.truth().version - version)
    assert seen == [1, 3, 4, 6, 7, 9]


def test_what_a_script_writes_and_what_the_switch_writes_do_not_clash() -> None:
    written = script(tickets=5)
    with Sandbox(written, faults="edits=10/1@1-3") as sandbox:
        for _ in range(4):
            listed(sandbox)
            ticket = written.ticket()
            written.reply(ticket)
        account = sandbox.truth()
    rows = [row.id for thread in account.conversations.values() for row in thread]
    assert len(account.tickets) == 5 + 3 + 4 == account.last_ticket_id
    assert len(rows) == len(set(rows))


def test_edits_stop_when_they_are_switched_off() -> None:
    with Sandbox(script(), faults="edits=3600/h") as sandbox:
        listed(sandbox)
        sandbox.let_pass(10)
        listed(sandbox)
        sandbox.faults.off()
        listed(sandbox)
        version = sandbox.truth().version
        sandbox.let_pass(100)
        assert sandbox.truth().version == version


@pytest.mark.parametrize("number", [5, 250])
def test_many_tickets_change_in_one_second(number: int) -> None:
    with Sandbox(script(tickets=300), plan="unlimited", faults=f"bulk={number}@2") as sandbox:
        calm = listed(sandbox)
        pages = [listed(sandbox, f"{EVERYTHING}&page={page}") for page in (1, 2, 3)]
    moments = [row["updated_at"] for page in pages for row in page]
    assert len({row["updated_at"] for row in calm}) == 1
    assert moments.count("2026-03-10T12:00:00Z") == number


def test_the_plan_changes_while_it_serves_and_back() -> None:
    now = [0.0]
    with Sandbox(script(), plan="pro", faults="plan=trial@2-3", wall=lambda: now[0]) as sandbox:
        totals = [ask(sandbox, "account") for _ in range(4)]
    assert [said.headers["X-RateLimit-Total"] for said in totals] == ["400.0", "50.0", "50.0", "400.0"]
    assert [said.json["tier_type"] for said in totals] == ["Estate", "Forest", "Forest", "Estate"]


def test_limits_in_flight_per_minute_and_per_hour() -> None:
    now = [0.0]
    with Sandbox(script(), faults="calls=3@3,lists=1@3", wall=lambda: now[0]) as sandbox:
        assert [ask(sandbox, "tickets").status for _ in range(4)] == [200, 200, 429, 429]
        assert [ask(sandbox, "agents/me").status for _ in range(2)] == [200, 429]
        now[0] += 60
        assert [ask(sandbox, "tickets").status for _ in range(2)] == [200, 429]

    with Sandbox(script(), plan="hourly", wall=lambda: now[0]) as sandbox:
        assert ask(sandbox, "tickets").headers["X-RateLimit-Total"] == "3000.0"
        sandbox.faults.on("calls=1")
        now[0] += 600
        said = ask(sandbox, "tickets")
        assert (said.status, said.headers["Retry-After"]) == (429, "3001")


def test_the_key_is_revoked_and_another_one_takes_its_place() -> None:
    with Sandbox(script(), faults="revoke@2") as sandbox:
        assert ask(sandbox, "tickets", sandbox.new_key).status == 401
        said = ask(sandbox, "tickets")
        assert (said.status, said.json["code"]) == (401, "invalid_credentials")
        assert ask(sandbox, "tickets", sandbox.agent_key).status == 200
        assert ask(sandbox, "agents/me", sandbox.new_key).json["ticket_scope"] == 1


def test_the_scope_is_narrowed_and_the_role_lowered() -> None:
    with Sandbox(script(), faults="scope=restricted@3~tickets|me,role=agent@2~roles|me") as sandbox:
        assert (len(listed(sandbox)), ask(sandbox, "roles").status) == (30, 200)
        assert ask(sandbox, "agents/me").json["ticket_scope"] == 1
        me = ask(sandbox, "agents/me").json
        assert me["ticket_scope"] == 3
        assert (listed(sandbox), ask(sandbox, "roles").status) == ([], 403)
        sandbox.faults.off()
        assert (len(listed(sandbox)), ask(sandbox, "roles").status) == (30, 200)


def test_the_wall_stands_at_a_lower_page() -> None:
    with Sandbox(script(), faults="last-page=2") as sandbox:
        statuses = [ask(sandbox, f"tickets?per_page=5&page={page}").status for page in (1, 2, 3)]
        sandbox.faults.off()
        assert ask(sandbox, "tickets?per_page=5&page=3").status == 200
        assert statuses == [200, 200, 400]


def test_lists_are_behind_what_views_and_threads_show() -> None:
    written = script(tickets=2)
    with Sandbox(written, faults="lag=30s") as sandbox:
        written.reply(1)
        new = written.ticket()
        assert [row["updated_at"] for row in listed(sandbox)] == ["2026-03-09T01:00:00Z"] * 2
        assert ask(sandbox, f"tickets/{new}").status == 200
        assert len(ask(sandbox, "tickets/1/conversations").json) == 2
        written.now += 29
        assert len(listed(sandbox)) == 2
        written.now += 1
        assert len(listed(sandbox)) == 3
        assert listed(sandbox)[-1]["updated_at"] == "2026-03-10T12:00:00Z"


def test_edits_too_are_seen_late() -> None:
    with Sandbox(script(), faults="lag=30s,bulk=30@1") as sandbox:
        assert {row["updated_at"] for row in listed(sandbox)} == {"2026-03-09T01:00:00Z"}
        sandbox.let_pass(30)
        assert {row["updated_at"] for row in listed(sandbox)} == {"2026-03-10T12:00:00Z"}


def test_the_servers_clock_is_wrong_or_missing() -> None:
    with Sandbox(script(), faults=Faults("skew=10m@1-1,skew=-24h@2-2,skew=missing@3-3")) as sandbox:
        dates = [ask(sandbox, "tickets").headers["Date"] for _ in range(4)]
    assert dates == [
        "Tue, 10 Mar 2026 12:10:00 GMT",
        "Mon, 09 Mar 2026 12:00:00 GMT",
        None,
        "Tue, 10 Mar 2026 12:00:00 GMT",
    ]


def test_the_truth_after_edits_is_what_the_sandbox_shows() -> None:
    with Sandbox(script(), plan="unlimited", faults="edits=5/1") as sandbox:
        for _ in range(40):
            listed(sandbox)
        sandbox.faults.off()
        streams = {name: listed(sandbox, f"{EVERYTHING}&filter={name}") for name in ("deleted", "spam")}
        shown = {row["id"] for row in [*listed(sandbox), *(row for rows in streams.values() for row in rows)]}
        account = sandbox.truth()
        threads = {number: ask(sandbox, f"tickets/{number}/conversations?per_page=100") for number in shown}
    assert shown == account.tickets.keys()
    for number, said in threads.items():
        if said.status == 200:
            assert {row["id"] for row in json.loads(said.body)} == {
                row.id for row in account.conversations.get(number, [])
            }
