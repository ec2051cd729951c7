"""Comparisons that somebody asks for: Freshdesk is asked anew, or a count of its Analytics is typed in.

The result is kept with its date and the name of who asked. Asking Freshdesk costs calls of the account's
budget and holds the integration for that long, so only admins do it (docs/decisions/0023-what-people-add.md).
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from freshdesk_core.access import Actor, admin_only
from freshdesk_core.errors import Busy, ConfigError, CoreError, Paused
from freshdesk_core.importing.verifying import verify
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, comparisons, integrations
from freshdesk_core.store.comparisons import Asked
from freshdesk_core.volumes import EVERYTHING, Filters, Window, created_figures, reconcile
from freshdesk_core.volumes.windows import DAY

BUSY_SECONDS = 2.0  # how soon it is tried again while an import holds the integration
PATIENCE_SECONDS = 1800.0  # and how long
MOST_CREATED = 10**9

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Started:
    """A comparison under way. ``thread`` is None where one of this integration was under way already."""

    comparison_id: int
    thread: threading.Thread | None


@admin_only
def start(
    actor: Actor,
    store: Store,
    settings: Settings,
    integration_id: int,
    window: Window,
    filters: Filters = EVERYTHING,
) -> Started:
    """Ask Freshdesk for its tickets of a window, on a thread of its own; how far it is stands in the store.

    Args:
        actor: Who asks.
        store: Where the result is kept.
        settings: How the account is reached.
        integration_id: Whose tickets.
        window: Which.
        filters: Groups and sources of the figures that are kept; Freshdesk is asked for all of them.

    Raises:
        NotAllowed: The actor is no admin.
        ConfigError: ``nothing-to-compare``: the window is empty.
    """
    if window.is_empty:
        raise ConfigError("nothing-to-compare")
    asked = Asked(
        integration_id,
        comparisons.SEARCH,
        actor.name,
        (window.start, window.end),
        window.zone,
        filters.groups,
        filters.sources,
    )
    with store.write() as connection:
        for one in comparisons.newest(connection, [integration_id]):
            if one.is_under_way:
                return Started(one.comparison_id, None)
        id_ = comparisons.begin(connection, asked, len(utc_days(window)))
    thread = threading.Thread(target=run, args=(store, settings, id_), name=f"comparison {id_}", daemon=True)
    thread.start()
    return Started(id_, thread)


def utc_days(window: Window) -> range:
    """The UTC days that a window touches, by their number: each costs one call or more."""
    return range(window.start // DAY, -(-window.end // DAY))


def run(
    store: Store,
    settings: Settings,
    comparison_id: int,
    *,
    stop: threading.Event | None = None,
    patience: float = PATIENCE_SECONDS,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Do a comparison that was begun, and keep how it ended.

    Args:
        store: Where it stands.
        settings: How the account is reached.
        comparison_id: Which.
        stop: Ends it early.
        patience: For how many seconds it waits for an import of the integration to end.
        clock: Seconds.
    """
    stop = stop or threading.Event()
    with store.read() as connection:
        found = comparisons.get(connection, comparison_id)
    if found is None:
        return
    try:
        _verify(store, settings, found, stop, clock() + patience, clock)
    except CoreError as error:
        logger.warning("Comparison %d: %s", comparison_id, error)
        with store.write() as connection:
            comparisons.fail(connection, comparison_id, comparisons.FAILED, error)
        return
    if stop.is_set():
        with store.write() as connection:
            comparisons.fail(connection, comparison_id, comparisons.STOPPED)
        return
    _keep(store, found)


@admin_only
def type_in(actor: Actor, store: Store, integration_id: int, window: Window, created_count: int) -> int:
    """Keep a count of created tickets from Freshdesk Analytics beside Inflow's figures of the same days.

    Args:
        actor: Who typed it in.
        store: Where it is kept.
        integration_id: Whose tickets.
        window: The days of the report, in the account's zone.
        created_count: The count, 0 or more.

    Returns:
        The comparison's id.

    Raises:
        NotAllowed: The actor is no admin.
        ConfigError: ``bad-created-count``; ``nothing-to-compare``: the tickets of these days are not proven
            to
            be complete.
    """
    if not 0 <= created_count <= MOST_CREATED:
        raise ConfigError("bad-created-count", most=MOST_CREATED)
    filters = replace(EVERYTHING, integrations=(integration_id,))
    figures = created_figures(store, window, filters)
    if window.is_empty or figures["tickets_seen"] is None:
        raise ConfigError("nothing-to-compare")
    asked = Asked(
        integration_id,
        comparisons.ANALYTICS,
        actor.name,
        (window.start, window.end),
        window.zone,
        created_count=created_count,
    )
    with store.write() as connection:
        id_ = comparisons.begin(connection, asked, 0)
        comparisons.complete(connection, id_, figures, {})
    return id_


def _verify(
    store: Store,
    settings: Settings,
    found: comparisons.Comparison,
    stop: threading.Event,
    deadline: float,
    clock: Callable[[], float],
) -> None:
    id_, (start_, end) = found.asked.integration_id, found.asked.window
    done = 0

    def note(state: str) -> None:
        with store.write() as connection:
            comparisons.progress(connection, found.comparison_id, state, done)

    def on_day() -> None:
        nonlocal done
        done += 1
        note(comparisons.RUNNING)

    while not stop.is_set():
        with store.read() as connection:
            integration = integrations.get(connection, id_)
        if integration.removed_at is not None:
            raise ConfigError("integration-removed", name=integration.name)
        try:
            verify(store, settings, [id_], start_, end, stop=stop, on_day=on_day)
            return
        except Paused:
            raise
        except Busy:
            if clock() >= deadline:
                raise
            note(comparisons.WAITING)
            stop.wait(BUSY_SECONDS)


def _keep(store: Store, found: comparisons.Comparison) -> None:
    asked = found.asked
    filters = Filters(integrations=(asked.integration_id,), groups=asked.groups, sources=asked.sources)
    result = reconcile(store, Window(*asked.window, asked.zone), filters)
    differing = {
        "never_imported": [ticket_id for _name, ticket_id in result.never_imported_tickets],
        "unexplained": [ticket_id for _name, ticket_id in result.unexplained_tickets],
    }
    with store.write() as connection:
        comparisons.complete(connection, found.comparison_id, result.total.figures(), differing)
