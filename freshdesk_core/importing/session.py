"""What the command line and the worker do with an integration: import it, audit it, compare it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import select

from freshdesk_core.api import Freshdesk
from freshdesk_core.errors import ApiError, Busy, ConfigError, CoreError
from freshdesk_core.importing import log
from freshdesk_core.importing.accounting import accounts
from freshdesk_core.importing.audit import Audit, Audited
from freshdesk_core.importing.connect import check, client_of, keep
from freshdesk_core.importing.run import Import, Outcome
from freshdesk_core.importing.stopping import Interrupted
from freshdesk_core.importing.totals import days_to_retake, differences, stale_days, take_totals
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, leases
from freshdesk_core.store import integrations as integrations_
from freshdesk_core.store.integrations import Integration
from freshdesk_core.store.schema import imports, integrations


@dataclass(frozen=True)
class Session:
    """One import, and the audit and comparison that end a first one.

    The accounts, contacts and calls of the outcome are those of all of it. ``proof_error``: why audit or
    comparison failed; it leaves the import complete.
    """

    outcome: Outcome
    audited: Audited | None = None
    proof_error: CoreError | None = None


@dataclass(frozen=True)
class Proof:
    """What an audit found, and why audit or comparison failed, if one did."""

    audited: Audited
    error: CoreError | None = None


def bring_up_to_date(
    store: Store,
    settings: Settings,
    integration: Integration,
    *,
    stop: threading.Event | None = None,
    on_progress: Callable[[log.Run], None] = lambda run: None,
    with_proof: bool = True,
) -> Session:
    """Import an integration; after its first complete import audit it, and take Freshdesk's totals.

    An audit or totals that failed or were interrupted then are made up for after the next import; without
    *with_proof* they are left for later.

    *integration* may have been loaded long ago: it is read anew.

    Raises:
        Busy: Another process imports it; ``Paused`` when it is paused by now.
        ConfigError: Its key cannot be opened, its domain is not allowed, or it was removed.
        StoreError: The store failed.
    """
    stop = stop or threading.Event()
    halt = threading.Event()
    with store.read() as connection:
        integration = integrations_.current(connection, integration)
    with _connected(store, settings, integration, stop, halt) as freshdesk:
        run = Import(
            store,
            integration,
            freshdesk,
            threads=settings.threads,
            stop=stop,
            halt=halt,
            on_progress=on_progress,
            with_estimate=True,
        )
        outcome = run.run()
        if outcome.outcome != "complete" or not with_proof or _is_proven(store, integration):
            return Session(outcome)
        try:
            proof = prove(
                store, settings, integration, freshdesk, stop=stop, halt=halt, on_progress=on_progress
            )
        except (Busy, ConfigError) as error:
            return Session(outcome, None, error)
        with store.read() as connection:
            closed = accounts(connection, integration.integration_id)
        is_interrupted = proof.audited.outcome == "interrupted"
        outcome = replace(
            outcome,
            outcome="interrupted" if is_interrupted else outcome.outcome,
            accounts=closed,
            new_contacts=outcome.new_contacts + proof.audited.new_contacts,
            calls=freshdesk.calls,
            credits=freshdesk.credits,
            waited_seconds=freshdesk.waited,
            seconds=outcome.seconds + proof.audited.seconds,
        )
        return Session(outcome, proof.audited, proof.error)


def _connected(
    store: Store, settings: Settings, integration: Integration, *stops: threading.Event
) -> Freshdesk:
    """The client of the account; where there cannot be one, the log of imports says why."""
    try:
        return client_of(settings, integration, *stops, store=store)
    except ConfigError as error:
        with leases.held(store, integration) as lease, store.write() as connection:
            is_first = lease.integration.first_import_ended_at is None
            run = log.begin(connection, integration.integration_id, purpose="import", is_first=is_first)
            log.end(connection, run, "failed", error)
        raise


def prove(
    store: Store,
    settings: Settings,
    integration: Integration,
    freshdesk: Freshdesk,
    *,
    stop: threading.Event,
    halt: threading.Event,
    on_progress: Callable[[log.Run], None] = lambda run: None,
) -> Proof:
    """Audit an integration, compare it with Freshdesk's totals, and mend what differs.

    What its key can see is checked before: it may have been narrowed in Freshdesk, or widened.

    Raises:
        Busy: Another process imports it, or its key was replaced.
        ConfigError: It was removed.
        StoreError: The store failed.
    """

    def audit() -> Audit:
        return Audit(
            store,
            integration,
            freshdesk,
            threads=settings.threads,
            stop=stop,
            halt=halt,
            on_progress=on_progress,
        )

    first = audit()  # it counts its calls from here on, the check's among them
    error = _check_again(store, integration, freshdesk)
    audited = first.run()
    if audited.outcome != "complete":
        return Proof(audited, audited.error)
    try:
        _compare(store, settings, integration, freshdesk, stop)
        if not stop.is_set() and _differs(store, integration):
            mended = audit().run()
            if mended.outcome != "complete":
                return Proof(mended, mended.error)
            audited = replace(
                audited,
                found=audited.found + mended.found,
                new_contacts=audited.new_contacts + mended.new_contacts,
            )
            with store.read() as connection:
                stale = stale_days(connection, integration.integration_id)
            take_totals(store, integration, freshdesk, stale, threads=settings.threads, stop=stop)
    except ApiError as caught:
        return Proof(audited, caught)
    return Proof(audited, error)


def _check_again(store: Store, integration: Integration, freshdesk: Freshdesk) -> ApiError | None:
    """Keep what the key cannot see now. Where it cannot be told, what was found last stands."""
    with leases.held(store, integration) as lease:
        try:
            found = check(freshdesk)
        except Interrupted:
            return None  # the audit hears of it, too
        except ApiError as error:
            return error
        with store.write() as connection:
            lease.check(connection)
            keep(connection, integration, found)
    return None


def _compare(
    store: Store, settings: Settings, integration: Integration, freshdesk: Freshdesk, stop: threading.Event
) -> None:
    """Take the totals of all days the first time, later of those that may differ by now."""
    days = None
    if _is_compared(store, integration):
        with store.read() as connection:
            days = days_to_retake(connection, integration.integration_id)
    take_totals(
        store, integration, freshdesk, days, threads=settings.threads, stop=stop, is_resumed=days is None
    )


def _differs(store: Store, integration: Integration) -> bool:
    """The totals named tickets that only one side has."""
    with store.read() as connection:
        return differences(connection, integration.integration_id) > 0


def _is_proven(store: Store, integration: Integration) -> bool:
    """It was audited once, and compared with Freshdesk's totals."""
    with store.read() as connection:
        audit = connection.execute(
            select(imports.c.import_id)
            .where(
                imports.c.integration_id == integration.integration_id,
                imports.c.purpose == "audit",
                imports.c.outcome == "complete",
            )
            .limit(1)
        ).first()
    return audit is not None and _is_compared(store, integration)


def _is_compared(store: Store, integration: Integration) -> bool:
    """Freshdesk's totals were taken once for all days."""
    with store.read() as connection:
        taken = connection.execute(
            select(integrations.c.last_totals_at).where(
                integrations.c.integration_id == integration.integration_id
            )
        ).scalar()
    return taken is not None
