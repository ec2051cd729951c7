"""The ticket list, page by page, so that no edit made meanwhile can hide a ticket.

Page numbers over a list ordered by ``updated_at`` lose rows: a ticket that is edited moves to the end, and
all behind it slide one place to the front, over the border of a page that was read already. So we ask for
page 1 again and again, from the last row's ``updated_at`` on (keyset). What is edited meanwhile moves to
the end and is met there. Two holes remain and are closed here:

* More rows share one second than a page holds. Then pages 2, 3, … of that second are needed, and rows can
  slide over their borders. That second is swept again until every row of one sweep was met again later:
  then none left it during that sweep, none slid, and that sweep missed nothing. A page that comes twice in
  one sweep is no answer.
* Two changes within one second leave ``updated_at`` as it is. A row met again is reported again when its
  stats differ.

Freshdesk lists no page beyond the 300th. Only a second with more than 30,000 rows gets there: what it lists
of that second is given, the listing goes on behind it, and says at its end what was cut off.
"""

from collections import Counter
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import urlencode

from freshdesk_core.api import records
from freshdesk_core.api.calls import Reply
from freshdesk_core.api.met import Met
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
# Seconds after which no new row turns up in a second any more.
STILL_FILLING = 60


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
        self._last_page = LAST_PAGE
        self._truncated: ListingTruncated | None = None

    def pages(self, since: int) -> Iterator[TicketPage]:
        """List all tickets updated at *since* (epoch seconds) or later, each state of a row once.

        Raises:
            ListingTruncated: One second holds more tickets than Freshdesk lists. Raised at the end, when all
                that Freshdesk lists was given; ``second`` is the (last) one that was cut off.
            ApiError: Freshdesk did not answer.
        """
        cursor: int | None = max(since, EARLIEST)
        while cursor is not None:
            self._forget(cursor)
            reply = self._page(cursor, 1)
            if self._reaches_beyond(reply, cursor):
                yield self._keyset_page(reply, self._new(reply.content))
                cursor = self._next_cursor(reply)
            else:
                cursor = yield from self._swept(cursor, reply)
        if self._truncated is not None:
            raise self._truncated

    def _swept(self, second: int, first: TicketReply) -> Generator[TicketPage, None, int | None]:
        """Give all rows of a second that fills more than a page; return where to go on."""
        not_met_again: list[set[int]] = []  # one set for each sweep that ended
        vain = 0
        while True:
            sweep: set[int] = set()
            found = is_proven = False
            for reply in self._sweep(second, first):
                fresh = self._new(reply.content)
                found = found or any(row.updated_at == second for row in fresh)
                ids = {row.id for row in reply.content if row.updated_at == second}
                sweep |= ids
                for left in not_met_again:
                    left -= ids
                is_proven = not found and not all(not_met_again)
                if is_proven and ids and self._reaches_beyond(reply, second):
                    # One answer holds the end of that second and what follows it: as good as a page 1.
                    yield self._keyset_page(reply, fresh)
                    return self._next_cursor(reply)
                yield TicketPage(fresh, reply.served_at, second, is_last=False)
                if is_proven and reply.served_at > second + STILL_FILLING:
                    return second + 1
            vain = 0 if found else vain + 1
            is_cut_off = self._truncated is not None and self._truncated.second == second
            if is_proven or is_cut_off or vain >= VAIN_SWEEPS:
                return second + 1
            not_met_again.append(sweep)
            first = self._page(second, 1)

    def _sweep(self, second: int, reply: TicketReply) -> Iterator[TicketReply]:
        """Turn the pages until one ends behind the second, or Freshdesk lists no more of them."""
        page = 1
        met = Met(_state, self._per_page)
        yield reply
        while not self._reaches_beyond(reply, second):
            page += 1
            met.add(reply.content)
            try:
                reply = self._page(second, page, met)
            except ListingTruncated as error:
                self._truncated = error
                return
            yield reply

    def _reaches_beyond(self, reply: TicketReply, second: int) -> bool:
        return self._ends(reply) or reply.content[-1].updated_at > second

    def _ends(self, reply: TicketReply) -> bool:
        """Whether the list ends with this page. ``Link`` alone is not believed: a full page never ends it."""
        return not reply.content or (len(reply.content) < self._per_page and not reply.has_next)

    def _keyset_page(self, reply: TicketReply, fresh: list[TicketRecord]) -> TicketPage:
        newest = reply.content[-1].updated_at if reply.content else None
        return TicketPage(fresh, reply.served_at, newest, self._ends(reply))

    def _next_cursor(self, reply: TicketReply) -> int | None:
        return None if self._ends(reply) else reply.content[-1].updated_at

    def _new(self, rows: list[TicketRecord]) -> list[TicketRecord]:
        """Leave out the rows given before in the very same state."""
        fresh = []
        for row in rows:
            state = _state(row)
            if state not in self._given:
                self._given.add(state)
                fresh.append(row)
        return fresh

    def _forget(self, cursor: int) -> None:
        """Rows before the cursor cannot come again."""
        self._given = {state for state in self._given if state[1] >= cursor}

    def _page(self, since: int, page: int, met: Met[TicketRecord] | None = None) -> TicketReply:
        if page > self._last_page:
            raise self._cut_off(since)
        query = {
            "updated_since": as_moment(since),
            "order_by": "updated_at",
            "order_type": "asc",
            "per_page": self._per_page,
            "page": page,
            "include": "stats",
        }
        if self._filter:
            query["filter"] = self._filter

        def read(answer: object) -> list[TicketRecord]:
            rows = _ordered(_repeats_first(records.tickets(answer)), since)
            return rows if met is None else met.refuse_repeated(rows)

        try:
            return self._ask(urlencode(query, safe=":"), read)
        except BadAnswer as error:
            if error.figures.get("field") != "page":
                raise
        self._last_page = page - 1  # a lower wall than we knew of: not to be run into again
        raise self._cut_off(since)

    def _cut_off(self, since: int) -> ListingTruncated:
        moment = f"{datetime.fromtimestamp(since, UTC):%Y-%m-%d %H:%M:%S} UTC"
        return ListingTruncated(path=PATH, pages=self._last_page, moment=moment, second=since)


def _state(row: TicketRecord) -> tuple[int, int, int]:
    """Two changes within one second leave ``updated_at`` as it is, not the stats."""
    return row.id, row.updated_at, row.stats_digest


def _repeats_first(rows: list[TicketRecord]) -> list[TicketRecord]:
    """Put rows that come twice in one answer to the front: the last row is the cursor, and none of them."""
    if len({row.id for row in rows}) == len(rows):
        return rows
    firsts = list(dict.fromkeys(rows))
    again = Counter(rows) - Counter(firsts)
    return [*again.elements(), *firsts]


def as_moment(seconds: int) -> str:
    """Epoch seconds as Freshdesk writes times."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _ordered(rows: list[TicketRecord], since: int) -> list[TicketRecord]:
    """Refuse a list that ignores the order asked for: its last row would be no cursor.

    A few rows out of place are edits that overtook the query, and harmless.
    """
    times = [row.updated_at for row in rows]
    backward = sum(later < earlier for earlier, later in pairwise(times))
    if rows and (times[-1] < since or backward > len(rows) // 4):
        raise BadAnswer(domain="", path="", cause="tickets out of order")
    return rows
