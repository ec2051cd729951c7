"""A list without a cursor, read whole, page by page, so that no row deleted meanwhile hides another.

Threads have nothing but page numbers. When a row of a page that was read is deleted, all behind it slide one
place to the front, and one slides over the border of the page that is read next. So a list of several pages
is read again until everything that one sweep brought is met by the next: then nothing was deleted during
the first of them, and it missed nothing.
"""

from collections.abc import Callable
from typing import Protocol, TypeVar

from freshdesk_core.api.calls import Reply
from freshdesk_core.api.met import Met
from freshdesk_core.errors import BadAnswer

PER_PAGE = 100
# Longer lists than any account has: a server that makes up rows must not keep us for ever.
MOST_PAGES = 500
# More deletions, one in each sweep, than anybody makes while a thread is read.
MOST_SWEEPS = 10


class _Row(Protocol):
    @property
    def id(self) -> int:
        """Unique in its list."""


Row = TypeVar("Row", bound=_Row)
Ask = Callable[[str, Callable[[object], list[Row]]], Reply[list[Row]]]


def read_whole(ask: Ask[Row], read: Callable[[object], list[Row]]) -> dict[int, Row]:
    """Read all pages.

    Args:
        ask: Asks the list; takes the encoded query and the reader of the answer.
        read: Reads one answer.

    Returns:
        The rows by id, in no promised order.

    Raises:
        BadAnswer: The list does not end, does not hold still, or one of its pages comes again and again.
        ApiError: Freshdesk did not answer.
    """
    found, is_one_page = _sweep(ask, read)
    if is_one_page:
        return found
    for _ in range(MOST_SWEEPS - 1):
        before = found.keys()
        found, _ = _sweep(ask, read)
        if before <= found.keys():
            return found
    raise _bad("a list that changes whenever it is read")


def _sweep(ask: Ask[Row], read: Callable[[object], list[Row]]) -> tuple[dict[int, Row], bool]:
    """Turn the pages once; tell also whether there was but one."""
    found: dict[int, Row] = {}
    met: Met[Row] = Met(lambda row: row.id, PER_PAGE)
    had_next = False

    def read_next(answer: object) -> list[Row]:
        return met.refuse_repeated(read(answer))

    for page in range(1, MOST_PAGES + 1):
        query = f"per_page={PER_PAGE}" if page == 1 else f"per_page={PER_PAGE}&page={page}"
        reply = ask(query, read_next)
        rows = reply.content
        found |= {row.id: row for row in rows}
        met.add(rows)
        # ``Link`` alone is not believed: behind a full page there may be more.
        if not rows or (len(rows) < PER_PAGE and not reply.has_next):
            return found, page == 1 or (page == 2 and not rows and not had_next)
        had_next = reply.has_next
    raise _bad(f"a list of more than {MOST_PAGES} pages")


def _bad(cause: str) -> BadAnswer:
    return BadAnswer(domain="", path="", cause=cause)
