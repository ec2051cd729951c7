"""Threads of several pages: what happens to them while they are read hides none of their rows."""

from collections.abc import Callable

import pytest

from freshdesk_core.api import Freshdesk
from freshdesk_core.errors import BadAnswer
from tests.api.fakes import FakeFreshdesk, Question, Scripted, answer
from tests.api.rows import CANARY, conversation


class Threaded:
    """A thread on a server, worked on between two questions."""

    def __init__(self, server: FakeFreshdesk, rows: int, work: Callable[["Threaded"], None] | None = None):
        self.ids, self.asked, self.links = list(range(1, rows + 1)), 0, True
        self._work = work
        server.rule = self._answer

    def _answer(self, question: Question) -> Scripted:
        self.asked += 1
        shown = self.page(int(question.query.get("page", 1)))
        more = len(self.ids) > 100 * int(question.query.get("page", 1))
        headers = {"Link": '<x>; rel="next"'} if more and self.links else {}
        reply = answer([conversation(number) for number in shown], **headers)
        if self._work:
            self._work(self)
        return reply

    def page(self, number: int) -> list[int]:
        return self.ids[100 * (number - 1) : 100 * number]


def _ids(freshdesk: Freshdesk) -> list[int]:
    return sorted(row.id for row in freshdesk.conversations(1))


@pytest.mark.parametrize(("rows", "asked"), [(0, 1), (1, 1), (99, 1), (100, 2), (101, 4), (250, 6), (300, 8)])
@pytest.mark.parametrize("links", [True, False])
def test_a_thread_of_one_page_is_read_once_and_a_longer_one_twice(
    server: FakeFreshdesk, freshdesk: Freshdesk, rows: int, asked: int, links: bool
) -> None:
    """Behind a full page there may be more, whatever the link says."""
    thread = Threaded(server, rows)
    thread.links = links

    assert _ids(freshdesk) == list(range(1, rows + 1))
    assert thread.asked == asked


@pytest.mark.parametrize("turn", range(1, 7))
def test_a_row_deleted_between_two_pages_hides_no_other(
    server: FakeFreshdesk, freshdesk: Freshdesk, turn: int
) -> None:
    def work(thread: Threaded) -> None:
        if thread.asked == turn:
            thread.ids.remove(4)

    thread = Threaded(server, 250, work)

    found = _ids(freshdesk)

    assert set(found) - {4} == set(range(1, 251)) - {4}
    assert thread.asked <= 12


def test_the_last_row_slides_over_the_border_where_no_page_shows_it(
    server: FakeFreshdesk, freshdesk: Freshdesk
) -> None:
    """The second page is empty then: as if the thread had ended with the first."""

    def work(thread: Threaded) -> None:
        if thread.asked == 1:
            thread.ids.remove(4)

    Threaded(server, 101, work)

    assert _ids(freshdesk) == [1, 2, 3, *range(5, 102)]


@pytest.mark.parametrize("newest_first", [True, False])
def test_a_reply_that_comes_between_two_pages_needs_no_third_sweep(
    server: FakeFreshdesk, freshdesk: Freshdesk, newest_first: bool
) -> None:
    """It may push a row onto a page on which nothing else stands: known, and no page that came before."""

    def work(thread: Threaded) -> None:
        if thread.asked == 1:
            thread.ids.insert(0 if newest_first else len(thread.ids), 1_000)

    thread = Threaded(server, 100, work)

    assert set(_ids(freshdesk)) >= set(range(1, 101))
    assert thread.asked <= 4


@pytest.mark.parametrize("page", [2, 3])
def test_a_page_that_comes_twice_is_asked_for_again(
    server: FakeFreshdesk, freshdesk: Freshdesk, page: int
) -> None:
    thread = Threaded(server, 250)
    plain, spoilt = thread.page, []

    def page_of(number: int) -> list[int]:
        if number == page and not spoilt:
            spoilt.append(number)
            return plain(number - 1)
        return plain(number)

    thread.page = page_of  # type: ignore[method-assign]

    assert _ids(freshdesk) == list(range(1, 251))
    assert thread.asked == 7


@pytest.mark.parametrize(("page", "shown"), [(2, 1), (3, 1), (3, 2)])
def test_a_page_that_always_is_an_earlier_one_is_no_end(
    server: FakeFreshdesk, freshdesk: Freshdesk, page: int, shown: int
) -> None:
    thread = Threaded(server, 350)
    plain = thread.page
    thread.page = lambda number: plain(shown if number == page else number)  # type: ignore[method-assign]

    with pytest.raises(BadAnswer, match="a page that came before") as refused:
        freshdesk.conversations(1)

    assert refused.value.figures["path"] == "/api/v2/tickets/1/conversations"
    assert CANARY not in str(refused.value)


def test_a_list_without_an_end_is_no_list(
    server: FakeFreshdesk, freshdesk: Freshdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("freshdesk_core.api.whole.MOST_PAGES", 5)
    thread = Threaded(server, 501)

    with pytest.raises(BadAnswer, match="more than 5 pages"):
        freshdesk.conversations(1)
    assert thread.asked == 5
    thread.ids.pop()
    thread.ids.pop()
    assert len(_ids(freshdesk)) == 499


def test_a_thread_from_which_somebody_deletes_all_the_time_is_given_up(
    server: FakeFreshdesk, freshdesk: Freshdesk
) -> None:
    def work(thread: Threaded) -> None:
        thread.ids.pop(0)

    thread = Threaded(server, 250, work)

    with pytest.raises(BadAnswer, match="changes whenever it is read") as refused:
        freshdesk.conversations(1)
    assert thread.asked <= 30
    assert refused.value.figures["domain"] == freshdesk.domain
