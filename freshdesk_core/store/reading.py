"""The integrations as they are read: one, by id or name, or all of them."""

import hashlib
from dataclasses import dataclass, replace

from sqlalchemy import Connection, Row, select

from freshdesk_core.errors import ConfigError
from freshdesk_core.store.schema import integrations
from freshdesk_core.text import gettext as _

KEY_BYTES = 1_000  # more than that PostgreSQL cannot look up


@dataclass(frozen=True)
class Integration:
    """One connected account. Times are epoch seconds; ``since`` None: contacts count from ever.

    ``account_id`` is Freshdesk's, None where the key may not see it.
    """

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
    key_since: int | None
    account_id: int | None
    paused_at: int | None
    paused_by: str | None


COLUMNS = [integrations.c[name] for name in Integration.__dataclass_fields__]


def name_key(name: str) -> str:
    """What makes a name unique: trimmed, its blanks single, case-folded; a very long one, hashed."""
    key = " ".join(name.split()).casefold()
    data = key.encode("utf-8", "surrogatepass")
    return key if len(data) <= KEY_BYTES else hashlib.sha256(data).hexdigest()


def all_of(connection: Connection) -> list[Integration]:
    """Every integration, the sample included, in the order in which they were added."""
    rows = connection.execute(select(*COLUMNS).order_by(integrations.c.integration_id))
    return [_integration(row) for row in rows]


def real_ones(connection: Connection) -> list[Integration]:
    """The integrations without the sample."""
    return [integration for integration in all_of(connection) if not integration.is_sample]


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


def current(connection: Connection, loaded: Integration) -> Integration:
    """An integration that was loaded earlier, as it is now.

    Raises:
        ConfigError: ``integration-removed`` since then, with its data or without.
    """
    found = still(connection, loaded)
    if found.removed_at is not None:
        raise ConfigError("integration-removed", name=loaded.name)
    return found


def still(connection: Connection, loaded: Integration) -> Integration:
    """An integration that was loaded earlier, as it is now, even if it was removed with its data kept.

    Raises:
        ConfigError: ``integration-removed``, with its data.
    """
    row = connection.execute(
        select(*COLUMNS).where(integrations.c.integration_id == loaded.integration_id)
    ).one_or_none()
    if row is None:
        raise ConfigError("integration-removed", name=loaded.name)
    return _integration(row)


def named(connection: Connection, name: str) -> Integration:
    """The integration with a name; the sample account is none.

    Raises:
        ConfigError: There is none; the message lists those there are.
    """
    found = by_key(connection, name_key(name))
    if found is not None and not found.is_sample:
        return found
    names = ", ".join(one.name for one in real_ones(connection)) or _("none yet")
    raise ConfigError("no-such-integration", name=" ".join(name.split()), names=names)


def by_key(connection: Connection, key: str) -> Integration | None:
    """The integration whose name has a key (``name_key``), the sample included."""
    row = connection.execute(select(*COLUMNS).where(integrations.c.name_key == key)).one_or_none()
    return None if row is None else _integration(row)


def _integration(row: Row[tuple[object, ...]]) -> Integration:
    found = Integration(**row._asdict())
    # Starts in the year 1 could be saved once. What begins before all tickets is everything.
    return found if found.since is None or found.since >= 0 else replace(found, since=None)
