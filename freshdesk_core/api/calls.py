"""Calls to one account: limited, tried again where that helps, and every failure as one typed error."""

import json
import random
import re
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Generic, NamedTuple, NoReturn, TypeVar

from freshdesk_core.api import headers as told
from freshdesk_core.api.causes import Trouble
from freshdesk_core.api.limiter import Allowance, Limiter
from freshdesk_core.api.outage import Outage
from freshdesk_core.api.transport import Answer, Transport
from freshdesk_core.api.waiting import Waiting
from freshdesk_core.errors import (
    AccessDenied,
    ApiError,
    BadAnswer,
    ForeignHost,
    NotAuthorized,
    NotFound,
    RateLimited,
    Unreachable,
)

Parsed = TypeVar("Parsed")

BACKOFF_SECONDS = 1.0
LONGEST_BACKOFF = 30.0
# One call waits out limits for so long; old accounts count their calls by the hour.
PATIENCE_SECONDS = 3600.0

# Refusals that are the whole account's: further calls are in vain, and some bring a lock nearer.
_CLOSED = frozenset({"account_suspended", "password_lockout", "password_expired"})

_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")


class Reply(NamedTuple, Generic[Parsed]):
    """A good answer, read: its content and what its headers tell beside it."""

    content: Parsed
    served_at: int
    has_next: bool


class _Rejected(Exception):
    """An answer that another try may mend, with the error to raise when it does not.

    ``is_outage``: nothing came that Freshdesk itself would say, as while it is down.
    """

    def __init__(self, error: ApiError, *, is_outage: bool = False) -> None:
        self.error, self.is_outage = error, is_outage


class _Failures:
    """How often a question had a broken answer, and how often none since it last had one."""

    __slots__ = ("broken", "in_all", "missing", "missing_since")

    def __init__(self) -> None:
        self.in_all = self.broken = self.missing = 0
        self.missing_since = 0.0

    def count(self, rejected: _Rejected, now: float) -> None:
        self.in_all += 1
        if not rejected.is_outage:
            self.broken += 1
            self.missing = 0
            return
        self.missing += 1
        if self.missing == 1:
            self.missing_since = now


class Calls:
    """The way to one account, for all threads.

    Args:
        domain: A cleaned domain.
        sleep: Waits; between tries and for the limiter.
        random: A number from 0 to 1; spreads the tries of threads that failed together.
        tries: How often one question is asked before its failure counts; more often while the account, having
            answered before, seems to be down.
        clock: Seconds that only go forward; measures outages.
        waits_out_outages: Whether that is waited for.
    """

    def __init__(
        self,
        domain: str,
        transport: Transport,
        limiter: Limiter,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = random.random,
        tries: int = 5,
        clock: Callable[[], float] = time.monotonic,
        waits_out_outages: bool = True,
    ) -> None:
        self._domain, self._transport, self.limiter = domain, transport, limiter
        self._sleep = Waiting(sleep, clock)
        self._random, self._tries, self._clock = random, tries, clock
        self.outage = Outage(clock, random, waits_out_outages)
        self._closed: Callable[[], NotAuthorized] | None = None
        self._lock = threading.Lock()
        self.calls = self.credits = 0
        self.plan_total: int | None = None

    @property
    def waited(self) -> float:
        """Seconds during which at least one thread waited."""
        return self._sleep.seconds

    def ask(
        self, path: str, parse: Callable[[object], Parsed], *, query: str = "", is_list: bool = False
    ) -> Reply[Parsed]:
        """Ask until there is a good answer, as *parse* reads it, or no hope of one.

        Args:
            path: Below the host, without query.
            parse: Reads the JSON; raises ``BadAnswer`` for content of a wrong shape, which is asked again.
            query: Encoded.
            is_list: Whether the plan's limit of the ticket list counts this call.

        Raises:
            ApiError: As its kind says; see ``freshdesk_core.errors``.
        """
        failures, waited = _Failures(), 0.0
        while True:
            answer = self._call(f"{path}?{query}" if query else path, is_list)
            if isinstance(answer, Answer) and answer.status == 429:
                waited += self._pause(told.pause_seconds(answer.headers), waited)
                continue
            try:
                return self._judge(answer, path, parse)
            except _Rejected as caught:
                rejected = caught
            failures.count(rejected, self._clock())
            if self._gives_up(rejected, failures):
                raise rejected.error
            self._sleep(
                self._random() * min(LONGEST_BACKOFF, BACKOFF_SECONDS * 2 ** min(failures.in_all, 10))
            )

    def _gives_up(self, rejected: _Rejected, failures: "_Failures") -> bool:
        """Whether a failure counts."""
        if not rejected.is_outage:
            return failures.broken >= self._tries
        is_enough = failures.missing >= self._tries and not self.outage.is_borne(failures.missing_since)
        return is_enough or self.outage.is_given_up()

    def _call(self, target: str, is_list: bool) -> Answer | Trouble:
        """Make one call under the limiter, and count it."""
        self.outage.wait(self._sleep)
        self._refuse_after_rejection()
        reserved = self.limiter.acquire(is_list, self._sleep, _cost(target, is_list))
        allowance = Allowance(used=0)
        try:
            self._refuse_after_rejection()  # the key may have been rejected while this call waited
            allowance = Allowance(used=reserved)
            answer = self._transport.get(target)
            allowance = told.allowance(answer.headers)
            self._notice(answer)
        except Trouble as trouble:
            self._count(allowance, reserved)
            if trouble.is_outage:
                self.outage.failed()
            return trouble
        finally:
            self.limiter.settle(reserved, is_list, allowance)
        self._count(allowance, reserved)
        return answer

    def _notice(self, answer: Answer) -> None:
        """Draw at once what an answer means for all threads."""
        if answer.status >= 500:
            self.outage.failed()
            return
        self.outage.answered()
        if answer.status == 401:
            self._closed = partial(NotAuthorized, domain=self._domain)
        elif answer.status == 403 and (reason := _code(_json(answer.body), "code")) in _CLOSED:
            self._closed = partial(_closed, self._domain, reason)

    def _count(self, allowance: Allowance, reserved: int) -> None:
        with self._lock:
            self.calls += 1
            self.credits += reserved if allowance.used is None else allowance.used
            if allowance.total is not None:
                self.plan_total = int(allowance.total)

    def _refuse_after_rejection(self) -> None:
        """Every call with a rejected key brings its agent nearer to being locked out."""
        if self._closed is not None:
            raise self._closed()

    def _pause(self, asked: float, waited: float) -> float:
        """Let all threads wait as long as Freshdesk asks; longer when it repeats itself."""
        seconds = max(asked, min(60.0, waited))
        self.limiter.pause(seconds)
        if waited + seconds > PATIENCE_SECONDS:
            raise RateLimited(domain=self._domain, seconds=round(waited))
        return seconds

    def _judge(self, answer: Answer | Trouble, path: str, parse: Callable[[object], Parsed]) -> Reply[Parsed]:
        if isinstance(answer, Trouble):
            error = Unreachable(domain=self._domain, cause=answer.cause)
            raise error if answer.is_final else _Rejected(error, is_outage=answer.is_outage)
        if answer.status != 200:
            self._refuse(answer, path)
        content = self._read(answer, path, parse)
        return Reply(content, told.served_at(answer.headers), told.has_next_page(answer.headers))

    def _refuse(self, answer: Answer, path: str) -> NoReturn:
        """Raise what any status but 200 means."""
        status = answer.status
        if status >= 500:
            error = Unreachable(domain=self._domain, cause=f"server error {status}")
            raise _Rejected(error, is_outage=True)
        if status < 300:
            raise _Rejected(self._bad(path, "no data"))
        if status < 400:
            raise ForeignHost(domain=self._domain, status=status)
        if status == 401:
            raise NotAuthorized(domain=self._domain)
        body = _json(answer.body)
        if status == 403:
            raise self._denied(path, _code(body, "code"))
        if status in (404, 405):
            raise NotFound(domain=self._domain, path=path)
        errors = body.get("errors") if isinstance(body, dict) else None
        field = _code(errors[0], "field") if isinstance(errors, list) and errors else ""
        raise self._bad(path, f"status {status}", field=field)

    def _denied(self, path: str, reason: str) -> ApiError:
        """What a 403 means; whose turn it is to act differs by Freshdesk's code."""
        if reason in _CLOSED:
            return _closed(self._domain, reason)
        if reason == "require_feature":
            return AccessDenied("feature-not-in-plan", domain=self._domain, path=path, reason=reason)
        return AccessDenied(path=path, reason=reason)

    def _read(self, answer: Answer, path: str, parse: Callable[[object], Parsed]) -> Parsed:
        content = _json(answer.body)
        if content is None:
            cause = "a web page instead of data" if b"<" in answer.body[:100] else "no data"
            raise _Rejected(self._bad(path, cause))
        try:
            return parse(content)
        except BadAnswer as error:
            cause = str(error.figures["cause"])
        raise _Rejected(self._bad(path, cause))

    def _bad(self, path: str, cause: str, **more: object) -> BadAnswer:
        return BadAnswer(domain=self._domain, path=path, cause=cause, **more)


def _closed(domain: str, reason: str) -> NotAuthorized:
    if reason == "account_suspended":
        return NotAuthorized("account-suspended", domain=domain)
    return NotAuthorized("agent-locked", domain=domain, reason=reason)


def _cost(target: str, is_list: bool) -> int:
    """Credits that a call costs as documented: an include costs two more in the list, else one."""
    return 1 + ("include=" in target) * (2 if is_list else 1)


def _json(body: bytes) -> Any:
    """Read JSON; None for anything else. The error of the parser would carry the whole body."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _code(body: Any, key: str) -> str:
    """Take one of Freshdesk's own code words out of an error; other text may be anybody's."""
    word = body.get(key) if isinstance(body, dict) else None
    return word if isinstance(word, str) and _CODE.fullmatch(word) else ""
