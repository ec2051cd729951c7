"""The ticket list, page by page, so that no edit made meanwhile can hide a ticket.

Page numbers over a list ordered by ``updated_at`` lose rows: a ticket that is edited moves to the end, and
all behind it slide one place to the front, over the border of a page that was read already. So we ask for
page 1 again and again, from the last row's ``updated_at`` on (keyset). What is edited meanwhile moves to
the end and is met there. Two holes remain and are closed here:

* More rows share one second than a page holds. Then pages 2, 3, … of that second are needed, and rows can
  slide over their borders. The second is swept again until a sweep shows every row of the sweep before
  and none that is new: then no row left during that earlier sweep, so it missed none.
* Two changes within one second leave ``updated_at`` as it is. A row met again is reported again when its
  stats differ.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import urlencode

from freshdesk_core.api import records
from freshdesk_core.api.calls import Reply
from freshdesk_core.api.records import TicketRecord
from freshdesk_core.errors import BadAnswer, ListingTruncated

PATH = "/api/v2/tickets"
PER_PAGE = 100
TicketReply = Reply[list[TicketRecord]]

# Freshdesk's wall: page 301 is an error, not an empty page.
LAST_PAGE = 300
# Freshdesk is younger than that, and unlike 1970-01-01 no server takes it for "nothing given", which
# would mean the last 30 days only.
EARLIEST = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp())
# A server that deals out ties in another order each time never shows the same sweep twice.
VAIN_SWEEPS = 5


class TicketPage(NamedTuple):
    """Some tickets in the order of ``updated_at``.

    ``cursor`` is the last row's ``updated_at`` (epoch seconds): all that was listed before it has been
    given, and a later listing since it misses nothing. None when the page is empty. ``served_at`` is the
    server's clock, 0 when it did not tell. On the last page the list ended.
    """

    rows: list[TicketRecord]
    served_at: int
    cursor: int | None
    is_last: bool


class Listing:
    """One pass over one stream of the ticket list.

    Args:
        ask: Asks the list; takes the encoded query and the reader of the answer.
        ticket_filter: ``deleted`` or ``spam``; None for the ordinary list, which has neither.
        per_page: Rows a page.
    """

    def __init__(
        self,
        ask: Callable[[str, Callable[[object], list[TicketRecord]]], TicketReply],
        ticket_filter: str | None,
        per_page: int = PER_PAGE,
    ) -> None:
        self._ask, self._filter, self._per_page = ask, ticket_filter, per_page
        self._given: set[tuple[int, int, int]] = set()

    def pages(self, since: int) -> Iterator[TicketPage]:
        """List all tickets updated at *since* (epoch seconds) or later, each state of a row once.

        Raises:
            ListingTruncated: One second holds more tickets than Freshdesk lists.
            ApiError: Freshdesk did not answer.
        """
        cursor = max(since, EARLIEST)
        while True:
            reply = self._page(cursor, 1)
            newest = reply.content[-1].updated_at if reply.content else None
            if newest is None or self._ends(reply):
                yield TicketPage(self._new(reply.content), reply.served_at, newest, is_last=True)
                return
            if newest > cursor:
                yield TicketPage(self._new(reply.content), reply.served_at, newest, is_last=False)
                cursor = newest
            else:
                yield from self._swept(cursor, reply)
                cursor += 1  # that second is complete, however many rows it has
            self._forget(cursor)

    def _swept(self, second: int, first: TicketReply) -> Iterator[TicketPage]:
        """Give all rows of a second that fills more than a page."""
        before: set[int] | None = None
        vain = 0
        while True:
            sweep: set[int] = set()
            found = False
            for reply in self._sweep(second, first):
                sweep.update(row.id for row in reply.content if row.updated_at == second)
                fresh = self._new(reply.content)
                found = found or any(row.updated_at == second for row in fresh)
                yield TicketPage(fresh, reply.served_at, second, is_last=False)
            vain = 0 if found else vain + 1
            if not found and before is not None and (before <= sweep or vain >= VAIN_SWEEPS):
                return
            before = sweep
            first = self._page(second, 1)

    def _sweep(self, second: int, reply: TicketReply) -> Iterator[TicketReply]:
        """Turn the pages until one ends behind the second."""
        page = 1
        yield reply
        while not self._ends(reply) and reply.content[-1].updated_at == second:
            page += 1
            reply = self._page(second, page)
            yield reply

    def _ends(self, reply: TicketReply) -> bool:
        """Whether the list ends with this page. ``Link`` alone is not believed: a full page never ends it."""
        return not reply.content or (len(reply.content) < self._per_page and not reply.has_next)

    def _new(self, rows: list[TicketRecord]) -> list[TicketRecord]:
        """Leave out the rows given before in the very same state."""
        fresh = []
        for row in rows:
            state = (row.id, row.updated_at, row.stats_digest)
            if state not in self._given:
                self._given.add(state)
                fresh.append(row)
        return fresh

    def _forget(self, cursor: int) -> None:
        """Rows before the cursor cannot come again."""
        self._given = {state for state in self._given if state[1] >= cursor}

    def _page(self, since: int, page: int) -> TicketReply:
        if page > LAST_PAGE:
            raise self._truncated(since)
        query = {
            "updated_since": f"{datetime.fromtimestamp(since, UTC):%Y-%m-%dT%H:%M:%SZ}",
            "order_by": "updated_at",
            "order_type": "asc",
            "per_page": self._per_page,
            "page": page,
            "include": "stats",
        }
        if self._filter:
            query["filter"] = self._filter

        def read(answer: object) -> list[TicketRecord]:
            return _ordered(records.tickets(answer), since)

        try:
            return self._ask(urlencode(query, safe=":"), read)
        except BadAnswer as error:
            if error.figures.get("field") != "page":
                raise
        raise self._truncated(since)

    def _truncated(self, since: int) -> ListingTruncated:
        reached = f"{datetime.fromtimestamp(since, UTC):%Y-%m-%d %H:%M:%S} UTC"
        return ListingTruncated(path=PATH, pages=LAST_PAGE, last_updated_at=reached)


def _ordered(rows: list[TicketRecord], since: int) -> list[TicketRecord]:
    """Refuse a list that ignores the order asked for: its last row would be no cursor.

    A few rows out of place are edits that overtook the query, and harmless.
    """
    times = [row.updated_at for row in rows]
    backward = sum(later < earlier for earlier, later in pairwise(times))
    if rows and (times[-1] < since or backward > len(rows) // 4):
        raise BadAnswer(domain="", path="", cause="tickets out of order")
    return rows
