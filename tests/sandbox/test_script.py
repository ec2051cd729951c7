"""A hand-written account does what its lines say, when they say it."""

from datetime import date

from freshdesk_core.sandbox import Sandbox, Script, World, codes
from freshdesk_core.sandbox.seasons import DAY
from tests.sandbox.wire import ask


def test_the_worked_example_of_two_contacts() -> None:
    """An e-mail, an answer, closed; two days later a reply opens it again."""
    script = Script(now="2026-03-10T12:00:00Z")
    ticket = script.ticket(group="CustomerService", source=codes.EMAIL, at="2026-03-02T09:00:00Z")
    script.agent_reply(ticket, at="2026-03-02T10:00:00Z")
    script.close(ticket, at="2026-03-02T10:00:01Z")
    reply = script.reply(ticket, at="2026-03-04T10:00:00Z")

    with Sandbox(script) as sandbox:
        rows = ask(sandbox, f"tickets/{ticket}/conversations").json
        shown = ask(sandbox, f"tickets/{ticket}?include=stats").json

    assert [(row["incoming"], row["private"]) for row in rows] == [(False, False), (True, False)]
    assert rows[-1]["id"] == reply
    assert shown["status"] == codes.OPEN
    assert shown["stats"]["reopened_at"] == "2026-03-04T10:00:00Z"
    assert shown["stats"]["closed_at"] is None


def test_lines_written_while_it_is_served_are_seen_by_the_next_request() -> None:
    script = Script(now="2026-03-10T12:00:00Z")
    with Sandbox(script) as sandbox:
        assert ask(sandbox, "tickets").json == []
        ticket = script.ticket(at="2026-03-09T08:00:00Z")
        row = script.reply(ticket, at="2026-03-09T09:00:00Z")
        assert [each["id"] for each in ask(sandbox, f"tickets/{ticket}/conversations").json] == [row]
        script.remove(row)
        assert ask(sandbox, f"tickets/{ticket}/conversations").json == []


def test_what_lies_ahead_happens_when_the_clock_gets_there() -> None:
    script = Script(now="2026-03-10T12:00:00Z")
    ticket = script.ticket()
    script.trash(ticket, at="2026-03-10T13:00:00Z")
    with Sandbox(script) as sandbox:
        assert [row["id"] for row in ask(sandbox, "tickets").json] == [ticket]
        script.now += 3_600
        said = ask(sandbox, "tickets")
        assert said.json == []
        assert said.headers["Date"] == "Tue, 10 Mar 2026 13:00:00 GMT"
        assert [row["id"] for row in ask(sandbox, "tickets?filter=deleted").json] == [ticket]


def test_spam_trash_restore_purge_archive_in_their_lists() -> None:
    script = Script(now="2026-03-10T12:00:00Z")
    spam, both, back, purged, archived = (script.ticket(at="2026-03-01") for _ in range(5))
    script.spam(spam)
    script.spam(both)
    script.trash(both)
    script.trash(back, at="2026-03-02")
    script.restore(back, at="2026-03-03")
    script.purge(purged)
    script.archive(archived)

    with Sandbox(script) as sandbox:
        listed = {
            name: [row["id"] for row in ask(sandbox, f"tickets?updated_since=2026-01-01&filter={name}").json]
            for name in ("spam", "deleted")
        }
        default = [row["id"] for row in ask(sandbox, "tickets?updated_since=2026-01-01").json]
        views = {ticket: ask(sandbox, f"tickets/{ticket}").status for ticket in (both, purged, archived)}
        from_archive = ask(sandbox, f"tickets/archived/{archived}").json

    assert listed == {"spam": [spam], "deleted": [both]}
    assert default == [back]
    assert views == {both: 200, purged: 404, archived: 404}
    assert from_archive["archived"] is True


def test_a_merge_moves_rows_with_their_ids() -> None:
    script = Script()
    primary, secondary = script.ticket(at="2026-03-01"), script.ticket(at="2026-03-02")
    reply = script.reply(secondary, at="2026-03-03")
    script.merge(secondary, into=primary, at="2026-03-04T00:00:00Z")

    account = script.at("2026-03-05")

    assert [row.id for row in account.conversations[primary] if row.incoming] == [reply]
    assert [row.private for row in account.conversations[secondary]] == [True]
    assert account.tickets[secondary].status == codes.CLOSED
    assert account.tickets[primary].stats.requester_responded_at is not None


def test_groups_are_renamed_and_deleted() -> None:
    script = Script()
    ticket = script.ticket(group="Billing", at="2026-03-01")
    script.ticket(group="Sales", at="2026-03-01")
    script.rename_group("Billing", "Invoices", at="2026-03-02")
    script.delete_group("Sales", at="2026-03-03")

    with Sandbox(script) as sandbox:
        groups = ask(sandbox, "groups").json
        group_id = ask(sandbox, f"tickets/{ticket}").json["group_id"]

    assert [(group["id"], group["name"]) for group in groups] == [(group_id, "Invoices")]


def test_a_source_of_the_account_has_its_label() -> None:
    script = Script()
    script.label_source("Reklamation", 140)
    script.ticket(source=140)
    with Sandbox(script) as sandbox:
        (field,) = ask(sandbox, "ticket_fields?type=default_source").json
    assert field["choices"]["Reklamation"] == 140


def test_huge_ids_and_long_threads_are_served_whole() -> None:
    script = Script()
    ticket = script.ticket(ticket_id=2**53 + 1, at="2026-03-01")
    for _ in range(250):
        script.conversation(ticket, "2026-03-02", incoming=True, category=1)
    with Sandbox(script, plan="unlimited") as sandbox:
        pages = [ask(sandbox, f"tickets/{ticket}/conversations?per_page=100&page={n}") for n in (1, 2, 3)]
        (row,) = ask(sandbox, "tickets?updated_since=2026-01-01").json

    assert [len(page.json) for page in pages] == [100, 100, 50]
    assert ["link" in page.headers for page in pages] == [True, True, False]
    assert row["id"] == 2**53 + 1


def test_a_test_may_step_in_before_an_answer() -> None:
    """While a client pages, agents work: the second request already sees the new ticket."""
    script = Script(now="2026-03-10T12:00:00Z")
    asked: list[str] = []

    def work(_method: str, path: str) -> None:
        asked.append(path)
        if len(asked) == 2:
            script.ticket()

    with Sandbox(script, on_request=work) as sandbox:
        sizes = [len(ask(sandbox, "tickets").json) for _ in range(2)]

    assert sizes == [0, 1]
    assert asked == ["/api/v2/tickets"] * 2


def test_time_runs_on_when_live_and_can_be_set() -> None:
    world = World(3, start_day=date(2026, 1, 5), tickets=200, days=10)
    with Sandbox(world, until=world.starts_at + 5 * DAY) as sandbox:
        before = ask(sandbox, "tickets?order_by=created_at&per_page=1").json[0]
        sandbox.move_to(world.ends_at + DAY)
        after = ask(sandbox, "tickets?order_by=created_at&per_page=1").json[0]

    assert after["id"] > before["id"]
    assert after["created_at"] > "2026-01-15"
    with Sandbox(world, until=world.ends_at, live=True) as sandbox:
        assert world.ends_at <= sandbox.now() < world.ends_at + 60
