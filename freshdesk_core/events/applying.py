"""What becomes of events: each is a hint that something changed, so the lists are looked through soon.

An event brings no figure with it. It makes the next import of its integration begin at once, the same import
as any other. So events that come twice, late, in the wrong order or from a thief cannot falsify a count; all
they can do is cost calls, and these are bounded: one import answers all hints that wait, and the next begins
no sooner than ``INFLOW_EVENT_SECONDS`` after it (docs/decisions/0024-events.md).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select, update

from freshdesk_core.settings import Settings
from freshdesk_core.store import Store
from freshdesk_core.store.event_schema import events

# A repeat within the second in which a hint was looked at could not be told from it.
SETTLE_SECONDS = 1
AT_ONCE = 10_000

_MARK = (
    update(events)
    .where(events.c.event_id == bindparam("id"), events.c.received_at == bindparam("seen"))
    .values(applied_at=bindparam("now"))
)


@dataclass(frozen=True)
class Seen:
    """The hints that waited when an import began: ids of events, and when each last came."""

    integration_id: int
    received_at: dict[int, int]


class Hints:
    """The events that wait, as the schedule sees them.

    Args:
        store: The store.
        settings: How long to rest between two imports that events asked for.
        timer: The schedule's clock, in seconds.
        clock: The time of day, in epoch seconds.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        timer: Callable[[], float] = time.monotonic,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._settings = settings
        self._timer = timer
        self._clock = clock
        self._resting: dict[int, float] = {}

    def waiting(self) -> set[int]:
        """The integrations that events ask to import now."""
        query = select(events.c.integration_id).where(events.c.applied_at.is_(None))
        settled = func.min(events.c.received_at) <= int(self._clock()) - SETTLE_SECONDS
        with self._store.read() as connection:
            found = connection.execute(query.group_by(events.c.integration_id).having(settled)).scalars()
            return {one for one in found if self._timer() >= self._resting.get(one, 0)}

    def seen(self, integration_id: int) -> Seen:
        """The hints that an import which begins now will answer; if it fails, the next on schedule will."""
        self._resting[integration_id] = self._timer() + self._settings.poll_seconds
        query = select(events.c.event_id, events.c.received_at).where(
            events.c.integration_id == integration_id,
            events.c.applied_at.is_(None),
            events.c.received_at <= int(self._clock()) - SETTLE_SECONDS,
        )
        with self._store.read() as connection:
            rows = connection.execute(query.order_by(events.c.received_at).limit(AT_ONCE))
            return Seen(integration_id, {row.event_id: row.received_at for row in rows})

    def applied(self, seen: Seen) -> None:
        """The import is complete: its hints are done, but for those that came again meanwhile."""
        self._resting[seen.integration_id] = self._timer() + self._settings.event_seconds
        if not seen.received_at:
            return
        now = int(self._clock())
        rows = [{"id": id_, "seen": at, "now": now} for id_, at in seen.received_at.items()]
        with self._store.write() as connection:
            connection.execute(_MARK, rows)
