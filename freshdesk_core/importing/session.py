"""What the command line and the worker do with an integration: import it, and compare it at its first end."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from freshdesk_core.errors import ApiError, Busy
from freshdesk_core.importing import log
from freshdesk_core.importing.connect import client_of
from freshdesk_core.importing.run import Import, Outcome
from freshdesk_core.importing.totals import take_totals
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store
from freshdesk_core.store.integrations import Integration
from freshdesk_core.store.schema import integrations


@dataclass(frozen=True)
class Session:
    """One import, and the comparison that ends a first one. ``totals_error`` leaves the import complete."""

    outcome: Outcome
    totals_error: ApiError | Busy | None = None


def bring_up_to_date(
    store: Store,
    settings: Settings,
    integration: Integration,
    *,
    stop: threading.Event | None = None,
    on_progress: Callable[[log.Run], None] = lambda run: None,
) -> Session:
    """Import an integration; after its first complete import take Freshdesk's totals too.

    Totals that failed or were interrupted then are taken after the next import.

    Raises:
        Busy: Another process imports it.
        ConfigError: Its key cannot be opened, or its domain is not allowed.
        StoreError: The store failed.
    """
    stop = stop or threading.Event()
    halt = threading.Event()
    with client_of(settings, integration, stop, halt) as freshdesk:
        run = Import(
            store,
            integration,
            freshdesk,
            threads=settings.threads,
            stop=stop,
            halt=halt,
            on_progress=on_progress,
        )
        outcome = run.run()
        if outcome.outcome != "complete" or _is_compared(store, integration):
            return Session(outcome)
        try:
            take_totals(store, integration, freshdesk, threads=settings.threads, stop=stop)
        except (ApiError, Busy) as error:
            return Session(outcome, error)
    return Session(outcome)


def _is_compared(store: Store, integration: Integration) -> bool:
    """Freshdesk's totals were taken once for all days."""
    with store.read() as connection:
        taken = connection.execute(
            select(integrations.c.last_totals_at).where(
                integrations.c.integration_id == integration.integration_id
            )
        ).scalar()
    return taken is not None
