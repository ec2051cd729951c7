"""The integrations: which Freshdesk accounts are imported, under which names."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select, update
from sqlalchemy import delete as deletion

from freshdesk_core.errors import ConfigError
from freshdesk_core.settings import Settings
from freshdesk_core.store import checked, given_ids, life_schema, secrets
from freshdesk_core.store.checked import note_account as note_account
from freshdesk_core.store.checked import note_check as note_check
from freshdesk_core.store.checked import note_shortcomings as note_shortcomings
from freshdesk_core.store.checked import shortcomings as shortcomings
from freshdesk_core.store.checked import told as told
from freshdesk_core.store.event_schema import event_keys
from freshdesk_core.store.reading import COLUMNS as COLUMNS
from freshdesk_core.store.reading import KEY_BYTES as KEY_BYTES
from freshdesk_core.store.reading import Integration as Integration
from freshdesk_core.store.reading import all_of as all_of
from freshdesk_core.store.reading import by_key
from freshdesk_core.store.reading import current as current
from freshdesk_core.store.reading import get as get
from freshdesk_core.store.reading import name_key as name_key
from freshdesk_core.store.reading import named as named
from freshdesk_core.store.reading import real_ones as real_ones
from freshdesk_core.store.reading import same_account as same_account
from freshdesk_core.store.reading import sample as sample
from freshdesk_core.store.reading import still as still
from freshdesk_core.store.schema import integrations

SAMPLE_NAME = "Sample account"
LONGEST_NAME = 100
_NOT_PAUSED: dict[str, object] = {"paused_at": None, "paused_by": None}


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
    figures: checked.Figures | None = None,
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
        **checked.columns(shortcomings, figures),
        "account_id": account_id,
        "removed_at": None,
        **_NOT_PAUSED,
    }
    if present is None:
        # Pages keep their figures by revision. One that begins with the time never repeats that of an
        # integration whose id was given before: older versions of Inflow gave ids again.
        made = insert(integrations).values(
            name_key=name_key(name), is_sample=is_sample, created_at=now, revision=now, **values
        )
        if (given := given_ids.next_id(connection)) is not None:
            made = made.values(integration_id=given)
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
    present = by_key(connection, name_key(name))
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
    present = by_key(connection, name_key(name))
    if present is not None and (present.removed_at is None or present.domain != domain):
        raise ConfigError("name-taken", name=present.name, domain=present.domain)


def new_name(connection: Connection, integration_id: int, name: str) -> str:
    """Another name for an integration, as it will be shown.

    Raises:
        ConfigError: ``no-name``; ``name-too-long``; ``name-taken`` by another one, which the message names.
    """
    shown = clean_name(name)
    present = by_key(connection, name_key(name))
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


def delete(connection: Connection, integration_id: int) -> int:
    """Delete an integration of which nothing else is stored; its id is not given again. Returns how many."""
    gone = deletion(integrations).where(integrations.c.integration_id == integration_id)
    given_ids.note_gone(connection, integration_id)
    return connection.execute(gone).rowcount


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
