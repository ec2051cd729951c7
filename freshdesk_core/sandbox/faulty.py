"""The application with fault switches: as fast as without them while all are off."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from freshdesk_core.sandbox.account import Account
from freshdesk_core.sandbox.answers import Answer
from freshdesk_core.sandbox.application import Application, Asked, Receive, Scope, Send, Source
from freshdesk_core.sandbox.asking import Request, parameters_of
from freshdesk_core.sandbox.faults import Faults
from freshdesk_core.sandbox.limits import Limits
from freshdesk_core.sandbox.listing import LAST_PAGE
from freshdesk_core.sandbox.meanwhile import AT_REST, Meanwhile
from freshdesk_core.sandbox.records import Agent
from freshdesk_core.sandbox.routes import Route, Routes
from freshdesk_core.sandbox.spoiling.call import Call, Head, Setting, Wire
from freshdesk_core.sandbox.spoiling.kinds import Stage

_USUAL = Setting()


class FaultyApplication(Application):
    """Answers for one account, with whatever the switches make of it.

    ``faults`` are the switches; others may take their place at any time.

    Args:
        pass_time: Moves the sandbox's clock on by seconds.
    """

    def __init__(
        self,
        source: Source,
        clock: Callable[[], int],
        limits: Limits,
        on_request: Callable[[str, str], None] | None,
        pass_time: Callable[[float], None],
    ) -> None:
        super().__init__(source, clock, limits, on_request)
        self.faults = Faults()
        self._pass_time = pass_time
        self._plan = limits.plan
        self._setting = _USUAL
        self._is_usual = True
        self._meanwhile: Meanwhile | None = None
        self._lagging: tuple[Account, Routes] | None = None
        self._last_queries: dict[tuple[Any, ...], bytes] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if self._is_usual and not self.faults.switches:
            await super().__call__(scope, receive, send)
            return
        if self._on_request is not None:
            self._on_request(scope["method"], scope["path"])
        call = self._begun(scope)
        head = self._answered(call)
        self._setting = _USUAL
        self.requests.append(
            Asked(scope["method"], scope["path"], scope["query_string"].decode("latin-1"), call.answer.status)
        )
        transport = scope["transport"]
        wire = Wire(transport, receive, send, call.answer.status, head, call.answer.body)
        await (wire.deliver() if call.manner is None else call.manner(wire))

    def _begun(self, scope: Scope) -> Call:
        """The call, with the desk set as the switches want it."""
        path, query = scope["path"], scope["query_string"]
        call = Call(scope["method"], path, query, dict(scope["headers"]), self._clock())
        key = _same_list(path, query)
        call.last_query = self._last_queries.get(key)
        self._last_queries[key] = query
        self.faults.act(Stage.BEFORE, call)
        self._set_up(call.setting)
        call.now = self._clock()
        self._source.advance(self._account, call.now)
        return call

    def _answered(self, call: Call) -> Head:
        """Answer, let the switches at it, and give the header that goes with what is left."""
        answer, spent = self._answer(call.method, call.path, call.query, call.headers)
        call.answer = answer
        # Who runs into the real limit must see it in the log, not some other error in its place.
        if answer.status != 429:
            self.faults.act(Stage.ANSWER, call)
            for effect in call.afterwards:
                effect(call)
            self.faults.act(Stage.BODY, call)
        self.faults.act(Stage.WIRE, call)
        return self._head(call, spent)

    def _set_up(self, setting: Setting) -> None:
        self._setting = setting
        now = self._clock()
        if setting.pace:
            self._pass_time(setting.pace)
        plan = setting.plan or self._plan
        if setting.calls is not None:
            plan = plan._replace(calls=setting.calls)
        if setting.lists is not None:
            plan = plan._replace(lists=setting.lists)
        self._limits.switch(plan)
        self._routes.plan = plan
        self._routes.listing.last_page = setting.last_page or LAST_PAGE
        self._work(setting, now)
        self._is_usual = plan == self._plan and setting.last_page is None and setting.rate is None

    def _work(self, setting: Setting, before: int) -> None:
        """Let the desk work: by the hour, and what happens with this call."""
        if setting.rate is None and not setting.edits and not setting.bulk and self._meanwhile is None:
            return
        if self._meanwhile is None:
            self._source.advance(self._account, before)
            self._meanwhile = Meanwhile(self._source, before, account=self._account, seed=self.faults.seed)
            self._source = self._meanwhile
        self._meanwhile.set_rate(setting.rate or AT_REST, before)
        now = self._clock()
        if setting.edits:
            self._meanwhile.edit(setting.edits, now)
        if setting.bulk:
            self._meanwhile.bulk(setting.bulk, now)

    def _agent(self, authorization: bytes) -> Agent:
        agent = super()._agent(authorization)
        setting = self._setting
        if setting.ticket_scope is not None:
            agent = replace(agent, ticket_scope=setting.ticket_scope)
        return agent if setting.role_id is None else replace(agent, role_ids=(setting.role_id,))

    def _run(self, found: tuple[Route, int], request: Request) -> Answer:
        if self._setting.lag and found[0].is_list:
            account, routes = self._behind()
            found = routes.find(request.path) or found
            return found[0].handler(account, request, 0)
        return super()._run(found, request)

    def _behind(self) -> tuple[Account, Routes]:
        """The account as lists show it: some seconds ago."""
        if self._lagging is None:
            self._lagging = self._source.empty(), Routes(self._plan)
        account, routes = self._lagging
        routes.listing.last_page = self._routes.listing.last_page
        self._source.advance(account, self._clock() - self._setting.lag)
        return self._lagging

    def _head(self, call: Call, spent: Head) -> Head:
        skew = call.setting.skew
        head = self._headers(call.answer, call.now + (skew or 0), spent)
        if call.is_foreign:
            kept = (b"Date", b"Content-Length", *(name for name, _ in call.answer.headers))
            head = [(b"Server", b"gateway"), *(field for field in head if field[0] in kept)]
            head = _last_of_each(head)
        return head if skew is not None else [field for field in head if field[0] != b"Date"]


def _last_of_each(head: Head) -> Head:
    """Of fields that come twice, the later one."""
    return list(dict(head).items())


def _same_list(path: str, query: bytes) -> tuple[Any, ...]:
    """What two pages of one list have in common."""
    parameters = parameters_of(query)
    return (path, *sorted(item for item in parameters.items() if item[0] not in ("page", "updated_since")))
