"""Asks Freshdesk now for the tickets of a window, so that every difference is named by its ticket."""

import threading
from collections.abc import Callable, Iterable

from freshdesk_core.importing.connect import client_of
from freshdesk_core.importing.totals import take_totals
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, integrations
from freshdesk_core.store.cells import DAY


def verify(
    store: Store,
    settings: Settings,
    integration_ids: Iterable[int],
    start: int,
    end: int,
    *,
    stop: threading.Event | None = None,
    on_day: Callable[[], None] = lambda: None,
) -> int:
    """Take Freshdesk's totals and rows of every UTC day that a window touches; the next audit mends.

    Args:
        store: Where they are kept.
        settings: How the accounts are reached.
        integration_ids: Whose; removed ones are left out.
        start: The window's first second (epoch).
        end: The second after its last.
        stop: Ends it early between two days.
        on_day: Called after each day that was taken.

    Returns:
        How many days were taken, over all integrations.

    Raises:
        ApiError: Freshdesk did not answer; the days taken before are kept.
        Busy: Another process imports the integration.
        ConfigError: Its key cannot be opened.
    """
    stop = stop or threading.Event()
    days = range(start // DAY, -(-end // DAY))
    taken = 0
    for integration_id in integration_ids:
        with store.read() as connection:
            integration = integrations.get(connection, integration_id)
        if integration.removed_at is not None:
            continue
        with client_of(settings, integration, stop, store=store) as freshdesk:
            taken += take_totals(
                store,
                integration,
                freshdesk,
                days,
                threads=settings.threads,
                stop=stop,
                is_thorough=True,
                on_day=on_day,
            )
    return taken
