"""Paging to the letter, by the real importer over real HTTP: nothing lost, invented, doubled or repeated."""

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from benchmarks import importer
from benchmarks.account import Server
from freshdesk_core.api.pages import as_moment
from freshdesk_core.errors import ListingTruncated, StoreError
from freshdesk_core.importing.place import OVERLAP_SECONDS
from freshdesk_core.sandbox import Faults, Sandbox, Script, w1, w2, w4
from freshdesk_core.sandbox.account import Account
from freshdesk_core.sandbox.application import Asked
from freshdesk_core.sandbox.desks import Desk
from freshdesk_core.sandbox.deskwork import Shares, written
from freshdesk_core.sandbox.meanwhile import AT_REST
from freshdesk_core.store import schema
from tests.importing.inflow import DAY, Inflow, inflow
from tests.importing.plain_recount import recount, thread_of
from tests.importing.programs import ended, start, wait_for
from tests.importing.wires import Time, complete

# Whole worlds: too long to do on every database.
pytestmark = pytest.mark.sqlite

LISTS = "/api/v2/tickets"
SMALL = [pytest.param(lambda: w1(size=0.1), id="W1/10"), pytest.param(lambda: w4(others=20), id="W4")]
WHOLE = [pytest.param(w1, id="W1"), pytest.param(w2, id="W2"), pytest.param(w4, id="W4 alone")]


def lists(asked: Iterable[Asked]) -> list[str]:
    """The queries of all ticket lists, the one for the newest id apart."""
    return [one.query for one in asked if one.path == LISTS and "per_page=100" in one.query]


def by_stream(queries: Iterable[str]) -> Counter[str]:
    return Counter(query.partition("filter=")[2] for query in queries)


def page_of(query: str) -> int:
    return int(query.partition("&page=")[2].partition("&")[0])


def prove_tickets(here: Inflow, account: Account) -> None:
    """Every ticket of the account is here in its last state, and none that it never had."""
    mine = {row["ticket_id"]: row for row in here.rows(schema.tickets)}
    truth = {ticket.id: ticket for ticket in account.tickets.values() if not ticket.archived}
    assert truth.keys() - mine.keys() == set(), "lost"
    assert mine.keys() - truth.keys() == set(), "phantom"
    for id_, ticket in truth.items():
        row = mine[id_]
        assert (row["updated_at"], row["group_id"], row["status"], row["spam"], row["deleted"]) == (
            *(ticket.updated_at, ticket.group_id, ticket.status),
            *(ticket.spam, ticket.deleted),
        )


def prove_contacts(here: Inflow, account: Account) -> None:
    """Each queue has as many as a plain recount gives it."""
    contacts, _reasons, _rows = recount(account)
    assert here.by_queue() == Counter(queue for queue, _quarter in contacts.elements())


def prove_all(here: Inflow, account: Account) -> None:
    """Tickets, conversations and contacts: lost, phantom and doubled are all none, and the accounts close."""
    prove_tickets(here, account)
    threads = {
        row.id: ticket.id
        for ticket in account.tickets.values()
        if not ticket.archived
        for row in thread_of(account, ticket)
    }
    assert {row["conversation_id"]: row["ticket_id"] for row in here.rows(schema.conversations)} == threads
    prove_contacts(here, account)
    contacts, reasons, rows = recount(account)
    closed = here.complete(use_shortcut=False).accounts
    assert closed.excluded == dict(reasons)
    assert closed.tickets + closed.conversations == sum(rows.values())
    assert sum(rows.values()) == sum(contacts.values()) + sum(reasons.values())


def import_whole(home: Path, desk: Desk) -> None:
    with Sandbox(desk, plan="unlimited") as sandbox, inflow(home, sandbox) as here:
        here.complete(use_shortcut=False)
        prove_all(here, sandbox.truth())
        assert max(page_of(query) for query in lists(sandbox.requests)) < 300


@pytest.mark.parametrize("make", SMALL)
def test_a_clean_import_has_everything_once(tmp_path: Path, make: Callable[[], Desk]) -> None:
    import_whole(tmp_path, make())


@pytest.mark.nightly
@pytest.mark.parametrize("make", WHOLE)
def test_a_clean_import_of_a_whole_world_has_everything_once(
    tmp_path: Path, make: Callable[[], Desk]
) -> None:
    import_whole(tmp_path, make())


def digests(folder: Path, sandbox: Sandbox) -> list[str]:
    """What three processes make of the same account, each with other hashes."""
    found = []
    for seed in ("0", "1", "4294967295"):
        with inflow(folder / seed, sandbox) as here:
            code, _out, _told = ended(start(folder / seed, "import", PYTHONHASHSEED=seed))
            assert code == 0
            found.append(here.digest())
    return found


def test_no_figure_hangs_on_the_order_of_a_set(tmp_path: Path) -> None:
    """Python deals hashes anew for each process; three seeds, one digest."""
    desk = Desk(
        written(3, w4().ends_at, 60, 120, 300, Shares(trashed=0.03, gone=0.02), bulk=30), 60, AT_REST, 3
    )
    with Sandbox(desk, plan="unlimited") as sandbox:
        assert len(set(digests(tmp_path, sandbox))) == 1


@pytest.mark.nightly
@pytest.mark.parametrize("make", [*SMALL, *WHOLE])
def test_no_figure_of_a_whole_world_hangs_on_the_order_of_a_set(
    tmp_path: Path, make: Callable[[], Desk]
) -> None:
    with Sandbox(make(), plan="unlimited") as sandbox:
        assert len(set(digests(tmp_path, sandbox))) == 1


def test_importing_again_costs_next_to_nothing(tmp_path: Path) -> None:
    """Nothing changed: at most 6 calls, 3 lists a stream, no row. One ticket changed: at most 9 calls."""
    desk = w1(size=0.1)
    desk.set_rate(AT_REST, desk.present)
    with Sandbox(desk, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        before, asked = here.dump(), len(sandbox.requests)
        assert here.complete().calls <= 6
        assert here.dump() == before
        assert max(by_stream(lists(sandbox.requests[asked:])).values()) <= 3
        prove_tickets(here, sandbox.truth())

        for turn in range(1, 6):
            sandbox.move_to(desk.present + 300 * turn)
            desk.edit(1, sandbox.now() - 60)
            assert here.complete().calls <= 9
        prove_tickets(here, sandbox.truth())


# Edits while paging

GROWTH_LISTS_A_MINUTE = 20
PAGES_OF_5000 = 50


def edited_while_paging(home: Path, seed: int, per_hour: int, tickets: int) -> None:
    """The desk works while the importer reads at the Growth plan's pace, as long as 5,000 tickets take.

    The sandbox's clock goes on with each call, so that nobody waits. What was there when the listing began is
    there after this very import; after the next one, with the desk at rest, everything is.
    """
    pages = -(-tickets // 100)
    pace = 60 / GROWTH_LISTS_A_MINUTE * PAGES_OF_5000 / pages
    events = written(seed, w4().ends_at, 350, tickets, tickets // 5, Shares(trashed=0.03, spam=0.02), bulk=0)
    desk = Desk(events, 350, AT_REST, seed)
    faults = f"edits={per_hour}/h,pace={pace}s~tickets\\?,pace=300ms~conversations"
    with Sandbox(desk, plan="unlimited") as sandbox, inflow(home, sandbox) as here:
        there = set(sandbox.truth().tickets)
        sandbox.faults = Faults(faults, seed=seed)
        here.complete()
        assert sandbox.now() - desk.present >= 60 * 2.5
        assert there - {row["ticket_id"] for row in here.rows(schema.tickets)} == set()
        sandbox.faults.off()
        edited = {id_ for id_, ticket in sandbox.truth().tickets.items() if ticket.updated_at >= desk.present}
        assert len(edited) >= per_hour * 150 // 3600 // 2
        sandbox.let_pass(300)
        here.complete()
        prove_tickets(here, sandbox.truth())


@pytest.mark.parametrize("per_hour", [60, 600, 3_600])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_edits_while_paging_lose_nothing(tmp_path: Path, seed: int, per_hour: int) -> None:
    edited_while_paging(tmp_path, seed, per_hour, 500)


@pytest.mark.nightly
@pytest.mark.parametrize("per_hour", [60, 600, 3_600])
@pytest.mark.parametrize("seed", range(20))
def test_edits_while_paging_5000_tickets_lose_nothing(tmp_path: Path, seed: int, per_hour: int) -> None:
    edited_while_paging(tmp_path, seed, per_hour, 5_000)


# Many tickets in one second

NOW = "2026-03-10T12:00:00Z"


@pytest.mark.parametrize("number", [180, 500, 1_230])
@pytest.mark.parametrize("edited_at", [2, 4])
def test_a_bulk_second_on_the_border_of_the_window_with_an_edit_meanwhile(
    tmp_path: Path, number: int, edited_at: int
) -> None:
    """The second listing begins in the very second that the tickets share; meanwhile one is changed."""
    script = Script(now=NOW)
    bulk = [script.ticket(at=script.now - OVERLAP_SECONDS) for _ in range(number)]
    last = script.ticket()
    lists_to_come: list[int] = []

    def work(_method: str, path: str) -> None:
        if path == LISTS and lists_to_come and lists_to_come.pop() == 1:
            script.now += 1
            script.bump(bulk[number // 2], tag="meanwhile")

    with Sandbox(script, plan="unlimited", on_request=work) as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        script.now += 60
        script.bump(last, tag="later")
        lists_to_come += range(1, edited_at + 1)
        asked = len(sandbox.requests)
        here.complete()
        listed = lists(sandbox.requests[asked:])
        assert f"updated_since={as_moment(script.at(NOW).now - OVERLAP_SECONDS)}" in listed[0]
        assert not lists_to_come
        assert by_stream(listed)[""] <= 3 * -(-(number + 1) // 100)

        prove_tickets(here, script.at(script.now))
        assert here.complete().calls <= 3 * -(-(number + 1) // 100) + 4


def test_a_bulk_change_before_a_quiet_night_is_listed_for_a_while_and_no_longer(tmp_path: Path) -> None:
    """400 tickets change in a minute, then the phones are silent; lists are ten minutes behind."""
    script = Script(now=NOW)
    tickets = [script.ticket(at="2026-03-09") for _ in range(400)]
    with (
        Sandbox(script, plan="unlimited", faults="lag=10m") as sandbox,
        inflow(tmp_path, sandbox) as here,
    ):
        here.complete()
        for n, ticket in enumerate(tickets):
            script.bump(ticket, at=script.now + n * 60 // 400, tag="bulk")
        spent = []
        for _poll in range(14):
            script.now += 300
            spent.append(here.complete().calls)
        assert max(spent) >= 9
        assert spent[-6:] == [6] * 6

        late = script.ticket(at=script.now - 1_000)  # 600 s late by the lag, and 400 more
        script.now += 300
        here.complete()
        assert late in {row["ticket_id"] for row in here.rows(schema.tickets)}
        prove_tickets(here, script.at(script.now - 600))


@pytest.mark.parametrize("skew", ["10m", "-10m", "missing"])
def test_a_change_that_the_list_shows_late_is_found_whatever_the_server_s_clock_says(
    tmp_path: Path, skew: str
) -> None:
    """Polls every five minutes; some changes show at once, others only when younger ones were listed."""
    script = Script(now=NOW)
    tickets = [script.ticket(at="2026-03-09") for _ in range(30)]
    with (
        Sandbox(script, plan="unlimited", faults=f"skew={skew},lag=1m") as sandbox,
        inflow(tmp_path, sandbox) as here,
    ):
        for poll in range(12):
            script.now += 300
            script.bump(tickets[poll], at=script.now - 61, tag="at once")
            here.complete()
            script.bump(tickets[poll + 12], at=script.now - 700, tag="late")
        for _ in range(2):
            script.now += 300
            here.complete()
        prove_tickets(here, script.at(script.now))


# The wall at the last page


def test_an_account_with_more_pages_than_freshdesk_lists(tmp_path: Path) -> None:
    """Twelve pages of tickets behind a wall at the third: nothing is lost, and nothing asked beyond it."""
    with (
        Sandbox(w1(size=0.1), plan="unlimited", faults="last-page=3") as sandbox,
        inflow(tmp_path, sandbox) as here,
    ):
        here.complete()
        prove_tickets(here, sandbox.truth())
        assert {page_of(query) for query in lists(sandbox.requests)} == {1}
        assert by_stream(lists(sandbox.requests))[""] >= 12


@pytest.mark.nightly
def test_w2_lists_past_page_300(tmp_path: Path) -> None:
    with Sandbox(w2(), plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        prove_tickets(here, sandbox.truth())
        queries = lists(sandbox.requests)
        assert by_stream(queries)[""] > 310
        assert sum(page_of(query) > 300 for query in queries) == 0
        assert {one.status for one in sandbox.requests if one.path == LISTS} == {200}


def more_than_is_listed(home: Path, number: int, last_page: int, faults: str) -> None:
    """One second holds more tickets than Freshdesk lists: told by a typed error, settled by the audit."""
    script = Script(now=NOW)
    before = [script.ticket(at="2026-03-08") for _ in range(5)]
    second = script.now - 2 * 3600
    for _ in range(number):
        script.ticket(at=second)
    after = [script.ticket(at=second + 60) for _ in range(5)]
    script.reply(after[0], at=second + 90)
    with Sandbox(script, plan="unlimited", faults=faults) as sandbox, inflow(home, sandbox) as here:
        outcome = here.run()
        assert outcome.outcome == "failed"
        assert isinstance(outcome.error, ListingTruncated)
        assert (outcome.error.second, outcome.error.figures["pages"]) == (second, last_page)
        mine = {row["ticket_id"] for row in here.rows(schema.tickets)}
        assert {*before, *after} <= mine
        assert len(mine) == 10 + 100 * last_page
        assert here.by_queue()["CustomerService email Replies"] == 1
        beyond = [query for query in lists(sandbox.requests) if page_of(query) > last_page]
        assert len(beyond) <= 1
        (proven,) = here.rows(schema.integrations)
        assert (proven["tickets_from"], proven["first_import_ended_at"]) == (second + 1, None)

        script.now += 1200
        here.complete()
        (proven,) = here.rows(schema.integrations)
        assert proven["tickets_from"] == second + 1
        assert here.audit().found == number - 100 * last_page
        prove_tickets(here, script.at(script.now))
        assert here.by_queue()["CustomerService email Tickets"] == number + 10
        (proven,) = here.rows(schema.integrations)
        assert proven["tickets_from"] < second
        assert here.complete().calls <= 6


def test_a_second_with_more_tickets_than_freshdesk_lists(tmp_path: Path) -> None:
    more_than_is_listed(tmp_path, 420, 3, "last-page=3")


@pytest.mark.nightly
def test_a_second_with_more_than_30000_tickets(tmp_path: Path) -> None:
    more_than_is_listed(tmp_path, 30_700, 300, "")


# Where a listing begins


def test_the_first_list_on_the_wire_asks_for_all_times(tmp_path: Path) -> None:
    """A ticket of three years ago, with the default window of 30 days, is there."""
    script = Script(now=NOW)
    oldest = script.ticket(at=script.now - 3 * 365 * DAY)
    script.ticket()
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        asked = [one.query for one in sandbox.requests if one.path == LISTS]

        assert "updated_since=2000-01-01T00:00:00Z" in asked[0]
        assert all("updated_since=" in query for query in asked)
        assert oldest in {row["ticket_id"] for row in here.rows(schema.tickets)}


FAR = 32_503_680_000  # the year 3000


@pytest.mark.parametrize(
    ("stream", "place"),
    [
        pytest.param("default", {"updated_at": FAR}, id="the year 3000"),
        pytest.param("spam", {"updated_at": FAR}, id="the year 3000 for spam"),
        pytest.param("default", {"updated_at": 10**17}, id="no date at all"),
        pytest.param("default", {"updated_at": -5}, id="before all time"),
        pytest.param("deleted", {"updated_at": "garbage"}, id="garbage"),
        pytest.param("default", {"listed_at": "garbage"}, id="garbage in its time"),
    ],
)
def test_a_place_that_cannot_be_true_is_refused_with_a_cure(
    tmp_path: Path, stream: str, place: dict[str, object]
) -> None:
    """Not taken for "nothing new": the run fails, and the next one, as it says, lists everything anew."""
    script = Script(now=NOW)
    for _ in range(3):
        script.ticket()
        script.ticket(spam=True)
        script.trash(script.ticket())
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        with here.store.write() as connection:
            values = ", ".join(f"{name} = '{value}'" for name, value in place.items())
            connection.exec_driver_sql(f"UPDATE cursors SET {values} WHERE stream = '{stream}'")
        script.now += 3600
        fresh = [script.ticket(), script.ticket(spam=True)]

        outcome = here.run()

        assert outcome.outcome == "failed"
        assert isinstance(outcome.error, StoreError)
        assert outcome.error.error_code == "cursor-unusable"
        assert stream in str(outcome.error)
        assert "Run the import again" in str(outcome.error)
        assert set(fresh).isdisjoint(row["ticket_id"] for row in here.rows(schema.tickets))
        assert here.complete().new_contacts == 2
        prove_tickets(here, script.at(script.now))


# One very long thread


def test_a_thread_of_fifty_pages_survives_a_kill_and_holds_up_no_other(tmp_path: Path) -> None:
    """Killed at its 30th page: all others were read and saved meanwhile; only the long one is read again."""
    desk = w4(others=60)
    long = f"{LISTS}/1/conversations"
    faults = "slow=10m@30~tickets/1/conversations"
    with Sandbox(desk, plan="unlimited", faults=faults) as sandbox, inflow(tmp_path, sandbox) as here:
        process = start(tmp_path, "import")
        wait_for(lambda: sandbox.faults.used["slow"], 60)

        def due() -> list[int]:
            return [row["ticket_id"] for row in here.rows(schema.tickets) if row["is_thread_due"]]

        wait_for(lambda: due() == [1], 60)
        process.kill()
        process.communicate()
        assert 1 not in {row["ticket_id"] for row in here.rows(schema.conversations)}
        sandbox.faults.off()

        asked = len(sandbox.requests)
        here.complete()
        again = [one.path for one in sandbox.requests[asked:] if one.path.endswith("/conversations")]
        assert Counter(again) == {long: 102}  # 50 pages and what is behind them, twice
        assert len(lists(sandbox.requests[asked:])) <= 9
        prove_contacts(here, sandbox.truth())
        assert sum(row["ticket_id"] == 1 for row in here.rows(schema.conversations)) == 5_000


def long_thread(rows: int) -> tuple[Script, list[int]]:
    """A ticket with so many replies."""
    script = Script(now="2026-03-10T12:00:00Z")
    ticket = script.ticket(at="2026-03-08")
    return script, [script.reply(ticket, at=script.now - DAY + 60 * number) for number in range(rows)]


def test_a_page_of_a_thread_that_comes_twice_hides_no_reply(tmp_path: Path) -> None:
    script, rows = long_thread(250)
    with (
        Sandbox(script, plan="unlimited", faults="repeat-page@2~conversations") as sandbox,
        inflow(tmp_path, sandbox) as here,
    ):
        assert complete(here, Time()).accounts.counted_replies == len(rows)
        assert sandbox.faults.used["repeat-page"] == 1


def test_a_reply_deleted_between_two_pages_of_its_thread_hides_no_other(tmp_path: Path) -> None:
    """All behind it slide one place to the front, over the border of the page that is read next."""
    script, rows = long_thread(250)
    asked = []

    def work(_method: str, path: str) -> None:
        asked.append(path)
        if sum(one.endswith("/conversations") for one in asked) == 2:
            script.now += 1
            script.remove(rows[3])

    with Sandbox(script, plan="unlimited", on_request=work) as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        found = {row["conversation_id"] for row in here.rows(schema.conversations)}
    assert found | {rows[3]} == set(rows)


def test_a_sweep_of_a_bulk_second_believes_no_page_that_came_before(tmp_path: Path) -> None:
    """500 tickets changed in one second; their third page is the second one whenever it is asked first."""
    script = Script(now="2026-03-10T12:00:00Z")
    for _ in range(500):
        script.ticket(at=script.now - 7_200)
    faults = r"repeat-page~tickets\?.*page=3"
    with Sandbox(script, plan="unlimited", faults=faults) as sandbox, inflow(tmp_path, sandbox) as here:
        assert complete(here, Time()).accounts.tickets == 500
        assert sandbox.faults.used["repeat-page"] >= 2


def test_a_thread_of_fifty_pages_takes_little_memory(tmp_path: Path) -> None:
    with Sandbox(w4(), plan="unlimited") as sandbox:
        server = Server(sandbox.domain, sandbox.api_key)
        first, again = (importer.run(server, tmp_path, 2, shortcut=False) for _ in range(2))

    assert first.conversations == 5_000
    assert first.peak_megabytes - again.peak_megabytes <= 150
