"""The life of an integration, one function per action: what the page and the command line may do with it.

Each takes the actor first and is open to admins alone (``access.py``). *name* is any spelling of an
integration's name; ``ConfigError`` where there is none of that name. What concerns the data themselves
(reimport, purge) stands in ``keeping`` and is to be had from here, too.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from freshdesk_core.access import Actor, admin_only
from freshdesk_core.api import Freshdesk, clean_domain
from freshdesk_core.errors import ConfigError
from freshdesk_core.importing import starting
from freshdesk_core.importing.budget import limiter_of
from freshdesk_core.importing.checking import Impatience, check
from freshdesk_core.importing.connect import client_of, keep
from freshdesk_core.importing.findings import Check
from freshdesk_core.importing.keeping import FIRST_DAY as FIRST_DAY
from freshdesk_core.importing.keeping import named, present, start_of
from freshdesk_core.importing.keeping import purge as purge
from freshdesk_core.importing.keeping import purge_before as purge_before
from freshdesk_core.importing.keeping import purge_ticket as purge_ticket
from freshdesk_core.importing.keeping import reimport as reimport
from freshdesk_core.importing.keeping import reseal as reseal
from freshdesk_core.importing.purging import Receipt as Receipt
from freshdesk_core.importing.reimported import Reimported as Reimported
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, integrations, leases
from freshdesk_core.store.integrations import Integration

FIRST_ZONE = "Pacific/Kiritimati"  # where days begin first; the account's zone is known once it was asked
TRIES = 2  # somebody waits for the answer


@dataclass(frozen=True)
class Connected:
    """What became of connecting an account: the check, and what was saved if it found no problem.

    ``twin`` is another integration of the same account, under whose name every contact counts once more.
    """

    check: Check
    integration: Integration | None = None
    twin: Integration | None = None


@dataclass(frozen=True)
class Restarted:
    """Another start. ``excluded`` and ``counted``: rows that are no contacts now, and that are again.

    ``is_earlier``: the next import reads what lies between the new start and the old one.
    """

    integration: Integration
    excluded: int
    counted: int
    is_earlier: bool


@admin_only
def check_key(
    actor: Actor, store: Store, settings: Settings, domain: str, api_key: str, *, since: date | None = None
) -> Check:
    """Find out what a key can see, without saving anything.

    Raises:
        ConfigError: The domain or the key is none; nothing was called.
    """
    key = api_key.strip()
    if not key:
        raise ConfigError("no-key")
    host = clean_domain(domain, settings.allow_loopback)
    sleep = Impatience()
    with Freshdesk(
        host,
        key,
        limiter=limiter_of(store, host),
        tries=TRIES,
        sleep=sleep,
        waits_out_outages=False,
        allow_loopback=settings.allow_loopback,
    ) as freshdesk:
        sleep.freshdesk = freshdesk
        start = None if since is None else int(datetime.combine(since, time(), UTC).timestamp())
        return check(freshdesk, start)


@admin_only
def connect(
    actor: Actor,
    store: Store,
    settings: Settings,
    *,
    name: str,
    domain: str,
    api_key: str,
    since: date | None = None,
) -> Connected:
    """Test a key, and save the account under a name when the test finds no problem.

    Raises:
        ConfigError: The name is missing, too long or taken, the domain or the key is none, the start lies
            ahead or before Freshdesk. Nothing was saved; nothing was called either, but where the start lies
            ahead only in the account's own zone.
    """
    host = clean_domain(domain, settings.allow_loopback)
    start_of(since, FIRST_ZONE)
    with store.read() as connection:
        integrations.refuse_taken(connection, name, host)
    found = check_key(actor, store, settings, domain, api_key, since=since)
    if found.has_problem:
        return Connected(found)
    with store.write() as connection:
        saved = integrations.add(
            connection,
            settings,
            name=name,
            domain=found.domain,
            api_key=api_key.strip(),
            time_zone=found.time_zone,
            since=start_of(since, found.time_zone),
            shortcomings=found.shortcomings,
            figures=found.figures,
            account_id=found.account_id,
        )
        twin = integrations.same_account(connection, saved)
    return Connected(found, saved, twin)


@admin_only
def check_again(actor: Actor, store: Store, settings: Settings, name: str) -> Check:
    """Test the stored key again, and keep what it cannot see.

    Raises:
        ConfigError: The integration was removed, or its key cannot be opened.
    """
    integration = present(store, name)
    sleep = Impatience()
    with client_of(settings, integration, store=store, sleep=sleep, tries=TRIES) as freshdesk:
        sleep.freshdesk = freshdesk
        found = check(freshdesk, integration.since)
    if found.error is None:
        with store.write() as connection:
            now = integrations.current(connection, integration)
            if now.key_sealed == integration.key_sealed:  # else it is about a key that was replaced meanwhile
                keep(connection, now, found)
    return found


@admin_only
def rename(actor: Actor, store: Store, name: str, new_name: str) -> Integration:
    """Give an integration another name; everything else stays.

    Raises:
        ConfigError: The new name is missing or taken.
    """
    with store.write() as connection:
        one = integrations.named(connection, name)
        integrations.rename(connection, one.integration_id, new_name)
        return integrations.get(connection, one.integration_id)


@admin_only
def replace_key(actor: Actor, store: Store, settings: Settings, name: str, api_key: str) -> Check:
    """Test another key of the same account, and use it from now on when there is no problem with it.

    What was imported stays, and is not fetched again.

    Raises:
        ConfigError: The integration was removed; the key is none, or one of another account.
    """
    integration = present(store, name)
    found = check_key(actor, store, settings, integration.domain, api_key)
    if found.has_problem:
        return found
    id_ = integration.integration_id
    with store.write() as connection:
        integration = integrations.current(connection, integration)
        accounts = (found.account_id, integration.account_id)
        if None not in accounts and accounts[0] != accounts[1]:
            raise ConfigError("other-account", domain=integration.domain)
        leases.take_away(connection, id_)  # an import under way goes on with the old key else
        integrations.replace_key(connection, settings, id_, api_key.strip())
        keep(connection, integration, found)
    return found


@admin_only
def change_start(actor: Actor, store: Store, name: str, since: date | None) -> Restarted:
    """Let contacts count from another day on, in the account's zone; None: from ever. No row is lost.

    What was imported is judged again at once. An import under way ends, and begins anew.

    Raises:
        ConfigError: The integration was removed, or the day lies ahead.
    """
    old = present(store, name)
    start = start_of(since, old.time_zone)
    with store.write() as connection:
        old = integrations.current(connection, old)
        leases.take_away(connection, old.integration_id)
        changes = starting.restart(connection, old, start)
        new = integrations.get(connection, old.integration_id)
    excluded = changes.pop(starting.BEFORE_START, 0)
    is_earlier = old.since is not None and (start is None or start < old.since)
    return Restarted(new, excluded, sum(changes.values()), is_earlier)


@admin_only
def pause(actor: Actor, store: Store, name: str) -> Integration:
    """Import no more until it is resumed; an import under way ends at its next step."""
    integration = present(store, name)
    with store.write() as connection:
        integration = integrations.current(connection, integration)
        if integration.paused_at is None:
            integrations.pause(connection, integration.integration_id, actor.name)
        return integrations.get(connection, integration.integration_id)


@admin_only
def resume(actor: Actor, store: Store, name: str) -> Integration:
    """Import again; the next import closes the gap."""
    integration = present(store, name)
    with store.write() as connection:
        integration = integrations.current(connection, integration)
        integrations.resume(connection, integration.integration_id)
        return integrations.get(connection, integration.integration_id)


@admin_only
def remove(actor: Actor, store: Store, name: str) -> Integration:
    """Stop importing and forget the key; what was imported stays."""
    integration = named(store, name)
    with store.write() as connection:
        integration = integrations.still(connection, integration)
        leases.take_away(connection, integration.integration_id)  # an import under way ends at its next step
        integrations.remove(connection, integration.integration_id)
        return integrations.get(connection, integration.integration_id)
