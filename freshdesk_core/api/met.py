"""What one sweep over the pages of a list has met: a server that gives a page again is not believed."""

from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

from freshdesk_core.errors import BadAnswer

Row = TypeVar("Row")


class Met(Generic[Row]):
    """The rows of the pages read so far.

    A row may come again on the next page, where one was put in before it. A whole page of such rows is the
    same page once more: taken for the end, or for the next one, it would hide all that lies behind.

    Args:
        state: What makes a row the same row in the same state.
        per_page: Rows of a full page.
    """

    def __init__(self, state: Callable[[Row], Hashable], per_page: int) -> None:
        self._state, self._per_page = state, per_page
        self._met: set[Hashable] = set()
        self._last: set[Hashable] = set()

    def add(self, rows: Iterable[Row]) -> None:
        """Another page is taken."""
        self._last = {self._state(row) for row in rows}
        self._met |= self._last

    def refuse_repeated(self, rows: list[Row]) -> list[Row]:
        """Give the rows back; ``BadAnswer`` for a page that came before."""
        states = {self._state(row) for row in rows}
        is_repeated = bool(states) and states <= self._met
        if is_repeated and (len(rows) >= self._per_page or states == self._last):
            raise BadAnswer(domain="", path="", cause="a page that came before")
        return rows
