"""From a saved integration, or a form's fields, to a client of its account; and the check before saving."""

import threading
from dataclasses import dataclass

from freshdesk_core.api import Freshdesk, iana_zone, shared_limiter
from freshdesk_core.errors import AccessDenied
from freshdesk_core.importing.budget import SharedLimiter
from freshdesk_core.importing.stopping import patience
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, secrets
from freshdesk_core.store.integrations import Integration

GLOBAL_SCOPE = 1
PRO_CALLS = 400


@dataclass(frozen=True)
class Findings:
    """What a key can see. ``shortcomings`` are codes of messages: warnings, none forbids the import."""

    domain: str
    time_zone: str
    plan_total: int | None
    groups: int
    sources: int
    shortcomings: tuple[str, ...]


def client_of(
    settings: Settings, integration: Integration, *stops: threading.Event, store: Store | None = None
) -> Freshdesk:
    """The client of an integration's account; its waits end when one of *stops* is set.

    With a store, the account's budget of calls is shared with every other process on that store; without
    one, with the threads of this process alone.

    Raises:
        ConfigError: The stored key cannot be opened, or the domain is a loopback address and these are
            not allowed.
    """
    own = shared_limiter(integration.domain)
    return Freshdesk(
        integration.domain,
        secrets.unseal(settings, integration.key_sealed),
        limiter=own if store is None else SharedLimiter(store, integration.domain, own),
        sleep=patience(*stops),
        allow_loopback=settings.allow_loopback or integration.is_sample,
    )


def check(freshdesk: Freshdesk) -> Findings:
    """Find out what a key can see, before it is saved.

    Raises:
        ApiError: The account cannot be read at all: host, key, network.
    """
    agent = freshdesk.me()
    shortcomings = []
    if not _is_account_administrator(freshdesk, agent.role_ids):
        shortcomings.append("not-account-administrator")
    if agent.ticket_scope != GLOBAL_SCOPE:
        shortcomings.append("scope-not-global")
    zone = _zone(freshdesk)
    if zone is None:
        shortcomings.append("zone-unknown")
    groups, sources = freshdesk.groups(), freshdesk.sources()
    if freshdesk.plan_total is not None and freshdesk.plan_total < PRO_CALLS:
        shortcomings.append("plan-below-pro")
    return Findings(
        domain=freshdesk.domain,
        time_zone=zone or "UTC",
        plan_total=freshdesk.plan_total,
        groups=len(groups),
        sources=len(sources),
        shortcomings=tuple(shortcomings),
    )


def _is_account_administrator(freshdesk: Freshdesk, role_ids: tuple[int, ...]) -> bool:
    """Only an administrator may list the roles; the first default role is the account's own."""
    try:
        roles = freshdesk.roles()
    except AccessDenied:
        return False
    defaults = [role for role in roles if role.is_default]
    named = [role.id for role in defaults if role.name == "Account Administrator"]
    # Default roles bear their names in the account's language; then the lowest id is the first made.
    highest = named or [role.id for role in sorted(defaults, key=lambda role: role.id)[:1]]
    return bool(set(highest) & set(role_ids))


def _zone(freshdesk: Freshdesk) -> str | None:
    """The account's time zone by its IANA name; None when it does not say, or says one nobody knows."""
    try:
        name = freshdesk.account().time_zone_name
    except AccessDenied:
        return None
    return iana_zone(name) if name else None
