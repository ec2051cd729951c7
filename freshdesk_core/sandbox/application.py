"""The look-alike as an ASGI application: who asks, may they, how much is left, the answer."""

import binascii
from base64 import b64decode
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from itertools import count
from typing import Any, NamedTuple, Protocol
from wsgiref.handlers import format_date_time

from freshdesk_core.sandbox.account import Account
from freshdesk_core.sandbox.answers import NOT_FOUND, Answer, Refusal, access_denied, refusal
from freshdesk_core.sandbox.asking import Request, parameters_of
from freshdesk_core.sandbox.limits import Allowance, Limits
from freshdesk_core.sandbox.records import Agent
from freshdesk_core.sandbox.routes import Route, Routes

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

REMEMBERED_REQUESTS = 100_000
_FIXED_HEADERS = [
    (b"Content-Type", b"application/json; charset=utf-8"),
    (b"X-Freshdesk-API-Version", b"latest=v2; requested=v2"),
    (b"Cache-Control", b"no-store"),
    (b"X-FW-Ratelimiting-Managed", b"true"),
]


class Source(Protocol):
    """Where the account comes from: a seeded world or a hand-written script."""

    def empty(self) -> Account:
        """The account before its first ticket."""

    def advance(self, account: Account, now: int) -> None:
        """Fold on what happened up to a second."""


class Asked(NamedTuple):
    """One request as the log remembers it."""

    method: str
    path: str
    query: str
    status: int


class Application:
    """Answers for one account.

    Every answer passes through ``deliver``: the one place to look at or to spoil what goes out.
    """

    def __init__(
        self,
        source: Source,
        clock: Callable[[], int],
        limits: Limits,
        on_request: Callable[[str, str], None] | None = None,
    ) -> None:
        self._source, self._clock, self._limits, self._on_request = source, clock, limits, on_request
        self._account = source.empty()
        source.advance(self._account, clock())
        self._routes = Routes(limits.plan)
        self._holders: dict[bytes, Agent] = {}
        self._numbers = count(1)
        self._date = (-1, b"")
        self.requests: deque[Asked] = deque(maxlen=REMEMBERED_REQUESTS)

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer one request."""
        method, path, query = scope["method"], scope["path"], scope["query_string"]
        headers: dict[bytes, bytes] = dict(scope["headers"])
        if self._on_request is not None:
            self._on_request(method, path)
        now = self._clock()
        self._source.advance(self._account, now)
        answer, spent = self._answer(method, path, query, headers)
        self.requests.append(Asked(method, path, query.decode("latin-1"), answer.status))
        await self.deliver(answer, self._headers(answer, now, spent), send)

    def account_now(self) -> Account:
        """The account, with all that has happened until now."""
        self._source.advance(self._account, self._clock())
        return self._account

    async def deliver(self, answer: Answer, headers: list[tuple[bytes, bytes]], send: Send) -> None:
        """Send an answer."""
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    def _answer(
        self, method: str, path: str, query: bytes, headers: dict[bytes, bytes]
    ) -> tuple[Answer, list[tuple[bytes, bytes]]]:
        """The answer with its rate limit headers."""
        found = self._routes.find(path)
        parameters = parameters_of(query)
        cost = found[0].cost(parameters) if found else 1
        allowance = self._limits.take(cost, is_list=found is not None and found[0].is_list)
        if not allowance.granted:
            return _too_many(allowance), self._spent(allowance, 0)
        try:
            agent = self._agent(headers.get(b"authorization", b""))
            _check_form(method, headers, is_known=found is not None)
            if found is None:
                raise NOT_FOUND
            request = Request(path, parameters, agent, headers.get(b"host", b"").decode("latin-1"))
            answer = self._run(found, request)
        except Refusal as refused:
            answer = refused.answer
        return answer, self._spent(allowance, cost)

    def _run(self, found: tuple[Route, int], request: Request) -> Answer:
        route, record_id = found
        if route.for_admins and not request.agent.is_admin:
            raise access_denied()
        return route.handler(self._account, request, record_id)

    def _agent(self, authorization: bytes) -> Agent:
        holder = self._holders.get(authorization)
        if holder is None:
            key = _key_of(authorization)
            holder = next((agent for agent in self._account.agents if key and agent.api_key == key), None)
            if holder is None:
                raise refusal(401, "invalid_credentials", "You have to be logged in to perform this action.")
            self._holders[authorization] = holder
        return holder

    def _headers(
        self, answer: Answer, now: int, spent: list[tuple[bytes, bytes]]
    ) -> list[tuple[bytes, bytes]]:
        if self._date[0] != now:
            self._date = now, format_date_time(now).encode()
        return [
            (b"Date", self._date[1]),
            *_FIXED_HEADERS,
            (b"X-Request-Id", b"00000000-0000-4000-8000-%012x" % next(self._numbers)),
            *spent,
            *answer.headers,
            (b"Content-Length", b"%d" % len(answer.body)),
        ]

    def _spent(self, allowance: Allowance, cost: int) -> list[tuple[bytes, bytes]]:
        """Rate limits, as decimal text."""
        return [
            (b"X-RateLimit-Total", b"%d.0" % self._limits.plan.calls),
            (b"x-ratelimit-remaining", b"%d.0" % allowance.remaining),
            (b"X-RateLimit-Used-CurrentRequest", b"%d" % cost),
        ]


def _too_many(allowance: Allowance) -> Answer:
    refused = refusal(429, "too_many_requests", "You have exceeded the limit of requests per minute").answer
    return refused._replace(headers=((b"Retry-After", b"%d" % allowance.retry_after),))


def _key_of(authorization: bytes) -> str | None:
    """The user name of Basic authentication; the password is not looked at."""
    scheme, _, encoded = authorization.partition(b" ")
    if scheme.lower() != b"basic":
        return None
    try:
        return b64decode(encoded, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return None


def _check_form(method: str, headers: dict[bytes, bytes], *, is_known: bool) -> None:
    """The sandbox is read-only: other verbs than GET end here."""
    accept = headers.get(b"accept", b"*/*")
    if b"*/*" not in accept and b"application/json" not in accept and b"application/*" not in accept:
        raise refusal(406, "not_acceptable", "The format asked for is not supported; JSON is.")
    if method == "GET":
        return
    has_body = headers.get(b"content-length", b"0") != b"0"
    if has_body and not headers.get(b"content-type", b"").startswith(b"application/json"):
        message = "Content-Type header is set to an unsupported type. Set it to application/json"
        raise refusal(415, "invalid_content_type", message)
    if is_known:
        message = f"{method} method is not allowed. It should be one of these method(s): GET"
        raise refusal(405, "method_not_allowed", message)
