"""The integrations: which Freshdesk accounts are imported, under which names."""

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Connection, Row, insert, select, update

from freshdesk_core.errors import ConfigError
from freshdesk_core.settings import Settings
from freshdesk_core.store import life_schema, secrets
from freshdesk_core.store.event_schema import event_keys
from freshdesk_core.store.schema import integrations
from freshdesk_core.text import gettext as _

SAMPLE_NAME = "Sample account"
LONGEST_NAME = 100
KEY_BYTES = 1_000  # more than that PostgreSQL cannot look up
_NOT_PAUSED: dict[str, object] = {"paused_at": None, "paused_by": None}


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
    account_id: int | None = None,
) -> Integration:
    """Save a new integration; its key is sealed first.

    One that was removed with its data kept goes on under its name, with the new key.

    Raises:
        ConfigError: The name is empty or taken; the message names the holder.
    """
    now = int(time.time())
    present = holder_of(connection, name, domain=domain, since=since)
    values = {
        "name": clean_name(name),
        "domain": domain,
        **_key_values(settings, api_key, now),
        "time_zone": time_zone,
        "since": since,
        "shortcomings": json.dumps(list(shortcomings)),
        "account_id": account_id,
        "removed_at": None,
        **_NOT_PAUSED,
    }
    if present is None:
        # Pages keep their figures by revision. One that begins with the time never repeats that of an
        # integration that was purged and whose id it takes over.
        made = insert(integrations).values(
            name_key=name_key(name), is_sample=is_sample, created_at=now, revision=now, **values
        )
        integration_id = connection.execute(made.returning(integrations.c.integration_id)).scalar_one()
        return get(connection, integration_id)
    _update(connection, present.integration_id, **values)
    return get(connection, present.integration_id)


def clean_name(name: str) -> str:
    """A name as it is shown: trimmed, its blanks single.

    Raises:
        ConfigError: ``no-name``: nothing is left; ``name-too-long``.
    """
    shown = " ".join(name.split())
    if not shown:
        raise ConfigError("no-name")
    if len(shown) > LONGEST_NAME:
        raise ConfigError("name-too-long", length=len(shown), most=LONGEST_NAME)
    return shown


def holder_of(connection: Connection, name: str, *, domain: str, since: int | None) -> Integration | None:
    """The removed integration that goes on when one of this name is added; None for a new name.

    Raises:
        ConfigError: ``no-name``; ``name-taken`` by another one, which the message names.
    """
    clean_name(name)
    present = _by_key(connection, name_key(name))
    if present is None:
        return None
    is_another = (present.domain, present.since) != (domain, since)
    if present.removed_at is None or is_another or _is_being_purged(connection, present.integration_id):
        raise ConfigError("name-taken", name=present.name, domain=present.domain)
    return present


def refuse_taken(connection: Connection, name: str, domain: str) -> None:
    """Refuse a name early, before Freshdesk is asked anything: ``add`` looks more closely.

    Raises:
        ConfigError: ``no-name``; ``name-taken`` by another one, which the message names.
    """
    clean_name(name)
    present = _by_key(connection, name_key(name))
    if present is not None and (present.removed_at is None or present.domain != domain):
        raise ConfigError("name-taken", name=present.name, domain=present.domain)


def new_name(connection: Connection, integration_id: int, name: str) -> str:
    """Another name for an integration, as it will be shown.

    Raises:
        ConfigError: ``no-name``; ``name-too-long``; ``name-taken`` by another one, which the message names.
    """
    shown = clean_name(name)
    present = _by_key(connection, name_key(name))
    if present is not None and present.integration_id != integration_id:
        raise ConfigError("name-taken", name=present.name, domain=present.domain)
    return shown


def rename(connection: Connection, integration_id: int, name: str) -> None:
    """Give an integration another name; everything else stays as it is.

    Raises:
        ConfigError: As ``new_name``.
    """
    shown = new_name(connection, integration_id, name)
    _update(connection, integration_id, name=shown, name_key=name_key(name))


def replace_key(connection: Connection, settings: Settings, integration_id: int, api_key: str) -> None:
    """Use another key from now on. What was imported stays, and is not fetched again."""
    _update(connection, integration_id, **_key_values(settings, api_key, int(time.time())))


def reseal(connection: Connection, settings: Settings) -> int:
    """Seal every stored key anew, with the first of the sealing keys; returns how many.

    Raises:
        ConfigError: One of them cannot be opened; nothing is changed then.
    """
    held = [one for one in all_of(connection) if one.key_sealed]
    for one in held:
        sealed = secrets.seal(settings, secrets.unseal(settings, one.key_sealed))
        _update(connection, one.integration_id, key_sealed=sealed)
    return len(held)


def pause(connection: Connection, integration_id: int, by: str) -> None:
    """Import no more until it is resumed; an import under way ends at its next step."""
    _update(connection, integration_id, paused_at=int(time.time()), paused_by=by)


def resume(connection: Connection, integration_id: int) -> None:
    """Import again: the next one brings whatever came meanwhile."""
    _update(connection, integration_id, **_NOT_PAUSED)


def paused(integration: Integration) -> ConfigError:
    """The error of asking for an import of a paused integration."""
    since = datetime.fromtimestamp(integration.paused_at or 0, UTC).strftime("%Y-%m-%d %H:%M UTC")
    return ConfigError("integration-paused", name=integration.name, by=integration.paused_by, since=since)


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


def current(connection: Connection, loaded: Integration) -> Integration:
    """An integration that was loaded earlier, as it is now.

    Raises:
        ConfigError: ``integration-removed`` since then, with its data or without.
    """
    row = connection.execute(
        select(*COLUMNS).where(integrations.c.integration_id == loaded.integration_id)
    ).one_or_none()
    if row is None or row.removed_at is not None:
        raise ConfigError("integration-removed", name=loaded.name)
    return _integration(row)


def named(connection: Connection, name: str) -> Integration:
    """The integration with a name; the sample account is none.

    Raises:
        ConfigError: There is none; the message lists those there are.
    """
    found = _by_key(connection, name_key(name))
    if found is not None and not found.is_sample:
        return found
    names = ", ".join(one.name for one in real_ones(connection)) or _("none yet")
    raise ConfigError("no-such-integration", name=" ".join(name.split()), names=names)


def replace_domain(
    connection: Connection, settings: Settings, integration_id: int, domain: str, key: str
) -> None:
    """Point an integration to another address and key (the sample's server may move to a new port)."""
    _update(connection, integration_id, domain=domain, **_key_values(settings, key, int(time.time())))


def remove(connection: Connection, integration_id: int) -> None:
    """Stop importing an integration and forget its key, end its event keys; what was imported stays."""
    now = int(time.time())
    ending = update(event_keys).where(event_keys.c.integration_id == integration_id)
    connection.execute(ending.where(event_keys.c.revoked_at.is_(None)).values(revoked_at=now))
    forgotten = {"key_sealed": "", "key_hint": "", "key_since": None}
    _update(connection, integration_id, removed_at=now, **forgotten, **_NOT_PAUSED)


def note_account(connection: Connection, integration_id: int, account_id: int) -> None:
    """Write down which account it is, so that the key of another one is noticed."""
    _update(connection, integration_id, account_id=account_id)


def _is_being_purged(connection: Connection, integration_id: int) -> bool:
    purges = life_schema.purges
    mine = (purges.c.integration_id == integration_id) & (purges.c.scope == "integration")
    return connection.execute(select(purges.c.purge_id).where(mine)).first() is not None


def _key_values(settings: Settings, key: str, now: int) -> dict[str, object]:
    return {"key_sealed": secrets.seal(settings, key), "key_hint": key[-4:], "key_since": now}


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
    found = Integration(**row._asdict())
    # Starts in the year 1 could be saved once. What begins before all tickets is everything.
    return found if found.since is None or found.since >= 0 else replace(found, since=None)
