"""Which path gives what, to whom, and at which price."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from freshdesk_core.sandbox import configuration, listing
from freshdesk_core.sandbox.account import Account
from freshdesk_core.sandbox.answers import NOT_FOUND, Answer, access_denied, encoded, success
from freshdesk_core.sandbox.asking import Request
from freshdesk_core.sandbox.limits import Plan
from freshdesk_core.sandbox.listing import Listing, sees
from freshdesk_core.sandbox.records import Ticket
from freshdesk_core.sandbox.rendering import Renderer, ticket_view
from freshdesk_core.sandbox.searching import Search

VIEW_INCLUDES = frozenset({"stats", "requester", "company", "conversations"})
PAGED = frozenset({"page", "per_page"})
Handler = Callable[[Account, Request, int], Answer]


class Route(NamedTuple):
    """An endpoint. ``cost`` is in credits, by the query's parameters."""

    handler: Handler
    cost: Callable[[dict[str, Any]], int] = lambda _parameters: 1
    for_admins: bool = False
    is_list: bool = False


class Routes:
    """Finds the endpoint of a path and answers with it. ``plan`` is what the account says of itself."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._renderer = Renderer()
        self.listing = Listing(self._renderer)
        self._search = Search()
        self._fixed, self._with_id = self._table()

    def find(self, path: str) -> tuple[Route, int] | None:
        """The endpoint and the id in the path (0 where it has none)."""
        route = self._fixed.get(path)
        if route is not None:
            return route, 0
        for pattern, route in self._with_id:
            if match := pattern.fullmatch(path):
                return route, int(match[1])
        return None

    def _table(self) -> tuple[dict[str, Route], list[tuple[re.Pattern[str], Route]]]:
        fixed = {
            "tickets": Route(self._listed, listing.cost, is_list=True),
            "search/tickets": Route(self._searched),
            "groups": Route(_paged(_groups(configuration.group_fields)), for_admins=True),
            "admin/groups": Route(_paged(_groups(configuration.admin_group_fields)), for_admins=True),
            "ticket_fields": Route(_ticket_fields),
            "roles": Route(_paged(configuration.roles), for_admins=True),
            "agents": Route(_paged(_agents), for_admins=True),
            "agents/me": Route(_me),
            "account": Route(self._account),
            "settings/helpdesk": Route(lambda *_: success(configuration.helpdesk_settings())),
            "business_hours": Route(_paged(configuration.calendars), for_admins=True),
        }
        with_id = {
            r"tickets/([0-9]{1,19})/conversations": Route(self._thread),
            r"tickets/([0-9]{1,19})": Route(self._viewed, _view_cost),
            r"tickets/archived/([0-9]{1,19})/conversations": Route(self._archived_thread),
            r"tickets/archived/([0-9]{1,19})": Route(self._viewed_in_archive, _view_cost),
            r"groups/([0-9]{1,19})": Route(_group(configuration.group_fields), for_admins=True),
            r"admin/groups/([0-9]{1,19})": Route(_group(configuration.admin_group_fields), for_admins=True),
        }
        return (
            {f"/api/v2/{path}": route for path, route in fixed.items()},
            [(re.compile(f"/api/v2/{path}"), route) for path, route in with_id.items()],
        )

    def _listed(self, account: Account, request: Request, _id: int) -> Answer:
        return self.listing.answer(account, request)

    def _searched(self, account: Account, request: Request, _id: int) -> Answer:
        return self._search.answer(account, request)

    def _account(self, account: Account, _request: Request, _id: int) -> Answer:
        return success(configuration.account_fields(account, self.plan.tier_type))

    def _viewed(self, account: Account, request: Request, ticket_id: int, archived: bool = False) -> Answer:
        request.allow(frozenset({"include"}))
        ticket = _ticket(account, request, ticket_id, archived=archived)
        includes = request.includes(VIEW_INCLUDES)
        return success(ticket_view(ticket, includes, account.conversations.get(ticket_id, [])))

    def _viewed_in_archive(self, account: Account, request: Request, ticket_id: int) -> Answer:
        return self._viewed(account, request, ticket_id, archived=True)

    def _thread(self, account: Account, request: Request, ticket_id: int, archived: bool = False) -> Answer:
        request.allow(PAGED)
        ticket = _ticket(account, request, ticket_id, archived=archived)
        if ticket.deleted and hides_conversations(ticket_id):
            raise access_denied()
        page, rows = request.page(), account.conversations.get(ticket_id, [])
        body, more = self._renderer.thread_page(ticket, rows, page, request.per_page())
        return Answer(200, body, (request.link_to(page + 1),) if more else ())

    def _archived_thread(self, account: Account, request: Request, ticket_id: int) -> Answer:
        return self._thread(account, request, ticket_id, archived=True)


def hides_conversations(ticket_id: int) -> bool:
    """Whether the conversations of a ticket answer 403 while it lies in the trash: of every third one."""
    return ticket_id % 3 == 0


def _ticket(account: Account, request: Request, ticket_id: int, *, archived: bool) -> Ticket:
    ticket = account.tickets.get(ticket_id)
    if ticket is None or ticket.archived != archived or not sees(request.agent, ticket):
        raise NOT_FOUND
    return ticket


def _view_cost(parameters: dict[str, Any]) -> int:
    """Each include of a view costs one more, conversations two."""
    includes = [name for name in parameters.get("include", "").split(",") if name]
    return 1 + len(includes) + ("conversations" in includes)


def _paged(rows: Callable[[Account], list[dict[str, Any]]]) -> Handler:
    """A list in pages."""

    def handler(account: Account, request: Request, _id: int) -> Answer:
        request.allow(PAGED)
        page, per_page = request.page(), request.per_page()
        every = rows(account)
        body = encoded(every[(page - 1) * per_page : page * per_page])
        return Answer(200, body, (request.link_to(page + 1),) if len(every) > page * per_page else ())

    return handler


def _groups(fields: Callable[[Any], dict[str, Any]]) -> Callable[[Account], list[dict[str, Any]]]:
    def rows(account: Account) -> list[dict[str, Any]]:
        return [fields(group) for group in sorted(account.groups.values(), key=lambda group: group.name)]

    return rows


def _group(fields: Callable[[Any], dict[str, Any]]) -> Handler:
    def handler(account: Account, _request: Request, group_id: int) -> Answer:
        if group_id not in account.groups:
            raise NOT_FOUND
        return success(fields(account.groups[group_id]))

    return handler


def _ticket_fields(account: Account, request: Request, _id: int) -> Answer:
    request.allow(PAGED | {"type"})
    fields = configuration.ticket_fields(account)
    kind = request.parameters.get("type")
    return success([field for field in fields if kind is None or field["type"] == kind])


def _agents(account: Account) -> list[dict[str, Any]]:
    return [configuration.agent_fields(account, agent) for agent in account.agents]


def _me(account: Account, request: Request, _id: int) -> Answer:
    return success(configuration.agent_fields(account, request.agent))
