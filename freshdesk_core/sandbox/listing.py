"""The ticket list: streams, order, the default window of thirty days, the wall at page 300."""

from bisect import bisect_left
from collections.abc import Callable
from typing import Any

from freshdesk_core.sandbox import codes, texts
from freshdesk_core.sandbox.account import Account
from freshdesk_core.sandbox.answers import Answer
from freshdesk_core.sandbox.asking import Request, whole
from freshdesk_core.sandbox.records import Agent, Ticket
from freshdesk_core.sandbox.rendering import DUE_AFTER, Renderer
from freshdesk_core.sandbox.seasons import DAY, berlin_offset

LAST_PAGE = 300
WALL = "You cannot access tickets beyond the {page}th page. Please provide a smaller page number."
INCLUDES = frozenset({"stats", "requester", "description", "company"})
FILTERS = ("", "new_and_my_open", "watching", "spam", "deleted")
PARAMETERS = frozenset(
    {"page", "per_page", "include", "order_by", "order_type", "filter", "updated_since"}
    | {"requester_id", "email", "company_id", "unique_external_id"}
)
ORDERS: dict[str, Callable[[Ticket], int]] = {
    "created_at": lambda ticket: ticket.created_at,
    "updated_at": lambda ticket: ticket.updated_at,
    "due_by": lambda ticket: ticket.created_at + DUE_AFTER[ticket.priority],
    "status": lambda ticket: ticket.status,
}


class Listing:
    """Answers ``GET /tickets``. Orders are kept until the account changes.

    ``last_page`` is the wall; lower it to meet it sooner.
    """

    def __init__(self, renderer: Renderer) -> None:
        self.last_page = LAST_PAGE
        self._renderer = renderer
        self._version = -1
        self._orders: dict[tuple[str, str], tuple[list[Ticket], list[int]]] = {}

    def answer(self, account: Account, request: Request) -> Answer:
        """One page of tickets."""
        request.allow(PARAMETERS)
        page, per_page = self._page(request), request.per_page()
        includes = request.includes(INCLUDES)
        tickets = self._chosen(account, request)
        shown = tickets[(page - 1) * per_page : page * per_page]
        body = self._renderer.ticket_rows(shown, includes)
        more = len(tickets) > page * per_page
        return Answer(200, body, (request.link_to(page + 1),) if more else ())

    def _page(self, request: Request) -> int:
        return request.page(self.last_page, WALL.format(page=self.last_page))

    def _chosen(self, account: Account, request: Request) -> list[Ticket]:
        """All tickets that the request means, in its order."""
        filter_name = request.one_of("filter", FILTERS, "")
        order_by = request.one_of("order_by", tuple(ORDERS), "created_at")
        order_type = request.one_of("order_type", ("asc", "desc"), "desc")
        since = request.time("updated_since")
        stream = filter_name if filter_name in ("spam", "deleted") else "default"
        tickets, values = self._ordered(account, stream, order_by)
        if since is not None and order_by == "updated_at":
            tickets = tickets[bisect_left(values, since) :]
        elif since is not None:
            tickets = [ticket for ticket in tickets if ticket.updated_at >= since]
        else:
            oldest = _default_window(account.now)
            tickets = [ticket for ticket in tickets if ticket.created_at >= oldest]
        tickets = _narrowed(tickets, request, filter_name)
        return tickets if order_type == "asc" else tickets[::-1]

    def _ordered(self, account: Account, stream: str, order_by: str) -> tuple[list[Ticket], list[int]]:
        if self._version != account.version:
            self._orders.clear()
            self._version = account.version
        key = (stream, order_by)
        if key not in self._orders:
            value = ORDERS[order_by]
            tickets = [ticket for ticket in account.tickets.values() if ticket.stream == stream]
            # Nothing is promised about ties; the newer id first is what a reader should not rely on.
            tickets.sort(key=lambda ticket: (value(ticket), -ticket.id))
            self._orders[key] = tickets, [value(ticket) for ticket in tickets]
        return self._orders[key]


def sees(agent: Agent, ticket: Ticket) -> bool:
    """Whether the agent's ticket scope reaches a ticket."""
    if agent.ticket_scope == 1:
        return True
    return ticket.responder_id == agent.id or (agent.ticket_scope == 2 and ticket.group_id in agent.group_ids)


def _narrowed(tickets: list[Ticket], request: Request, filter_name: str) -> list[Ticket]:
    agent, wanted = request.agent, request.parameters
    if agent.ticket_scope != 1:
        tickets = [ticket for ticket in tickets if sees(agent, ticket)]
    if filter_name == "watching" or "company_id" in wanted or "unique_external_id" in wanted:
        return []
    if filter_name == "new_and_my_open":
        tickets = [
            ticket
            for ticket in tickets
            if ticket.status == codes.OPEN and ticket.responder_id in (None, agent.id)
        ]
    if "requester_id" in wanted:
        requester_id = whole("requester_id", wanted["requester_id"])
        tickets = [ticket for ticket in tickets if ticket.requester_id == requester_id]
    if "email" in wanted:
        tickets = [ticket for ticket in tickets if texts.email(ticket.requester_id) == wanted["email"]]
    return tickets


def _default_window(now: int) -> int:
    """Local midnight, 31 days back."""
    day = (now + berlin_offset(now // DAY)) // DAY - 31
    return day * DAY - berlin_offset(day)


def cost(parameters: dict[str, Any]) -> int:
    """Credits of a list call: each include costs two more."""
    return 1 + 2 * sum(1 for name in parameters.get("include", "").split(",") if name)
