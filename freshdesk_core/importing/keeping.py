"""What admins may do with imported data: read a range again, delete for good, seal the keys anew."""

import threading
from collections.abc import Callable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from freshdesk_core.access import Actor, admin_only
from freshdesk_core.errors import ConfigError
from freshdesk_core.importing import log, purging, reimporting
from freshdesk_core.importing.connect import client_of
from freshdesk_core.importing.purging import Receipt
from freshdesk_core.importing.reimported import Reimported
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, integrations
from freshdesk_core.store.integrations import Integration

FIRST_DAY = date(2010, 1, 1)  # before Freshdesk: an earlier start is a slip of the pen
LAST_YEAR = 2200


@admin_only
def purge(actor: Actor, store: Store, name: str) -> Receipt:
    """Delete an integration with everything that was imported for it."""
    return purging.purge(store, named(store, name), "integration")


@admin_only
def purge_before(actor: Actor, store: Store, name: str, day: date) -> Receipt:
    """Delete what is older than a day (in the account's zone); contacts count from it on.

    Raises:
        ConfigError: The day lies ahead.
    """
    integration = named(store, name)
    return purging.purge(store, integration, "before", start_of(day, integration.time_zone))


@admin_only
def purge_ticket(actor: Actor, store: Store, name: str, ticket_id: int) -> Receipt:
    """Delete one ticket with its thread; it is not imported again."""
    return purging.purge(store, named(store, name), "ticket", ticket_id)


@admin_only
def reimport(
    actor: Actor,
    store: Store,
    settings: Settings,
    name: str,
    first: date,
    end: date,
    *,
    stop: threading.Event | None = None,
    on_progress: Callable[[log.Run], None] = lambda run: None,
) -> Reimported:
    """Read the days from *first* to *end*, not included, again, and tell what changed.

    Raises:
        Busy: Another process imports the integration.
        ConfigError: It was removed or paused; its key cannot be opened; there is no day in the range, or
            none that a help desk has seen.
        StoreError: The store failed.
    """
    integration = present(store, name)
    if integration.paused_at is not None:
        raise integrations.paused(integration)
    for day in (first, end):
        if not 1970 < day.year <= LAST_YEAR:
            raise ConfigError("bad-date", text=day.isoformat())
    zone = ZoneInfo(integration.time_zone)
    span = [int(datetime.combine(day, time(), zone).timestamp()) for day in (first, end)]
    if span[0] >= span[1]:
        raise ConfigError("bad-range", first=first.isoformat(), end=end.isoformat())
    stop, halt = stop or threading.Event(), threading.Event()
    with client_of(settings, integration, stop, halt, store=store) as freshdesk:
        return reimporting.Reimport(
            store,
            integration,
            freshdesk,
            (span[0], span[1]),
            threads=settings.threads,
            stop=stop,
            halt=halt,
            on_progress=on_progress,
        ).run()


@admin_only
def reseal(actor: Actor, store: Store, settings: Settings) -> int:
    """Seal all stored keys with the first key of ``INFLOW_SECRET_KEY``; returns how many.

    Raises:
        ConfigError: One of them cannot be opened; nothing was changed.
    """
    with store.write() as connection:
        return integrations.reseal(connection, settings)


def start_of(day: date | None, zone: str) -> int | None:
    """Midnight of a day in the account's zone, as epoch seconds.

    Raises:
        ConfigError: ``start-in-future``, ``start-too-early``.
    """
    if day is None:
        return None
    if day < FIRST_DAY:
        raise ConfigError("start-too-early", text=day.isoformat(), first=FIRST_DAY.isoformat())
    if day > datetime.now(ZoneInfo(zone)).date():
        raise ConfigError("start-in-future", text=day.isoformat())
    return int(datetime.combine(day, time(), ZoneInfo(zone)).timestamp())


def named(store: Store, name: str) -> Integration:
    """The integration of a name.

    Raises:
        ConfigError: There is none.
    """
    with store.read() as connection:
        return integrations.named(connection, name)


def present(store: Store, name: str) -> Integration:
    """The integration of a name, if it was not removed.

    Raises:
        ConfigError: There is none, or it was removed.
    """
    integration = named(store, name)
    if integration.removed_at is not None:
        raise ConfigError("integration-removed", name=integration.name)
    return integration
