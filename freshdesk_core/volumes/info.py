"""Which integrations there are, and the version of their figures."""

from dataclasses import dataclass

from freshdesk_core.loopback import is_loopback
from freshdesk_core.store import Store
from freshdesk_core.volumes.catalogue import Account, Span, accounts_of


@dataclass(frozen=True)
class IntegrationInfo:
    """An integration as pages show it. ``tickets`` and ``replies`` are its proven windows, [from, to).

    ``is_first_import_over``: everything back to the start was read once.
    """

    integration_id: int
    name: str
    domain: str
    is_sample: bool
    is_sandbox: bool
    is_removed: bool
    time_zone: str
    since: int | None
    revision: int
    tickets: Span | None
    replies: Span | None
    is_first_import_over: bool


def integrations(store: Store) -> list[IntegrationInfo]:
    """Every integration, the sample included, in the order in which they were added."""
    with store.read() as connection:
        return [_info(account) for account in accounts_of(connection)]


def revision(store: Store) -> int:
    """A number that differs whenever any figure may: the cache key of every page."""
    with store.read() as connection:
        return sum((account.integration_id << 40) + account.revision for account in accounts_of(connection))


def _info(account: Account) -> IntegrationInfo:
    return IntegrationInfo(
        integration_id=account.integration_id,
        name=account.name,
        domain=account.domain,
        is_sample=account.is_sample,
        is_sandbox=is_loopback(account.domain),
        is_removed=account.is_removed,
        time_zone=account.time_zone,
        since=account.since,
        revision=account.revision,
        tickets=account.tickets,
        replies=account.replies,
        is_first_import_over=account.is_first_import_over,
    )
