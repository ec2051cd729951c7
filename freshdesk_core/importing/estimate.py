"""What a first import will cost, roughly: calls, and minutes at the account's plan.

Five calls tell: the newest tickets, those that changed longest ago, and three totals of the search. Ids rise
by one, so the newest id is the number of tickets ever made; the search counts those that the lists still
show. What lies between was archived, thrown away or purged, and is looked up id by id. How many tickets have
an answer of the customer, so that their conversations are read, is taken from the two hundred seen.

It is rough: how many of the missing ids are in the archive is not known before, a small sample stands for
all threads, and the search leaves out spam and the trash. Once the tickets are listed it is made anew.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from freshdesk_core.api import Freshdesk, TicketRecord, budgets_of
from freshdesk_core.errors import ApiError
from freshdesk_core.importing.day_rows import ROWS_PER_PAGE, ROWS_PER_QUERY
from freshdesk_core.importing.gaps import WIDEST
from freshdesk_core.importing.shortcut import Shortcut
from freshdesk_core.importing.totals import TOTAL_DAYS
from freshdesk_core.importing.windows import ARCHIVED_AFTER_SECONDS

DAY = 86_400
NEW_ROWS_PER_PAGE = 98  # of 100: a page begins with the last second of the one before
LIST_CREDITS, VIEW_CREDITS = 3, 2  # with stats; all other calls cost one
FIXED_CALLS = 20  # names, the check of the key, the ends of lists, this estimate
USUAL_SHARE = 0.6  # of threads to be read, where no ticket could be seen
SMALLEST_PLAN = 50


@dataclass(frozen=True)
class Estimate:
    """The cost of a first import, from what is known before it.

    ``tickets``: that the lists show. ``threads``: whose conversations are read. ``archived``, ``purged``: ids
    to be looked up, by what they probably are. ``totals``: calls of the comparison. ``plan_total``: the
    account's credits a minute. ``seconds_per_call``: as measured, with several calls at once.
    """

    tickets: int
    threads: int
    archived: int
    purged: int
    totals: int
    plan_total: int
    seconds_per_call: float = 0.0

    @property
    def pages(self) -> int:
        """Calls of the ticket list."""
        return math.ceil(self.tickets / NEW_ROWS_PER_PAGE) + 3

    @property
    def calls(self) -> int:
        """Calls in all: lists, conversations, ids looked up, totals."""
        return self.pages + self._views + self._others

    @property
    def credits(self) -> int:
        """What these calls cost the account."""
        return LIST_CREDITS * self.pages + VIEW_CREDITS * self._views + self._others

    @property
    def minutes(self) -> float:
        """How long it takes: at our share of the plan, or as fast as the account answers."""
        credits_, lists = budgets_of(self.plan_total)
        listing = max(LIST_CREDITS * self.pages / credits_, self.pages / lists)
        others = (self.credits - LIST_CREDITS * self.pages) / credits_
        # What a minute allows may go at its beginning, so that on average half a minute is won.
        at_plan = max(0.0, listing + others - 0.5)
        return max(at_plan, self.calls * self.seconds_per_call / 60)

    @property
    def _views(self) -> int:
        """An archived ticket is looked for in the archive first; one that is nowhere costs two calls."""
        return self.archived + 2 * self.purged

    @property
    def _others(self) -> int:
        of_archived = self.threads / max(self.tickets, 1) * self.archived
        return self.threads + round(of_archived) + self.totals + FIXED_CALLS

    def after_listing(self, tickets: int, threads: int) -> "Estimate":
        """The same with the tickets listed, and the threads known that are due."""
        if not tickets:
            return replace(self, tickets=0, threads=0)
        return replace(self, tickets=tickets, threads=threads)


def estimate(
    freshdesk: Freshdesk,
    since: int | None = None,
    *,
    threads: int = 4,
    clock: Callable[[], float] = time.monotonic,
) -> Estimate:
    """Estimate what the first import of an account costs. Five calls.

    Args:
        freshdesk: The client of the account.
        since: Contacts count from here (epoch seconds); None: from ever.
        threads: How many calls are made at once.
        clock: Seconds that only go forward; measures how fast the account answers.

    Raises:
        ApiError: The tickets cannot be listed. That the search refuses is none: the ids tell then.
    """
    times = [clock()]
    newest = freshdesk.newest_tickets()
    times.append(clock())
    page = next(freshdesk.ticket_pages("default", since or 0))
    times.append(clock())
    now = page.served_at or max((row.updated_at for row in newest), default=0)
    seen = _Seen(newest, page.rows, since, now)
    listed, made, young = _totals(freshdesk, seen)
    hidden = seen.hidden(listed, made)
    purged = min(hidden, round(seen.purged_share * (hidden + listed)))
    return Estimate(
        tickets=listed,
        threads=round(seen.due_share * listed),
        archived=hidden - purged,
        purged=purged,
        totals=_calls_of_totals(young, seen.days),
        plan_total=freshdesk.plan_total or SMALLEST_PLAN,
        # The faster of two: the other one may have waited for the limit, or for a connection.
        seconds_per_call=min(times[1] - times[0], times[2] - times[1]) / threads,
    )


class _Seen:
    """The two hundred tickets that were looked at, and what they tell of all."""

    def __init__(
        self, newest: list[TicketRecord], oldest: list[TicketRecord], since: int | None, now: int
    ) -> None:
        self._newest = newest
        self._rows = {row.id: row for row in (*oldest, *newest)}
        self.since, self.now = since, now

    @property
    def newest_id(self) -> int:
        return max(self._rows, default=0)

    @property
    def days(self) -> int:
        """How many days are compared with the search's totals."""
        if self.since is None:
            return TOTAL_DAYS
        return max(1, min(TOTAL_DAYS, self.now // DAY - self.since // DAY + 1))

    @property
    def due_share(self) -> float:
        shortcut = Shortcut()
        due = sum(shortcut.is_due(row) for row in self._rows.values())
        return due / len(self._rows) if self._rows else USUAL_SHARE

    @property
    def purged_share(self) -> float:
        """Of the ids among the newest tickets, those without one: too young for the archive."""
        if len(self._newest) < 2:
            return 0.0
        ids = [row.id for row in self._newest]
        span = max(ids) - min(ids) + 1
        return min(0.5, 1 - len(set(ids)) / span)

    @property
    def is_bounded(self) -> bool:
        """No ticket can have been archived since the start: older ids are none of ours."""
        return self.since is not None and self.now - self.since <= ARCHIVED_AFTER_SECONDS

    def hidden(self, listed: int, made: int) -> int:
        """How many ids no list shows, as far as they are looked up.

        Args:
            listed: Tickets that the lists show.
            made: Of these, the ones created since the start.
        """
        if self.is_bounded:
            return round(made * self.purged_share / (1 - self.purged_share))
        hidden = max(0, self.newest_id - listed)
        return hidden if hidden < WIDEST else 0


def _totals(freshdesk: Freshdesk, seen: _Seen) -> tuple[int, int, int]:
    """By the search: tickets listed, those of them made since the start, those made in the days compared."""
    start = 0 if seen.since is None else seen.since // DAY
    try:
        listed = freshdesk.search_total(start, "updated_at")
        made = freshdesk.search_total(start)
        return listed, made, freshdesk.search_total(seen.now // DAY - seen.days + 1)
    except ApiError:  # it is no part of the import, which goes on without it
        return seen.newest_id, seen.newest_id, seen.newest_id


def _calls_of_totals(young: int, days: int) -> int:
    """A day costs a call for each 30 tickets; one of more than 300 costs one, for its rows are not read."""
    a_day = young / days
    return days if a_day > ROWS_PER_QUERY else round(days / 2 + max(days / 2, young / ROWS_PER_PAGE))
