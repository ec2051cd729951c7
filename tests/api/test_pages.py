"""No edit made while we page hides a ticket; no tie ends or repeats the listing for ever."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freshdesk_core.api.calls import Reply
from freshdesk_core.api.pages import EARLIEST, Listing, TicketPage
from freshdesk_core.errors import BadAnswer, ListingTruncated
from tests.api.fakes import Question, Scripted, answer
from tests.api.rows import ticket

START = 1_770_000_000


@cache
def iso(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


class Account:
    """A ticket list as Freshdesk keeps it; agents work on it between two questions."""

    def __init__(self, updated_at: dict[int, int], work: Callable[["Account"], None] | None = None) -> None:
        self.updated_at, self.work, self.edits = dict(updated_at), work, 0
        self.asked: list[dict[str, str]] = []
        self.now = max(updated_at.values(), default=START)
        self.lead = 0  # how long ago the last edit before the listing was, in seconds

    def edit(self, ticket_id: int, after: int = 1) -> None:
        self.now += after
        self.edits += 1
        self.updated_at[ticket_id] = self.now

    def trash(self, ticket_id: int) -> None:
        self.updated_at.pop(ticket_id, None)

    def rows(self, query: dict[str, str]) -> list[dict[str, Any]]:
        """The page asked for, as of now."""
        since, page, size = query["updated_since"], int(query["page"]), int(query["per_page"])
        listed = sorted((at, number) for number, at in self.updated_at.items() if iso(at) >= since)
        return [
            ticket(
                number, iso(at), created_at=iso(START), stats={"closed_at": iso(at), "turn": self.edits * 0}
            )
            for at, number in listed[(page - 1) * size : page * size]
        ]

    def ask(self, encoded: str, read: Callable[[object], Any]) -> Reply[Any]:
        """Stands for the client: answers, and then the agents go on working."""
        query = {name: values[0] for name, values in parse_qs(encoded).items()}
        self.asked.append(query)
        rows = self.rows(query)
        size, page = int(query["per_page"]), int(query["page"])
        listed = sum(iso(at) >= query["updated_since"] for at in self.updated_at.values())
        reply = Reply(read(rows), self.now + self.lead, listed > size * page)
        if self.work:
            self.work(self)
        return reply

    def listing(self, per_page: int) -> Listing:
        return Listing(self.ask, None, per_page)


def missing(account: Account, pages: list[TicketPage], of: set[int]) -> set[int]:
    return of - {row.id for page in pages for row in page.rows}


def test_the_first_question_has_all_that_the_default_would_leave_out():
    account = Account({1: START})

    list(account.listing(100).pages(0))

    assert account.asked == [
        {
            "updated_since": "2000-01-01T00:00:00Z",
            "order_by": "updated_at",
            "order_type": "asc",
            "per_page": "100",
            "page": "1",
            "include": "stats",
        }
    ]
    assert EARLIEST == 946684800


def test_an_empty_account_is_one_page():
    assert list(Account({}).listing(100).pages(0)) == [TicketPage([], START, None, True)]


def test_pages_go_on_from_the_last_rows_second_and_give_each_row_once():
    account = Account({number: START + number // 3 for number in range(1, 251)})

    pages = list(account.listing(100).pages(START))

    assert [row.id for page in pages for row in page.rows] == list(range(1, 251))
    assert [page.is_last for page in pages] == [False, False, True]
    assert [page.cursor for page in pages] == [START + 33, START + 66, START + 83]
    assert {query["page"] for query in account.asked} == {"1"}
    assert [query["updated_since"] for query in account.asked] == [
        iso(START),
        iso(START + 33),
        iso(START + 66),
    ]


def test_a_cursor_is_always_a_rows_own_time():
    """Our clock and the server's never meet in it."""
    account = Account({number: START + number for number in range(1, 30)})
    times = set(account.updated_at.values())

    assert {page.cursor for page in account.listing(10).pages(0)} <= times


@settings(max_examples=150, deadline=None)
@given(
    ties=st.lists(st.integers(1, 12), min_size=1, max_size=25),
    per_page=st.integers(1, 6),
    edits=st.lists(st.lists(st.tuples(st.integers(1, 300), st.integers(-1, 3)), max_size=3), max_size=40),
    lead=st.sampled_from([0, 3600]),
)
def test_no_row_is_lost_while_agents_edit_and_trash(ties, per_page, edits, lead):
    """Every ticket comes, and comes in its last state, whatever is edited or trashed between two pages.

    What is edited in the very second that was read last is left to the next listing, which overlaps.
    """
    updated_at: dict[int, int] = {}
    for second, count in enumerate(ties):
        for _ in range(count):
            updated_at[len(updated_at) + 1] = START + second
    turns = iter(edits)

    def work(account: Account) -> None:
        for number, after in next(turns, []):
            ticket_id = 1 + number % len(updated_at)
            if after < 0:
                account.trash(ticket_id)
            elif ticket_id in account.updated_at:
                account.edit(ticket_id, after)

    account = Account(updated_at, work)
    account.lead = lead

    pages = list(account.listing(per_page).pages(0))

    assert missing(account, pages, set(account.updated_at)) == set()
    last = {row.id: row.updated_at for page in pages for row in page.rows}
    shown = {number: at for number, at in account.updated_at.items() if at < max(last.values(), default=0)}
    assert {number: last[number] for number in shown} == shown


@settings(max_examples=100, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 9), min_size=1, max_size=12), per_page=st.integers(1, 5), seed=st.randoms()
)
def test_ties_dealt_in_any_order_still_end_and_repeat_nothing(sizes, per_page, seed):
    """Freshdesk promises no order among rows of one second."""
    updated_at = {}
    for second, count in enumerate(sizes):
        updated_at |= {len(updated_at) + 1 + number: START + second for number in range(count)}
    account = Account(updated_at)
    ranks = {number: seed.random() for number in updated_at}
    plain_rows = account.rows

    def shuffled(query: dict[str, str]) -> list[dict[str, Any]]:
        everything = plain_rows(query | {"page": "1", "per_page": "1000"})
        everything.sort(key=lambda row: (row["updated_at"], ranks[row["id"]]))
        size, page = int(query["per_page"]), int(query["page"])
        return everything[(page - 1) * size : page * size]

    account.rows = shuffled

    given_rows = [row.id for page in account.listing(per_page).pages(0) for row in page.rows]

    assert sorted(given_rows) == sorted(updated_at)


@pytest.mark.parametrize("count", [180, 500, 1230])
@pytest.mark.parametrize("edit_at", [None, 1, 2, 3, 5, 9])
def test_a_bulk_second_with_an_edit_meanwhile(count, edit_at):
    """Nothing is lost, and it costs at most two more calls per page of a hundred rows."""
    updated_at = dict.fromkeys(range(1, count + 1), START)
    updated_at |= {count + number: START + number for number in range(1, 51)}

    def work(account: Account) -> None:
        if len(account.asked) == edit_at:
            account.edit(50)

    account = Account(updated_at, work)
    account.lead = 3600

    pages = list(account.listing(100).pages(START))

    assert missing(account, pages, set(updated_at)) == set()
    assert len(account.asked) <= 3 * -(-len(updated_at) // 100)


def test_a_second_as_long_as_the_list_ends():
    account = Account(dict.fromkeys(range(1, 201), START))

    pages = list(account.listing(100).pages(START))

    assert sum(len(page.rows) for page in pages) == 200
    assert pages[-1].is_last


def test_a_second_change_within_one_second_is_reported():
    """``updated_at`` is the same, the stats are not."""
    account = Account({number: START + number for number in range(1, 16)})
    plain_rows = account.rows

    def rows(query: dict[str, str]) -> list[dict[str, Any]]:
        turn = len(account.asked)
        return [row | {"stats": {"turn": turn if row["id"] == 10 else 0}} for row in plain_rows(query)]

    account.rows = rows

    met = [row.id for page in account.listing(10).pages(0) for row in page.rows]

    assert met.count(10) == 2
    assert len(met) == 16


def test_rows_repeated_inside_a_page_come_once():
    account = Account({number: START + number for number in range(1, 6)})
    plain_rows = account.rows
    account.rows = lambda query: [row for row in plain_rows(query) for _ in range(2)]

    assert [row.id for page in account.listing(100).pages(0) for row in page.rows] == [1, 2, 3, 4, 5]


def tied(count: int, *, lead: int = 0, after: int = 0) -> Account:
    """So many rows in one second, and some in a later one; the clock is so much ahead of both."""
    updated_at = dict.fromkeys(range(2, count + 2), START)
    updated_at |= {count + 1 + number: START + 9 for number in range(1, after + 1)}
    account = Account(updated_at)
    account.lead = lead
    return account


def turned(account: Account) -> list[tuple[str, int]]:
    return [(query["updated_since"], int(query["page"])) for query in account.asked]


def sweeps(number: int, pages: int) -> list[tuple[str, int]]:
    return number * [(iso(START), page) for page in range(1, pages + 1)]


@pytest.mark.parametrize(("stuck", "shown"), [(2, 1), (3, 1), (3, 2)])
def test_a_page_of_a_second_that_always_is_an_earlier_one_is_refused(stuck, shown):
    """Believed, it would hide the rows behind it, and the second would be called complete."""
    account = tied(45)
    plain_rows = account.rows
    account.rows = lambda query: plain_rows(
        query | {"page": str(shown)} if query["page"] == str(stuck) else query
    )

    with pytest.raises(BadAnswer, match="came before"):
        list(account.listing(10).pages(START))


def test_a_short_last_page_with_a_row_known_already_is_no_repeated_page():
    """A change shows late, in its old place, and pushes the others one place to the end."""
    account = tied(20)

    def work(working: Account) -> None:
        if len(working.asked) == 2:
            working.updated_at[1] = START

    account.work = work

    pages = list(account.listing(10).pages(START))

    assert missing(account, pages, set(range(1, 22))) == set()


@pytest.mark.parametrize("after", [0, 3])
def test_a_second_of_several_pages_is_swept_twice_and_every_page_tells_the_time(after):
    """Two sweeps to the last page, whatever later rows stand on it."""
    account = tied(45, lead=3600, after=after)

    pages = list(account.listing(10).pages(START))

    assert turned(account) == sweeps(2, 5)
    assert {page.served_at for page in pages} == {account.now + 3600}
    assert sum(len(page.rows) for page in pages) == 45 + after


def test_a_row_that_a_second_sweep_meets_first_asks_for_a_third():
    """Whose first page is enough: all of the first sweep was met again by then, and nothing new came."""
    account = tied(45, lead=3600)

    def work(working: Account) -> None:
        if len(working.asked) == 5:
            working.updated_at[1] = START

    account.work = work

    pages = list(account.listing(10).pages(START))

    assert missing(account, pages, set(range(1, 47))) == set()
    assert turned(account) == [*sweeps(2, 5), (iso(START), 1), (iso(START + 1), 1)]


def test_a_second_of_which_every_sweep_loses_a_row_ends_after_five_vain_ones():
    """No sweep is met again whole: one that found rows, then five that found none."""
    account = tied(30, after=15)

    def work(working: Account) -> None:
        if working.asked[-1]["page"] == "3":
            del working.updated_at[min(working.updated_at)]

    account.work = work

    pages = list(account.listing(10).pages(START))

    assert [page for since, page in turned(account) if since == iso(START)].count(1) == 6
    assert missing(account, pages, set(account.updated_at)) == set()


def test_page_301_is_never_asked():
    account = Account(dict.fromkeys(range(1, 602), START))

    with pytest.raises(ListingTruncated, match="page 300") as cut_off:
        list(account.listing(2).pages(0))
    assert cut_off.value.second == START
    assert cut_off.value.figures["moment"] == "2026-02-02 02:40:00 UTC"
    assert cut_off.value.figures["pages"] == 300
    assert max(int(query["page"]) for query in account.asked) == 300


def test_a_list_that_ignores_the_order_asked_for_is_refused():
    account = Account({number: START + number for number in range(1, 30)})
    plain_rows = account.rows
    account.rows = lambda query: plain_rows(query)[::-1]

    with pytest.raises(BadAnswer):
        list(account.listing(10).pages(0))


def test_one_row_that_overtook_the_query_is_no_disorder():
    account = Account({number: START + number for number in range(1, 26)})
    plain_rows = account.rows

    def rows(query: dict[str, str]) -> list[dict[str, Any]]:
        return [row | {"updated_at": iso(START + 99)} if row["id"] == 4 else row for row in plain_rows(query)]

    account.rows = rows

    pages = list(account.listing(10).pages(0))

    assert missing(account, pages, set(range(1, 26))) == set()


# Over the wire


def over_the_wire(account: Account) -> Callable[[Question], Scripted]:
    def rule(question: Question) -> Scripted:
        account.asked.append(question.query)
        rows = account.rows(question.query)
        reply = answer(rows, Date="Sun, 01 Mar 2026 10:00:00 GMT", X_RateLimit_Total="1000000.0")
        if account.work:
            account.work(account)
        return reply

    return rule


def test_three_thousand_tickets_over_the_wire_while_agents_edit(server, freshdesk):
    account = Account({number: START + number // 4 for number in range(1, 3001)})

    def work(working: Account) -> None:
        for step in range(20):
            working.edit(1 + (len(working.asked) * 97 + step * 31) % 3000)

    account.work = work
    server.rule = over_the_wire(account)

    met = set()
    for page in freshdesk.ticket_pages("default", 0):
        met |= {row.id for row in page.rows}
        assert page.served_at == 1772359200
        if len(account.asked) > 50:
            account.work = None  # or the list would never end

    assert met == set(range(1, 3001))


@pytest.mark.parametrize("stream", ["deleted", "spam"])
def test_the_other_streams_ask_their_filter_and_mark_their_rows(server, freshdesk, stream):
    server.answers([ticket(1, spam=False)])

    [page] = freshdesk.ticket_pages(stream, 0)

    assert server.asked[0].query["filter"] == stream
    assert getattr(page.rows[0], stream) is True


def test_the_ordinary_stream_asks_no_filter(server, freshdesk):
    server.answers([ticket(1)])

    [page] = freshdesk.ticket_pages("default", START)

    assert "filter" not in server.asked[0].query
    assert server.asked[0].query["updated_since"] == iso(START)
    assert (page.rows[0].spam, page.rows[0].deleted) == (False, False)


def test_freshdesks_own_word_that_the_pages_end_is_heard(server, freshdesk):
    rows = [ticket(number, iso(START)) for number in range(1, 101)]
    server.answers(rows)
    server.answers(
        {"description": "Validation failed", "errors": [{"field": "page", "code": "invalid_value"}]},
        status=400,
    )

    server.answers([ticket(101, iso(START + 7))])

    met: list[int] = []
    with pytest.raises(ListingTruncated, match="page 1") as cut_off:
        for page in freshdesk.ticket_pages("default", START):
            met += [row.id for row in page.rows]

    assert met == list(range(1, 102))
    assert cut_off.value.second == START
    asked = [(question.query["updated_since"], question.query["page"]) for question in server.asked]
    assert asked == [(iso(START), "1"), (iso(START), "2"), (iso(START + 1), "1")]


def test_tickets_out_of_order_are_asked_again(server, freshdesk):
    server.answers([ticket(1, iso(START - 50))])
    server.answers([ticket(1, iso(START + 50))])

    [page] = freshdesk.ticket_pages("default", START)

    assert page.cursor == START + 50
