"""One importer per integration: a lease in the store, renewed while its holder lives.

It works the same for processes of one machine and of many. A holder that died on this machine is
replaced at once; elsewhere its lease runs out by itself.
"""

import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from freshdesk_core.errors import Busy, Paused, StoreError
from freshdesk_core.store import integrations as stored
from freshdesk_core.store.engine import Store
from freshdesk_core.store.integrations import Integration
from freshdesk_core.store.schema import imports, integrations, leases

LEASE_SECONDS = 30
RENEW_SECONDS = 5
CLOCK_DOUBT_SECONDS = 2  # the system works out when a process began from a clock that is corrected meanwhile

_TOKEN = select(leases.c.token).where(leases.c.integration_id == bindparam("integration"))
_PAUSED = select(integrations.c.paused_at).where(integrations.c.integration_id == bindparam("integration"))


_HELD: set[str] = set()  # the tokens of the leases that this process holds


@dataclass(frozen=True)
class Holder:
    """Who imports an integration, and since when (epoch seconds)."""

    host: str
    pid: int
    process_started_at: int
    since: int
    expires_at: int

    def is_alive(self, now: float) -> bool:
        """False once the lease ran out, or when its process on this machine is gone."""
        if self.expires_at <= now:
            return False
        if self.host != socket.gethostname():
            return True
        try:
            process = psutil.Process(self.pid)
            # A killed process stays a zombie until its parent asks how it ended; some never do.
            is_zombie = process.status() == psutil.STATUS_ZOMBIE
            began = process.create_time()
        except psutil.Error:
            return False
        return not is_zombie and abs(began - self.process_started_at) <= CLOCK_DOUBT_SECONDS


def this_process(seconds: int) -> Holder:
    """The process that asks, as a holder for so many seconds."""
    now = int(time.time())
    began = int(psutil.Process().create_time())
    return Holder(socket.gethostname(), os.getpid(), began, now, now + seconds)


class Lease:
    """The right to import one integration. Every step checks it in its own transaction.

    ``integration`` is how it stood in the store when the lease was taken: who changes its start or key takes
    the lease away, so that it is still true as long as ``check`` says nothing.
    """

    def __init__(self, integration: Integration, token: str) -> None:
        self.integration = integration
        self.token = token

    def check(self, connection: Connection) -> None:
        """Make sure that nobody has taken over, and that the work is still wanted.

        Raises:
            Busy: Another process holds the lease now, or the integration's settings were changed.
            ConfigError: The integration was removed meanwhile.
            Paused: Somebody paused the integration.
        """
        mine = {"integration": self.integration.integration_id}
        token = connection.execute(_TOKEN, mine).scalar()
        if token != self.token:
            present = stored.current(connection, self.integration)
            if _settings(present) != _settings(self.integration):
                raise Busy("settings-changed", name=present.name)
            raise _busy(present, holder(connection, present.integration_id))
        if connection.execute(_PAUSED, mine).scalar() is not None:
            raise Paused(name=self.integration.name)


@contextmanager
def held(
    store: Store, integration: Integration, *, clock: Callable[[], float] = time.time
) -> Iterator[Lease]:
    """Hold the lease of an integration, renewing it from a thread of its own.

    *integration* may have been loaded long ago; the lease's own is read as the lease is taken.

    Raises:
        Busy: Another living process holds it; or key or address were changed since *integration* was loaded,
            so that a client made from it calls with what is outdated.
        ConfigError: It was removed since.
        Paused: It was paused since.
    """
    lease = _acquire(store, integration, clock())
    _HELD.add(lease.token)
    stop = threading.Event()
    renewing = threading.Thread(target=_renew, args=(store, lease, stop, clock), name="lease", daemon=True)
    renewing.start()
    try:
        yield lease
    finally:
        stop.set()
        renewing.join()
        _HELD.discard(lease.token)
        with store.write() as connection:
            connection.execute(delete(leases).where(leases.c.token == lease.token))


def holder(connection: Connection, integration_id: int) -> Holder | None:
    """Who holds the lease of an integration; None when nobody does."""
    columns = [leases.c[name] for name in Holder.__dataclass_fields__]
    row = connection.execute(select(*columns).where(leases.c.integration_id == integration_id)).one_or_none()
    return None if row is None else Holder(**row._asdict())


def take_away(connection: Connection, integration_id: int) -> None:
    """End whoever imports an integration: the holder finds its lease gone at its next step."""
    connection.execute(delete(leases).where(leases.c.integration_id == integration_id))


def abandon(store: Store) -> None:
    """Let go of all that this process holds, when it has no time to end its runs in order."""
    mine = select(leases.c.integration_id).where(
        leases.c.host == socket.gethostname(), leases.c.pid == os.getpid()
    )
    with store.write() as connection:
        held_here = list(connection.execute(mine).scalars())
        connection.execute(
            update(imports)
            .where(imports.c.integration_id.in_(held_here), imports.c.outcome.is_(None))
            .values(
                outcome="interrupted",
                phase="ended",
                ended_at=int(time.time()),
                error_code=None,  # it waits for nothing any more
                error_figures=None,
            )
        )
        connection.execute(delete(leases).where(leases.c.integration_id.in_(held_here)))


def _access(integration: Integration) -> tuple[str, str]:
    """What a client of its account was made from."""
    return integration.domain, integration.key_sealed


def _settings(integration: Integration) -> tuple[object, ...]:
    """What a run goes by from its beginning to its end."""
    return *_access(integration), integration.since


def _is_left_over(connection: Connection, integration: Integration, present: Holder) -> bool:
    """It is this very process's, which could not give it back when its run ended: the store was gone."""
    token = connection.execute(_TOKEN, {"integration": integration.integration_id}).scalar()
    return (present.host, present.pid) == (socket.gethostname(), os.getpid()) and token not in _HELD


def _acquire(store: Store, integration: Integration, now: float) -> Lease:
    token = secrets.token_hex(16)
    _HELD.add(token)  # before anybody can see the row
    try:
        with store.write() as connection:
            present = _take(connection, integration, token, now)
    except BaseException:
        _HELD.discard(token)
        raise
    return Lease(present, token)


def _take(connection: Connection, loaded: Integration, token: str, now: float) -> Integration:
    """Take the lease of an integration; returns how it stands now."""
    integration = stored.current(connection, loaded)
    present = holder(connection, integration.integration_id)
    is_free = present is None or not present.is_alive(now) or _is_left_over(connection, integration, present)
    if not is_free:
        raise _busy(integration, present)
    if integration.paused_at is not None:
        raise Paused(name=integration.name)
    if _access(integration) != _access(loaded):
        raise Busy("settings-changed", name=integration.name)
    connection.execute(delete(leases).where(leases.c.integration_id == integration.integration_id))
    connection.execute(
        insert(leases).values(
            integration_id=integration.integration_id,
            host=socket.gethostname(),
            pid=os.getpid(),
            process_started_at=int(psutil.Process().create_time()),
            token=token,
            since=int(now),
            expires_at=int(now) + LEASE_SECONDS,
        )
    )
    return integration


def _renew(store: Store, lease: Lease, stop: threading.Event, clock: Callable[[], float]) -> None:
    while not stop.wait(RENEW_SECONDS):
        try:
            with store.write() as connection:
                connection.execute(
                    update(leases)
                    .where(leases.c.token == lease.token)
                    .values(expires_at=int(clock()) + LEASE_SECONDS)
                )
        except StoreError:
            # The store is busy or full; the next step of the import meets the same and says so.
            continue


def _busy(integration: Integration, present: Holder | None) -> Busy:
    if present is None:
        return Busy("lease-lost", name=integration.name)
    since = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(present.since))
    return Busy(name=integration.name, holder=f"process {present.pid} on {present.host}", since=since)
