"""The keys with which Freshdesk's side sends events: made, listed, ended.

Only a digest is stored, so a key is seen once. Making one while another is in use is a rotation: for a
while both are good.
"""

import time
from dataclasses import dataclass, field

from sqlalchemy import Connection, insert, select, update

from freshdesk_core.access import Actor, admin_only
from freshdesk_core.errors import ConfigError
from freshdesk_core.events import key_text
from freshdesk_core.store import Store, integrations
from freshdesk_core.store.event_schema import event_keys

OVERLAP_SECONDS = 86_400
LONGEST_LABEL = 100


@dataclass(frozen=True)
class EventKey:
    """What is known of a key. Times are epoch seconds.

    ``last_address`` is a class of addresses: "loopback", "private" or "public". ``refused`` counts the
    events beyond its rate limit.
    """

    key_id: int
    integration_id: int
    prefix: str
    label: str
    created_at: int
    last_used_at: int | None
    last_address: str | None
    expires_at: int | None
    superseded_by: int | None
    revoked_at: int | None
    refused: int
    last_refused_at: int | None

    @property
    def shown(self) -> str:
        """The key as it may be shown: its first characters."""
        return key_text.shown(self.prefix)

    def is_live(self, now: float) -> bool:
        """Events with it are accepted."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True)
class NewKey:
    """A key right after it was made: the only time that its text is known."""

    key_id: int
    text: str = field(repr=False)


COLUMNS = [event_keys.c[name] for name in EventKey.__dataclass_fields__]


@admin_only
def generate(
    actor: Actor,
    store: Store,
    integration_id: int,
    *,
    label: str = "",
    overlap_seconds: int = OVERLAP_SECONDS,
    now: float | None = None,
) -> NewKey:
    """Make a key for an integration.

    Of the keys that are live, the one used last (else the newest) stays good for *overlap_seconds*; any
    other ends at once. So a key that was made and lost does not cut off the one in use. Without a *label* of
    its own the new key has that of the one it takes the place of.

    Raises:
        ConfigError: ``integration-removed``.
    """
    moment = int(time.time() if now is None else now)
    text = key_text.make()
    with store.write() as connection:
        integration = integrations.get(connection, integration_id)
        if integration.removed_at is not None:
            raise ConfigError("integration-removed", name=integration.name)
        present = [key for key in _of(connection, integration_id) if key.is_live(moment)]
        kept = _in_use(present)
        made = insert(event_keys).values(
            integration_id=integration_id,
            prefix=key_text.prefix(text),
            digest=key_text.digest(text),
            label=" ".join(label.split())[:LONGEST_LABEL] or (kept.label if kept else ""),
            created_at=moment,
        )
        key_id: int = connection.execute(made.returning(event_keys.c.key_id)).scalar_one()
        _supersede(connection, present, key_id, moment, moment + overlap_seconds)
    return NewKey(key_id, text)


@admin_only
def revoke(
    actor: Actor, store: Store, integration_id: int, key_id: int, *, now: float | None = None
) -> EventKey:
    """End a key at once; one that has ended stays as it is.

    Raises:
        ConfigError: ``no-such-event-key``: the integration has none with this id.
    """
    moment = int(time.time() if now is None else now)
    with store.write() as connection:
        found = [key for key in _of(connection, integration_id) if key.key_id == key_id]
        if not found:
            raise ConfigError("no-such-event-key", key_id=key_id)
        if found[0].is_live(moment):
            _end(connection, key_id, moment)
    return next(key for key in of(store, integration_id) if key.key_id == key_id)


def of(store: Store, integration_id: int) -> list[EventKey]:
    """The keys of an integration, the newest first; ended ones too."""
    with store.read() as connection:
        return _of(connection, integration_id)


def _of(connection: Connection, integration_id: int) -> list[EventKey]:
    query = select(*COLUMNS).where(event_keys.c.integration_id == integration_id)
    return [
        EventKey(**row._asdict()) for row in connection.execute(query.order_by(event_keys.c.key_id.desc()))
    ]


def _in_use(present: list[EventKey]) -> EventKey | None:
    """The one that was used last, else the newest."""
    return max(present, key=lambda key: (key.last_used_at or 0, key.key_id), default=None)


def _supersede(connection: Connection, present: list[EventKey], by: int, now: int, until: int) -> None:
    kept = _in_use(present)
    for key in present:
        if key is kept:
            change = {"superseded_by": by, "expires_at": until}
            connection.execute(update(event_keys).where(event_keys.c.key_id == key.key_id).values(change))
        else:
            _end(connection, key.key_id, now)


def _end(connection: Connection, key_id: int, now: int) -> None:
    connection.execute(update(event_keys).where(event_keys.c.key_id == key_id).values(revoked_at=now))
