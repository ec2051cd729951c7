"""Where a listing goes on: nothing is passed over, however late it shows and whatever the clocks say."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freshdesk_core.importing.place import OVERLAP_SECONDS, Place

# Nothing is stored here.
pytestmark = pytest.mark.sqlite

START = 1_770_000_000
PAGE = 5


class Desk:
    """Tickets that change, each change in the list some seconds late; listings that take their time."""

    def __init__(self, skew: int) -> None:
        self.now, self.skew = START, skew
        self.changes: list[tuple[int, int]] = []  # when, and from when on the list shows it
        self.met: set[int] = set()
        self.pages = 0
        self.place: Place | None = None

    def change(self, late: int) -> None:
        self.changes.append((self.now, self.now + late))

    def list(
        self, seconds_a_page: int, glitch: int = 0, *, pages: int = 1_000, changes_a_page: int = 0
    ) -> None:
        """List by keyset as an import does, from the place kept; perhaps killed after some pages."""
        before = self.place
        cursor = before.start if before else 0
        begun, last_row = 0, None
        for _ in range(pages):
            served_at = self.now + self.skew + glitch
            begun = begun or served_at
            shown = sorted((at, n) for n, (at, seen) in enumerate(self.changes) if at >= cursor)
            shown = [(at, n) for at, n in shown if self.changes[n][1] <= self.now]
            size = PAGE + sum(at == cursor for at, _n in shown)  # the ties of a second are swept
            page = shown[:size]
            self.met |= {n for _at, n in page}
            self.pages += 1
            is_last = len(page) == len(shown)
            last_row = page[-1][0] if page else last_row
            if last_row is not None:
                self.place = Place.reached(before, last_row, begun, served_at, is_last=is_last)
            if is_last:
                return
            cursor = page[-1][0]
            for _ in range(changes_a_page):
                self.now += 1
                self.change(late=0)
            self.now += seconds_a_page


DEEDS = st.one_of(
    st.tuples(st.just("change"), st.integers(0, OVERLAP_SECONDS), st.integers(1, 12)),
    st.tuples(st.just("wait"), st.integers(0, 2_000), st.just(0)),
    st.tuples(st.just("list"), st.integers(0, 400), st.integers(1, 30)),
)


@settings(max_examples=150, deadline=None)
@given(lives=st.lists(DEEDS, min_size=3, max_size=40), skew=st.sampled_from([0, 600, -600, 3_600, -5_000]))
def test_what_shows_late_is_met_as_long_as_it_is_not_later_than_the_overlap(
    lives: list[tuple[str, int, int]], skew: int
) -> None:
    """Freshdesk's clock may be off, a listing may last for an hour, or be killed after any page."""
    desk = Desk(skew)
    for kind, number, times in lives:
        if kind == "change":
            for _ in range(times):
                desk.change(number)
        elif kind == "wait":
            desk.now += number
        else:
            desk.list(number, pages=times)
    desk.now += OVERLAP_SECONDS
    desk.list(0)

    assert desk.met == set(range(len(desk.changes)))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    lives=st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 1_000), st.integers(-(10**9), 10**9)), max_size=30
    )
)
def test_no_clock_however_wrong_lets_a_listing_pass_over_what_shows_at_once(
    lives: list[tuple[int, int, int]],
) -> None:
    desk = Desk(0)
    for changes, seconds, glitch in lives:
        for _ in range(changes):
            desk.change(0)
        desk.now += seconds
        desk.list(3, glitch)
        desk.now += 1
        desk.change(0)
    desk.now += 1
    desk.list(0)

    assert desk.met == set(range(len(desk.changes)))


def test_a_listing_that_takes_longer_than_the_overlap_does_not_leave_late_rows_behind() -> None:
    """The desk changes nearly as much as each page brings: the listing ends half an hour after it began."""
    desk = Desk(skew=30)
    desk.change(late=850)
    desk.now += 10
    for _ in range(60):
        desk.change(late=0)
        desk.now += 1
    desk.list(30, changes_a_page=4)
    assert desk.now > START + 2 * OVERLAP_SECONDS
    assert 0 not in desk.met
    desk.list(30)

    assert desk.met == set(range(len(desk.changes)))


def test_a_bulk_change_before_a_quiet_night_is_listed_again_for_an_overlap_and_no_longer() -> None:
    desk, chance = Desk(skew=-7), random.Random(1)
    for _ in range(500):
        desk.change(late=chance.randrange(30))
    desk.now += 60
    spent = []
    for _poll in range(12):
        before = desk.pages
        desk.list(1)
        spent.append(desk.pages - before)
        desk.now += 300

    assert spent[4:] == [1] * 8


def test_a_row_dated_ahead_hides_nothing() -> None:
    """One ticket says it was changed next year; the place stays in the present."""
    place = Place.reached(None, START + 365 * 86_400, START, START, is_last=True)

    assert place == Place(START, START)


def test_where_freshdesk_tells_no_time_the_rows_alone_count() -> None:
    first = Place.reached(None, START, 0, 0, is_last=True)
    again = Place.reached(first, START, 0, 0, is_last=True)

    assert first == again == Place(START, None)
    assert first.start == START - OVERLAP_SECONDS
