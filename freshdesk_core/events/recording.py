"""Writes accepted events, dead letters and counters; removes old ones."""

import hashlib
import threading
from collections import Counter
from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy import Connection, Insert, Table, case, delete, func, null, select, update
from sqlalchemy.dialects import postgresql, sqlite

from freshdesk_core.events.parsing import WITHOUT_OBJECT, Event
from freshdesk_core.store.event_schema import dead_letters, event_keys, event_refusals, events

EVENT_DAYS = 7
DEAD_LETTER_DAYS = 30
MOST_SHAPES = 1_000  # rows of dead letters of one integration; a key that was stolen must not fill the disk
ANY_SHAPE = '"(other)"'
USED_SECONDS = 30  # a key's last use is written this often
DAY = 86_400


class Accepted(Protocol):
    """What is stored of an item of the queue."""

    integration_id: int
    event: Event | None
    reason: str
    shape: str


def store(connection: Connection, items: Sequence[Accepted], now: int) -> None:
    """Store a batch; a repeat of an event is no second one.

    A repeat that does not say when its object changed may tell of another change: it is to be done again.
    """
    rows: dict[tuple[object, ...], dict[str, object]] = {}
    letters: Counter[tuple[int, str, str]] = Counter()
    for item in items:
        if (event := item.event) is None:
            letters[item.integration_id, item.reason, item.shape] += 1
            continue
        key = (item.integration_id, event.name, event.object_id, event.object_updated_at)
        rows[key] = {
            "integration_id": item.integration_id,
            "name": event.name,
            "object_id": event.object_id,
            "object_updated_at": event.object_updated_at,
            "ticket_id": event.ticket_id,
            "received_at": now,
            # A heartbeat that tells of dropped events is a hint, too.
            "applied_at": None if event.name not in WITHOUT_OBJECT or event.object_id else now,
        }
    if rows:
        # In order, so that two receivers never wait for each other's rows.
        connection.execute(_event_insert(connection), [rows[key] for key in sorted(rows, key=repr)])
    for (integration_id, reason, shape), times in sorted(letters.items()):
        _store_letter(connection, integration_id, reason, shape, times, now)


def _event_insert(connection: Connection) -> Insert:
    statement = _insert(connection, events)
    said = statement.excluded
    again = case((said.object_updated_at == 0, said.applied_at), else_=events.c.applied_at)
    built: Insert = statement.on_conflict_do_update(
        index_elements=["integration_id", "name", "object_id", "object_updated_at"],
        set_={
            "received_at": said.received_at,
            "applied_at": again,
            "ticket_id": func.coalesce(said.ticket_id, events.c.ticket_id),
        },
    )
    return built


def _store_letter(
    connection: Connection, integration_id: int, reason: str, shape: str, times: int, now: int
) -> None:
    of_integration = select(func.count()).where(dead_letters.c.integration_id == integration_id)
    if connection.execute(of_integration).scalar_one() >= MOST_SHAPES:
        shape = ANY_SHAPE
    statement = _insert(connection, dead_letters).values(
        integration_id=integration_id,
        reason=reason,
        shape=shape,
        shape_digest=hashlib.sha256(shape.encode()).hexdigest(),
        times=times,
        first_at=now,
        last_at=now,
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["integration_id", "reason", "shape_digest"],
            set_={"times": dead_letters.c.times + times, "last_at": now, "retried_at": null()},
        )
    )


def sweep(connection: Connection, now: int) -> None:
    """Remove what has been kept long enough: events 7 days, dead letters 30."""
    connection.execute(delete(events).where(events.c.received_at < now - EVENT_DAYS * DAY))
    connection.execute(delete(dead_letters).where(dead_letters.c.last_at < now - DEAD_LETTER_DAYS * DAY))


class Tally:
    """Counters that are written now and then: uses of keys, refusals. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._written: dict[int, int] = {}
        self._used: dict[int, tuple[int, str]] = {}
        self._refused: Counter[int] = Counter()  # by key
        self._refusals: Counter[str] = Counter()  # by reason
        self._last: dict[int | str, int] = {}

    def __bool__(self) -> bool:
        return bool(self._used or self._refused or self._refusals)

    def use(self, key_id: int, address: str, now: int) -> None:
        """A key was used."""
        if now - self._written.get(key_id, -USED_SECONDS) >= USED_SECONDS:
            with self._lock:
                self._written[key_id] = now
                self._used[key_id] = (now, address)

    def refuse(self, key_id: int, now: int) -> None:
        """An event was beyond a key's limit."""
        with self._lock:
            self._refused[key_id] += 1
            self._last[key_id] = now

    def refusal(self, reason: str, now: int) -> None:
        """A request had no good key."""
        with self._lock:
            self._refusals[reason] += 1
            self._last[reason] = now

    def write(self, connection: Connection) -> None:
        """Write what was counted since; what fails to be written is written the next time."""
        with self._lock:
            used, refused, refusals = dict(self._used), Counter(self._refused), Counter(self._refusals)
            last = dict(self._last)
        _write_used(connection, used)
        for key, times in sorted(refused.items()):
            values = {"refused": event_keys.c.refused + times, "last_refused_at": last[key]}
            connection.execute(update(event_keys).where(event_keys.c.key_id == key).values(values))
        for reason, times in sorted(refusals.items()):
            row = {"reason": reason, "times": times, "last_at": last[reason]}
            statement = _insert(connection, event_refusals).values(row)
            changed = {"times": event_refusals.c.times + times, "last_at": last[reason]}
            connection.execute(statement.on_conflict_do_update(index_elements=["reason"], set_=changed))
        with self._lock:
            self._used = {key: use for key, use in self._used.items() if used.get(key) != use}
            self._refused -= refused
            self._refusals -= refusals


def _write_used(connection: Connection, used: dict[int, tuple[int, str]]) -> None:
    for key, (at, address) in sorted(used.items()):
        values = {"last_used_at": at, "last_address": address}
        connection.execute(update(event_keys).where(event_keys.c.key_id == key).values(values))


def _insert(connection: Connection, table: Table) -> Any:
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)
