"""What the three listings ask for, and what they meet."""

from pathlib import Path

from freshdesk_core.sandbox import Sandbox, Script
from freshdesk_core.store import schema
from tests.importing.inflow import DAY, inflow

NOW = "2026-03-10T03:00:00Z"


def test_a_change_that_shows_late_is_met_by_the_overlap(tmp_path: Path) -> None:
    """A list may be minutes behind: what turns up in it with an older time is not passed over."""
    script = Script(now=NOW)
    script.ticket(at=script.now - 60)
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        script.now += 600
        late = script.ticket(at=script.now - 1_400)  # shown only now, 13 minutes before the last listing
        here.complete()

        assert late in {row["ticket_id"] for row in here.rows(schema.tickets)}


def test_the_first_listing_asks_for_everything_and_says_so(tmp_path: Path) -> None:
    """Without ``updated_since`` Freshdesk gives the last 30 days alone."""
    script = Script(now=NOW)
    script.ticket(at=script.now - 1_000 * DAY)
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        listings = [one.query for one in sandbox.requests if one.path == "/api/v2/tickets"]

        assert len(here.rows(schema.tickets)) == 1
    assert all("updated_since=2000-01-01T00:00:00Z" in query for query in listings if "per_page=100" in query)


def test_an_empty_account_is_complete(tmp_path: Path) -> None:
    script = Script(now=NOW)
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        assert here.complete().new_contacts == 0
        assert here.totals() == 121
        script.now += 300
        script.ticket()
        assert here.complete().new_contacts == 1


def test_a_ticket_thrown_away_and_restored_while_the_listings_take_their_time(tmp_path: Path) -> None:
    """Gone when the ordinary list came to it, back before that of the trash was read."""
    script = Script(now=NOW)
    tickets = [script.ticket(at=script.now - 5_000 + n) for n in range(250)]
    hidden = tickets[200]

    def work(_method: str, path: str) -> None:
        if path == "/api/v2/tickets":
            script.now += 30
            asked.append(path)
            if len(asked) == 2:
                script.trash(hidden)
            if len(asked) == 5:
                script.restore(hidden)

    asked: list[str] = []
    with Sandbox(script, plan="unlimited", on_request=work) as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        filters = [one.query.partition("filter=")[2] for one in sandbox.requests if "page=1&" in one.query]

        assert filters[3:] == ["", "deleted", "spam", ""]
        assert hidden in {row["ticket_id"] for row in here.rows(schema.tickets)}
