"""``search/tickets``: its query language, and an index that is two minutes behind."""

import re
from collections.abc import Callable
from datetime import date

from freshdesk_core.sandbox.account import Account
from freshdesk_core.sandbox.answers import Answer, encoded, invalid
from freshdesk_core.sandbox.asking import Request, whole
from freshdesk_core.sandbox.listing import sees
from freshdesk_core.sandbox.records import Ticket
from freshdesk_core.sandbox.rendering import DUE_AFTER, ticket_fields
from freshdesk_core.sandbox.seasons import DAY, EPOCH_ORDINAL

INDEX_LAG = 120
PER_PAGE = 30
LAST_PAGE = 10
LONGEST_QUERY = 512
PARAMETERS = frozenset({"query", "page"})

Test = Callable[[Ticket], bool]
Value = int | str | None

_DATES: dict[str, Callable[[Ticket], int]] = {
    "created_at": lambda ticket: ticket.created_at // DAY,
    "updated_at": lambda ticket: ticket.updated_at // DAY,
    "due_by": lambda ticket: (ticket.created_at + DUE_AFTER[ticket.priority]) // DAY,
    "fr_due_by": lambda ticket: (ticket.created_at + DUE_AFTER[ticket.priority] // 4) // DAY,
}
_NUMBERS: dict[str, Callable[[Ticket], int | None]] = {
    "group_id": lambda ticket: ticket.group_id,
    "agent_id": lambda ticket: ticket.responder_id,
    "status": lambda ticket: ticket.status,
    "priority": lambda ticket: ticket.priority,
}
_TOKEN = re.compile(
    r"\s*(?:(?P<bracket>[()])|(?P<word>AND|OR)\b|(?P<field>\w+)\s*:(?P<sign>[<>]?)\s*"
    r"(?:'(?P<text>[^']*)'|(?P<plain>[\w.-]+)))"
)


class Search:
    """Answers ``GET /search/tickets``. The searchable tickets are kept until the account changes."""

    def __init__(self) -> None:
        self._seen: tuple[int, int] = (-1, -1)
        self._tickets: list[Ticket] = []

    def answer(self, account: Account, request: Request) -> Answer:
        """One page of thirty tickets, and how many there are in all."""
        request.allow(PARAMETERS)
        page = request.page(LAST_PAGE, f"It should be a Positive Integer less than or equal to {LAST_PAGE}")
        test = parsed(request.parameters.get("query"))
        found = [ticket for ticket in self._index(account) if test(ticket)]
        if request.agent.ticket_scope != 1:
            found = [ticket for ticket in found if sees(request.agent, ticket)]
        shown = found[(page - 1) * PER_PAGE : page * PER_PAGE]
        results = [ticket_fields(ticket) for ticket in shown]
        return Answer(200, encoded({"total": len(found), "results": results}))

    def _index(self, account: Account) -> list[Ticket]:
        if self._seen != (account.version, account.now):
            self._seen = (account.version, account.now)
            seen_at = account.now - INDEX_LAG
            self._tickets = [
                ticket for ticket in reversed(account.tickets.values()) if _is_indexed(ticket, seen_at)
            ]
        return self._tickets


def _is_indexed(ticket: Ticket, seen_at: int) -> bool:
    if ticket.created_at > seen_at:
        return False
    return ticket.stream == "default" or (ticket.hidden_at or 0) > seen_at


def parsed(query: str | None) -> Test:
    """A search query as a test of one ticket.

    Raises:
        Refusal: 400, where the query is missing, too long, not in double quotes or not understood.
    """
    if not query:
        raise invalid("query", "It should be a/an String", "missing_field")
    if len(query) > LONGEST_QUERY:
        raise invalid(
            "query", f"Has {len(query)} characters, it can have maximum of {LONGEST_QUERY} characters"
        )
    if len(query) < 2 or query[0] != '"' or query[-1] != '"':
        raise invalid("query", "Query should be enclosed in double quotes")
    return _Parser(query[1:-1]).test()


class _Parser:
    """``a:1 AND (b:2 OR b:null)``; AND binds closer than OR."""

    def __init__(self, text: str) -> None:
        self._tokens: list[re.Match[str]] = []
        position = 0
        text = text.rstrip()
        while position < len(text):
            token = _TOKEN.match(text, position)
            if token is None:
                raise _unclear()
            self._tokens.append(token)
            position = token.end()

    def test(self) -> Test:
        test = self._either()
        if self._tokens:
            raise _unclear()
        return test

    def _either(self) -> Test:
        tests = [self._both()]
        while self._take("word", "OR"):
            tests.append(self._both())
        return tests[0] if len(tests) == 1 else lambda ticket: any(test(ticket) for test in tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self._take("word", "AND"):
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else lambda ticket: all(test(ticket) for test in tests)

    def _one(self) -> Test:
        if self._take("bracket", "("):
            test = self._either()
            if not self._take("bracket", ")"):
                raise _unclear()
            return test
        if not self._tokens or self._tokens[0]["field"] is None:
            raise _unclear()
        token = self._tokens.pop(0)
        return _condition(token["field"], token["sign"], token["text"], token["plain"])

    def _take(self, kind: str, value: str) -> bool:
        if self._tokens and self._tokens[0][kind] == value:
            self._tokens.pop(0)
            return True
        return False


def _condition(field: str, sign: str, text: str | None, plain: str | None) -> Test:
    if field in _DATES:
        return _compared(_DATES[field], sign, _day(field, text or plain or ""))
    if field in _NUMBERS:
        return _compared(_NUMBERS[field], sign, _number(field, plain or text or ""))
    if field == "tag":
        return lambda ticket: text in ticket.tags
    if field == "type":
        return lambda ticket: ticket.type == (None if plain == "null" else text)
    raise invalid(field, "Unexpected/invalid field in request", "invalid_field")


def _compared(read: Callable[[Ticket], int | None], sign: str, value: int | None) -> Test:
    if sign and value is not None:
        if sign == ">":
            return lambda ticket: (read(ticket) or 0) >= value
        return lambda ticket: (read(ticket) or 0) <= value
    return lambda ticket: read(ticket) == value


def _day(field: str, text: str) -> int:
    try:
        return date.fromisoformat(text).toordinal() - EPOCH_ORDINAL
    except ValueError:
        raise invalid(
            field, "It should be a/an valid date in the format YYYY-MM-DD", "invalid_date"
        ) from None


def _number(field: str, text: str) -> int | None:
    return None if text == "null" else whole(field, text)


def _unclear() -> Exception:
    return invalid("query", "Query is invalid")
