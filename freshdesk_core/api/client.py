"""A Freshdesk account, read through its REST API v2. Records come in Freshdesk's words, see ``records``."""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from random import random as random_share
from types import MappingProxyType
from typing import Literal, NamedTuple, Self, TypeVar
from urllib.parse import urlencode

from freshdesk_core.api import records
from freshdesk_core.api.calls import Calls, Reply
from freshdesk_core.api.domains import clean_domain
from freshdesk_core.api.drift import Drift, Watch
from freshdesk_core.api.limiter import Limiter
from freshdesk_core.api.pages import EARLIEST, Listing, TicketPage, TicketReply, as_moment
from freshdesk_core.api.pages import PATH as TICKETS
from freshdesk_core.api.records import (
    AccountRecord,
    AgentRecord,
    ConversationRecord,
    GroupRecord,
    RoleRecord,
    SearchRow,
    TicketRecord,
)
from freshdesk_core.api.transport import Transport
from freshdesk_core.api.whole import Row as Identified
from freshdesk_core.api.whole import read_whole
from freshdesk_core.errors import AccessDenied, BadAnswer, ConfigError

Parsed = TypeVar("Parsed")
Stream = Literal["default", "deleted", "spam"]

PER_PAGE = 100
NO_CONDITIONS: Mapping[str, int | None] = MappingProxyType({})

_KEY = re.compile(r"[!-9;-~]{1,200}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class SearchPage(NamedTuple):
    """A page of search results. ``total`` counts all results, also beyond the 300 that can be read."""

    total: int
    rows: list[SearchRow]
    served_at: int


class Freshdesk:
    """One account. Thread-safe; all threads share one budget and each calls on a connection of its own.

    Args:
        domain: As a person types it; cleaned.
        api_key: Of one of the account's agents; what it may see is what comes.
        limiter: The account's budget.
        sleep: Waits, in seconds: between tries, and for the limiter. May raise to end the work.
        clock: Seconds that only go forward; the limiter's, and for the length of outages.
        random: A number from 0 to 1, for the spread of tries.
        tries: How often a question is asked before its failure counts; more often, for up to five minutes,
            while an account that answered before seems to be down.
        waits_out_outages: Whether it is waited for so; not while a person waits for the answer.
        deadline: Seconds that one call may take in all.
        allow_loopback: Whether *domain* may be the sandbox's.

    Raises:
        ConfigError: The domain, the key's form, the proxy or the CA bundle is no good. Nothing was called.

    Every method that asks Freshdesk raises ``ApiError``; after ``NotAuthorized`` none calls any more.
    """

    def __init__(
        self,
        domain: str,
        api_key: str,
        *,
        limiter: Limiter,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        random: Callable[[], float] = random_share,
        tries: int = 5,
        waits_out_outages: bool = True,
        deadline: float = 60,
        allow_loopback: bool = False,
    ) -> None:
        self.domain = clean_domain(domain, allow_loopback)
        if not _KEY.fullmatch(api_key):
            raise ConfigError("bad-key")
        self._watch = Watch()
        self._transport = Transport(self.domain, api_key, deadline)
        self._calls = Calls(
            self.domain,
            self._transport,
            limiter,
            sleep=sleep,
            random=random,
            tries=tries,
            clock=clock,
            waits_out_outages=waits_out_outages,
        )

    def __repr__(self) -> str:
        return f"Freshdesk({self.domain!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    @property
    def calls(self) -> int:
        """Calls made so far, failed ones included."""
        return self._calls.calls

    @property
    def credits(self) -> int:
        """Credits that these calls cost the account."""
        return self._calls.credits

    @property
    def waited(self) -> float:
        """Seconds during which at least one thread waited: for the limit, or between tries."""
        return self._calls.waited

    @property
    def plan_total(self) -> int | None:
        """The account's credits per minute as Freshdesk said last; None before the first answer."""
        return self._calls.plan_total

    @property
    def drift(self) -> Drift:
        """How the records read so far differ in shape from those Inflow knows."""
        return self._watch.drift()

    def on_outage(self, told: Callable[[bool], None]) -> None:
        """Have somebody told when the account stops answering (True) and when it answers again (False).

        Any thread that calls may be the one that tells.
        """
        self._calls.outage.on_change = told

    @property
    def waiting_until(self) -> int | None:
        """When calls held back by Freshdesk's limit go on (epoch seconds); None when none is held back."""
        return self._calls.limiter.waiting_until

    def me(self) -> AgentRecord:
        """The key's agent: its roles and how much it may see."""
        return self._one("/api/v2/agents/me", records.agent)

    def account(self) -> AccountRecord:
        """The account's time zone and plan, as far as Freshdesk says."""
        return self._one("/api/v2/account", records.account)

    def roles(self) -> list[RoleRecord]:
        """All roles. ``AccessDenied`` for a key that is no administrator's."""
        return list(self._all("/api/v2/roles", records.roles))

    def groups(self) -> list[GroupRecord]:
        """All groups; for a key that is no administrator's, as the ticket form names them."""
        try:
            return list(self._all("/api/v2/groups", records.groups))
        except AccessDenied as denied:
            if denied.reason != "access_denied":
                raise
        return [GroupRecord(number, name) for number, name in self._choices("default_group").items()]

    def sources(self) -> dict[int, str]:
        """The account's own labels of ticket sources, by code."""
        return self._choices("default_source")

    def ticket_pages(self, stream: Stream, since: int) -> Iterator[TicketPage]:
        """List the tickets updated at *since* (epoch seconds, 0 for all) or later, in that order.

        A ticket comes again in the same pass when it changed meanwhile. Rows of the streams ``deleted``
        and ``spam`` carry that mark, whether Freshdesk repeats it in the row or not.

        Raises:
            ListingTruncated: One second holds more tickets than Freshdesk lists; all else was given.
        """
        ticket_filter = None if stream == "default" else stream
        watching = self._watch.watching

        def ask(query: str, read: Callable[[object], list[TicketRecord]]) -> TicketReply:
            return self._calls.ask(TICKETS, watching("ticket", read), query=query, is_list=True)

        for page in Listing(ask, ticket_filter).pages(since):
            if ticket_filter:
                yield page._replace(rows=[row._replace(**{ticket_filter: True}) for row in page.rows])
            else:
                yield page

    def newest_ticket_id(self) -> int | None:
        """The id of the newest ticket: about how many there are, as ids rise by one."""
        query = f"updated_since={as_moment(EARLIEST)}&per_page=1&order_by=created_at&order_type=desc"
        rows = self._calls.ask(TICKETS, records.tickets, query=query, is_list=True).content
        return rows[0].id if rows else None

    def newest_tickets(self) -> list[TicketRecord]:
        """Up to 100 tickets, the newest first."""
        query = f"updated_since={as_moment(EARLIEST)}&per_page={PER_PAGE}&order_by=created_at&order_type=desc"
        query += "&include=stats"
        return self._calls.ask(TICKETS, records.tickets, query=query, is_list=True).content

    def ticket(self, ticket_id: int) -> TicketRecord:
        """One ticket, also a deleted or spam one; ``NotFound`` for a purged or archived one."""
        return self._one(f"{TICKETS}/{ticket_id}", records.ticket, query="include=stats")

    def archived_ticket(self, ticket_id: int) -> TicketRecord:
        """One ticket out of the archive; ``NotFound`` for any that is not in it."""
        record = self._one(f"{TICKETS}/archived/{ticket_id}", records.ticket, query="include=stats")
        return record._replace(archived=True)

    def conversations(self, ticket_id: int, *, archived: bool = False) -> list[ConversationRecord]:
        """All conversations of a ticket, oldest first, each once.

        ``AccessDenied`` happens for trashed tickets whose key is sound.
        """
        path = f"{TICKETS}/archived/{ticket_id}" if archived else f"{TICKETS}/{ticket_id}"
        read = self._watch.watching("conversation", records.conversations)
        return sorted(self._all(f"{path}/conversations", read), key=_by_time)

    def search_created_on(
        self, day: int, page: int = 1, conditions: Mapping[str, int | None] = NO_CONDITIONS
    ) -> SearchPage:
        """Search for the tickets created on a UTC day (days since 1970), 30 a page, pages 1 to 10.

        The search lags some minutes and knows no spam, deleted or archived tickets.

        Args:
            day: The UTC day.
            page: From 1.
            conditions: More that must hold: ``group_id``, ``status``, ``priority``; None for empty.
        """
        date = (_EPOCH + timedelta(days=day)).date().isoformat()
        terms = [f"created_at:'{date}'"]
        terms += [f"{field}:{'null' if value is None else value}" for field, value in conditions.items()]
        query = urlencode({"query": f'"{" AND ".join(terms)}"', "page": page})
        reply = self._calls.ask("/api/v2/search/tickets", records.search_result, query=query)
        total, rows = reply.content
        return SearchPage(total, rows, reply.served_at)

    def search_total(self, day: int, field: Literal["created_at", "updated_at"] = "created_at") -> int:
        """How many tickets were created, or changed last, on a UTC day or later, as the search counts."""
        date = (_EPOCH + timedelta(days=day)).date().isoformat()
        query = urlencode({"query": f"\"{field}:>'{date}'\"", "page": 1})
        return self._calls.ask("/api/v2/search/tickets", records.search_result, query=query).content[0]

    def _choices(self, field_type: str) -> dict[int, str]:
        def read(answer: object) -> dict[int, str]:
            return records.choices(answer, field_type)

        return self._one("/api/v2/ticket_fields", read, query=f"type={field_type}")

    def _one(self, path: str, read: Callable[[object], Parsed], query: str = "") -> Parsed:
        return self._calls.ask(path, read, query=query).content

    def _all(self, path: str, read: Callable[[object], list[Identified]]) -> list[Identified]:
        """Read all pages of a list, each row once, in no promised order."""

        def ask(query: str, read_page: Callable[[object], list[Identified]]) -> Reply[list[Identified]]:
            return self._calls.ask(path, read_page, query=query)

        try:
            return list(read_whole(ask, read).values())
        except BadAnswer as error:
            raise BadAnswer(**(error.figures | {"domain": self.domain, "path": path})) from None


def _by_time(row: ConversationRecord) -> tuple[int, int]:
    return row.created_at, row.id
