"""The integrations: which Freshdesk accounts are imported, under which names."""

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Row, delete, insert, select, update

from freshdesk_core.errors import ConfigError
from freshdesk_core.settings import Settings
from freshdesk_core.store import budgets, schema, secrets
from freshdesk_core.store.schema import integrations

SAMPLE_NAME = "Sample account"
KEY_BYTES = 1_000  # more than that PostgreSQL cannot look up


@dataclass(frozen=True)
class Integration:
    """One connected account. Times are epoch seconds; ``since`` None: contacts count from ever."""

    integration_id: int
    name: str
    domain: str
    key_sealed: str
    key_hint: str
    time_zone: str
    since: int | None
    is_sample: bool
    first_import_at: int | None
    first_import_ended_at: int | None
    removed_at: int | None


COLUMNS = [integrations.c[name] for name in Integration.__dataclass_fields__]


def name_key(name: str) -> str:
    """What makes a name unique: trimmed, its blanks single, case-folded; a very long one, hashed."""
    key = " ".join(name.split()).casefold()
    data = key.encode("utf-8", "surrogatepass")
    return key if len(data) <= KEY_BYTES else hashlib.sha256(data).hexdigest()


def add(
    connection: Connection,
    settings: Settings,
    *,
    name: str,
    domain: str,
    api_key: str,
    time_zone: str,
    since: int | None,
    is_sample: bool = False,
    shortcomings: Sequence[str] = (),
) -> Integration:
    """Save a new integration; its key is sealed first.

    One that was removed with its data kept goes on under its name, with the new key.

    Raises:
        ConfigError: The name is empty or taken; the message names the holder.
    """
    shown = " ".join(name.split())
    if not shown:
        raise ConfigError("no-name")
    values = {
        "name": shown,
        "domain": domain,
        "key_sealed": secrets.seal(settings, api_key),
        "key_hint": api_key[-4:],
        "time_zone": time_zone,
        "since": since,
        "shortcomings": json.dumps(list(shortcomings)),
        "removed_at": None,
    }
    present = _by_key(connection, name_key(name))
    if present is None:
        now = int(time.time())
        # Pages keep their figures by revision. One that begins with the time never repeats that of an
        # integration that was purged and whose id it takes over.
        made = insert(integrations).values(
            name_key=name_key(name), is_sample=is_sample, created_at=now, revision=now, **values
        )
        integration_id = connection.execute(made.returning(integrations.c.integration_id)).scalar_one()
        return get(connection, integration_id)
    if present.removed_at is None or (present.domain, present.since) != (domain, since):
        raise ConfigError("name-taken", name=present.name, domain=present.domain)
    _update(connection, present.integration_id, **values)
    return get(connection, present.integration_id)


def all_of(connection: Connection) -> list[Integration]:
    """Every integration, the sample included, in the order in which they were added."""
    rows = connection.execute(select(*COLUMNS).order_by(integrations.c.integration_id))
    return [_integration(row) for row in rows]


def real_ones(connection: Connection) -> list[Integration]:
    """The integrations without the sample."""
    return [integration for integration in all_of(connection) if not integration.is_sample]


def note_shortcomings(connection: Connection, integration_id: int, shortcomings: Sequence[str]) -> None:
    """Keep what the integration's key cannot see, as codes of messages."""
    _update(connection, integration_id, shortcomings=json.dumps(list(shortcomings)))


def shortcomings(connection: Connection, integration_id: int) -> list[str]:
    """What the integration's key cannot see, as codes of messages."""
    kept = connection.execute(
        select(integrations.c.shortcomings).where(integrations.c.integration_id == integration_id)
    ).scalar_one()
    return list(json.loads(kept))


def same_account(connection: Connection, integration: Integration) -> Integration | None:
    """Another integration of the same account, under whose name every contact counts once more."""
    return next(
        (
            one
            for one in real_ones(connection)
            if one.domain == integration.domain
            and one.integration_id != integration.integration_id
            and one.removed_at is None
        ),
        None,
    )


def sample(connection: Connection) -> Integration | None:
    """The built-in sample account, when it is connected."""
    return next((one for one in all_of(connection) if one.is_sample), None)


def get(connection: Connection, integration_id: int) -> Integration:
    """The integration with an id."""
    row = connection.execute(select(*COLUMNS).where(integrations.c.integration_id == integration_id)).one()
    return _integration(row)


def named(connection: Connection, name: str) -> Integration:
    """The integration with a name; the sample account is none.

    Raises:
        ConfigError: There is none; the message lists those there are.
    """
    found = _by_key(connection, name_key(name))
    if found is not None and not found.is_sample:
        return found
    names = ", ".join(one.name for one in real_ones(connection)) or "none yet"
    raise ConfigError("no-such-integration", name=" ".join(name.split()), names=names)


def replace_domain(
    connection: Connection, settings: Settings, integration_id: int, domain: str, key: str
) -> None:
    """Point an integration to another address and key (the sample's server may move to a new port)."""
    _update(
        connection, integration_id, domain=domain, key_sealed=secrets.seal(settings, key), key_hint=key[-4:]
    )


def remove(connection: Connection, integration_id: int) -> None:
    """Stop importing an integration and forget its key; what was imported stays."""
    _update(connection, integration_id, key_sealed="", key_hint="", removed_at=int(time.time()))


def purge(connection: Connection, integration_id: int) -> dict[str, int]:
    """Delete an integration with everything that was imported for it, and overwrite it where it stood.

    The journal holds it until the next truncating ``Store.checkpoint``.

    Returns:
        The receipt: how many rows went from each table.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON")
    of_series = select(schema.series.c.series_id).where(schema.series.c.integration_id == integration_id)
    receipt = {
        "volumes": connection.execute(
            delete(schema.volumes).where(schema.volumes.c.series_id.in_(of_series))
        ).rowcount
    }
    budgets.forget(connection, get(connection, integration_id).domain)
    for table in reversed(schema.metadata.sorted_tables):
        if "integration_id" in table.c:
            gone = connection.execute(delete(table).where(table.c.integration_id == integration_id))
            receipt[table.name] = gone.rowcount
    return receipt


def _update(connection: Connection, integration_id: int, **values: object) -> None:
    connection.execute(
        update(integrations)
        .where(integrations.c.integration_id == integration_id)
        .values(revision=integrations.c.revision + 1, **values)
    )


def _by_key(connection: Connection, key: str) -> Integration | None:
    row = connection.execute(select(*COLUMNS).where(integrations.c.name_key == key)).one_or_none()
    return None if row is None else _integration(row)


def _integration(row: Row[tuple[object, ...]]) -> Integration:
    return Integration(**row._asdict())
