"""The check of a key: what it can see of its account, asked in a dozen calls before anything is saved."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from freshdesk_core.api import AccountRecord, AgentRecord, Freshdesk, iana_zone
from freshdesk_core.errors import AccessDenied, ApiError, BadAnswer, NotFound, RateLimited
from freshdesk_core.importing.estimate import estimate
from freshdesk_core.importing.findings import Check, Finding, duration

Answer = TypeVar("Answer")

GLOBAL_SCOPE = 1
TRIAL_CALLS, PRO_CALLS = 50, 400
# The account's own word for its plan; older accounts still bear the older names.
LOWER_TIERS = frozenset({"sprout", "blossom", "garden", "free", "growth"})
PRO_TIERS = frozenset({"estate", "forest", "pro", "enterprise"})
PATIENCE_SECONDS = 90.0  # somebody waits for the answer


class Impatience:
    """A sleep for the client of a check: it ends the check where waiting is in vain or takes too long.

    Args:
        sleep: Waits, in seconds.
        patience: Seconds in all.
    """

    def __init__(
        self, sleep: Callable[[float], None] = time.sleep, patience: float = PATIENCE_SECONDS
    ) -> None:
        self._sleep, self._left = sleep, patience
        self.freshdesk: Freshdesk | None = None

    def __call__(self, seconds: float) -> None:
        """Wait.

        Raises:
            RateLimited: The account allows no call at all, or not soon enough.
        """
        freshdesk = self.freshdesk
        if freshdesk is not None and (freshdesk.plan_total == 0 or seconds > self._left):
            raise RateLimited(domain=freshdesk.domain, seconds=round(PATIENCE_SECONDS - self._left))
        self._left -= seconds
        self._sleep(seconds)


def check(freshdesk: Freshdesk, since: int | None = None, *, is_brief: bool = False) -> Check:
    """Find out what a key can see. A failure is a finding, too.

    Args:
        freshdesk: The client; its ``sleep`` should lose patience (``Impatience``).
        since: Contacts count from here (epoch seconds), for the estimate; None: from ever.
        is_brief: Without number of tickets and estimate.
    """
    one = _Checking(freshdesk, since)
    return one.run(is_brief=is_brief)


class _Checking:
    """The questions of a check, in order."""

    def __init__(self, freshdesk: Freshdesk, since: int | None) -> None:
        self._freshdesk, self._since = freshdesk, since
        self._found: list[Finding] = []
        self._told = Check(freshdesk.domain, ())

    def run(self, *, is_brief: bool) -> Check:
        error: ApiError | None = None
        try:
            self._ask(is_brief=is_brief)
        except ApiError as caught:
            error = caught
            self._found += _problem(self._freshdesk, caught, is_first=not self._found)
        return replace(
            self._told, findings=tuple(self._found), plan_total=self._freshdesk.plan_total, error=error
        )

    def _ask(self, *, is_brief: bool) -> None:
        agent = self._freshdesk.me()
        self._say("host-reachable", domain=self._freshdesk.domain)
        self._say("key-valid")
        self._role(agent)
        self._scope(agent)
        account = _unless_refused(self._freshdesk.account)
        self._plan(account)
        self._zone(account)
        self._lists()
        if not is_brief:
            self._tickets()

    def _role(self, agent: AgentRecord) -> None:
        if _is_account_administrator(self._freshdesk, agent.role_ids):
            self._say("role-admin")
        else:
            self._warn("not-account-administrator")

    def _scope(self, agent: AgentRecord) -> None:
        if agent.ticket_scope == GLOBAL_SCOPE:
            self._say("scope-global")
        else:
            self._warn("scope-not-global" if agent.ticket_scope else "scope-unknown")

    def _plan(self, account: AccountRecord | None) -> None:
        """By the account's word first: a lower plan may have bought more calls."""
        tier = (account.tier_type or "").lower() if account else ""
        total = self._freshdesk.plan_total
        if total == 0:
            self._found.append(Finding("plan-free", "problem", {"domain": self._freshdesk.domain}))
        elif total is not None and total <= TRIAL_CALLS:
            self._warn("plan-trial", calls=total)
        elif tier in LOWER_TIERS or (tier not in PRO_TIERS and total is not None and total < PRO_CALLS):
            self._warn("plan-below-pro")
        elif tier in PRO_TIERS or total is not None:
            self._say("plan-pro")
        else:
            self._warn("plan-unknown")
        if total:
            self._say("limits", calls=total)

    def _zone(self, account: AccountRecord | None) -> None:
        name = account.time_zone_name if account else None
        zone = iana_zone(name)
        if zone is not None:
            self._say("zone-known", zone=zone)
        elif name:
            self._warn("zone-unnamed", name=name)
        else:
            self._warn("zone-unknown")
        account_id = account.account_id if account else None
        self._told = replace(self._told, time_zone=zone or "UTC", account_id=account_id)

    def _lists(self) -> None:
        groups, sources = _unless_refused(self._freshdesk.groups), _unless_refused(self._freshdesk.sources)
        if groups is None:
            self._warn("groups-unknown")
        else:
            self._say("groups", n=len(groups))
        if not sources:
            self._warn("sources-unknown")
        else:
            self._say("sources", n=len(sources))
        self._told = replace(
            self._told,
            groups=None if groups is None else len(groups),
            sources=None if sources is None else len(sources),
        )

    def _tickets(self) -> None:
        try:
            expected = estimate(self._freshdesk, self._since)
        except (AccessDenied, NotFound, BadAnswer):
            self._warn("tickets-unknown")
            return
        tickets = expected.tickets + expected.archived
        if tickets == 0:
            self._say("tickets-none")
            return
        seconds = round(60 * expected.minutes)
        self._say("tickets", n=tickets)
        self._say("estimate", duration=duration(seconds))
        self._told = replace(self._told, tickets=tickets, estimate_seconds=seconds)

    def _say(self, code: str, **figures: object) -> None:
        self._found.append(Finding(code, "ok", figures))

    def _warn(self, code: str, **figures: object) -> None:
        self._found.append(Finding(code, "warning", figures))


def _unless_refused(ask: Callable[[], Answer]) -> Answer | None:
    """An answer; None where the key may not ask, or nothing sensible came."""
    try:
        return ask()
    except (AccessDenied, NotFound, BadAnswer):
        return None


def _problem(freshdesk: Freshdesk, error: ApiError, *, is_first: bool) -> list[Finding]:
    """Why the account cannot be read, and what is known all the same."""
    domain = freshdesk.domain
    if isinstance(error, NotFound) and is_first:
        return [Finding("host-unknown", "problem", {"domain": domain})]
    if isinstance(error, RateLimited) and freshdesk.plan_total == 0:
        return [
            Finding("host-reachable", "ok", {"domain": domain}),
            Finding("plan-free", "problem", {"domain": domain}),
        ]
    return [Finding(error.error_code, "problem", error.figures)]


def _is_account_administrator(freshdesk: Freshdesk, role_ids: tuple[int, ...]) -> bool:
    """Only an administrator may list the roles; the first default role is the account's own."""
    roles = _unless_refused(freshdesk.roles)
    if roles is None:
        return False
    defaults = [role for role in roles if role.is_default]
    named = [role.id for role in defaults if role.name == "Account Administrator"]
    # Default roles bear their names in the account's language; then the lowest id is the first made.
    highest = named or [role.id for role in sorted(defaults, key=lambda role: role.id)[:1]]
    return bool(set(highest) & set(role_ids))
