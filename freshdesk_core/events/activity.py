"""What came in: the last event, what waits, what was not understood, what was refused."""

import time
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select, update

from freshdesk_core.access import Actor, admin_only
from freshdesk_core.errors import ConfigError
from freshdesk_core.events.parsing import HEARTBEAT, TEST
from freshdesk_core.store import Store
from freshdesk_core.store.event_schema import AGAIN, event_keys, event_refusals, events
from freshdesk_core.store.event_schema import dead_letters as letters


@dataclass(frozen=True)
class Activity:
    """What an integration's senders did. Times are epoch seconds; None: never, in the last 7 days.

    ``pending`` counts events that wait to be applied, ``dead_letters`` those that were not understood
    in the last 30 days, ``refused`` those beyond the limit of their key, ``dropped`` those that the app in
    Freshdesk says it could not deliver (at least so many, in the last 7 days).
    """

    last_event_at: int | None
    last_test_at: int | None
    pending: int
    dead_letters: int
    refused: int
    last_refused_at: int | None
    dropped: int = 0
    last_dropped_at: int | None = None


@dataclass(frozen=True)
class DeadLetter:
    """Events that were not understood, of one reason and shape. Times are epoch seconds.

    ``reason`` is the code of a message, ``shape`` JSON of field names and types: values are not kept.
    """

    dead_letter_id: int
    reason: str
    shape: str
    times: int
    first_at: int
    last_at: int
    retried_at: int | None


@dataclass(frozen=True)
class Refusal:
    """Requests without a good key: how many, for which reason, and when the last came (epoch seconds)."""

    reason: str
    times: int
    last_at: int


LETTER_COLUMNS = [letters.c[name] for name in DeadLetter.__dataclass_fields__]


def of(store: Store, integration_id: int) -> Activity:
    """Tell what came for an integration."""
    its_events = events.c.integration_id == integration_id
    newest = select(func.max(events.c.received_at)).where(its_events, events.c.name != AGAIN)
    pending = select(func.count()).where(its_events, events.c.applied_at.is_(None))
    not_understood = select(func.sum(letters.c.times)).where(letters.c.integration_id == integration_id)
    refused = select(func.sum(event_keys.c.refused), func.max(event_keys.c.last_refused_at))
    drops = select(func.sum(events.c.object_id), func.max(events.c.received_at)).where(
        its_events, events.c.name == HEARTBEAT, events.c.object_id > 0
    )
    with store.read() as connection:
        dropped, last_dropped_at = connection.execute(drops).one()
        total, last_refused_at = connection.execute(
            refused.where(event_keys.c.integration_id == integration_id)
        ).one()
        return Activity(
            last_event_at=connection.execute(newest).scalar(),
            last_test_at=connection.execute(newest.where(events.c.name == TEST)).scalar(),
            pending=connection.execute(pending).scalar_one(),
            dead_letters=int(connection.execute(not_understood).scalar() or 0),
            refused=int(total or 0),
            last_refused_at=last_refused_at,
            dropped=int(dropped or 0),
            last_dropped_at=last_dropped_at,
        )


def dead_letters(store: Store, integration_id: int) -> list[DeadLetter]:
    """The events of an integration that were not understood, the latest first."""
    query = select(*LETTER_COLUMNS).where(letters.c.integration_id == integration_id)
    with store.read() as connection:
        rows = connection.execute(query.order_by(letters.c.last_at.desc(), letters.c.dead_letter_id.desc()))
        return [DeadLetter(**row._asdict()) for row in rows]


@admin_only
def retry(
    actor: Actor, store: Store, integration_id: int, dead_letter_id: int, *, now: float | None = None
) -> None:
    """Make up for events that were not understood.

    What they said was not kept, so Freshdesk's lists are looked through soon: whatever changed is there.

    Raises:
        ConfigError: ``no-such-dead-letter``.
    """
    moment = int(time.time() if now is None else now)
    again = {"integration_id": integration_id, "name": AGAIN, "object_id": 0, "object_updated_at": 0}
    with store.write() as connection:
        mine = (letters.c.integration_id == integration_id, letters.c.dead_letter_id == dead_letter_id)
        done = connection.execute(update(letters).where(*mine).values(retried_at=moment))
        if not done.rowcount:
            raise ConfigError("no-such-dead-letter", dead_letter_id=dead_letter_id)
        connection.execute(
            delete(events).where(events.c.integration_id == integration_id, events.c.name == AGAIN)
        )
        connection.execute(insert(events).values(**again, received_at=moment))


def refusals(store: Store) -> list[Refusal]:
    """What was refused for want of a good key, of all integrations together."""
    columns = [event_refusals.c[name] for name in Refusal.__dataclass_fields__]
    with store.read() as connection:
        rows = connection.execute(select(*columns).order_by(event_refusals.c.reason))
        return [Refusal(**row._asdict()) for row in rows]
