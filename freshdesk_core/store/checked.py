"""What the last check of an integration's key found, kept with the integration."""

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select, update

from freshdesk_core.store.schema import integrations

Figures = Mapping[str, Mapping[str, object]]


def note_shortcomings(
    connection: Connection, integration_id: int, shortcomings: Sequence[str], figures: Figures | None = None
) -> None:
    """Keep what the integration's key cannot see, as codes of messages.

    ``figures``: what the messages name, by code; where a code has none, its message names nothing.
    """
    _save(connection, integration_id, **columns(shortcomings, figures))


def shortcomings(connection: Connection, integration_id: int) -> list[str]:
    """What the integration's key cannot see, as codes of messages."""
    return list(told(connection, integration_id))


def told(connection: Connection, integration_id: int) -> dict[str, dict[str, object]]:
    """What the integration's key cannot see: the codes of messages, and the figures that these name."""
    query = select(integrations.c.shortcomings, integrations.c.shortcoming_figures)
    codes, figures = connection.execute(query.where(integrations.c.integration_id == integration_id)).one()
    named = json.loads(figures)
    return {code: named.get(code, {}) for code in json.loads(codes)}


def note_account(connection: Connection, integration_id: int, account_id: int) -> None:
    """Write down which account it is, so that the key of another one is noticed."""
    _save(connection, integration_id, account_id=account_id)


def note_check(
    connection: Connection,
    integration_id: int,
    shortcomings: Sequence[str],
    figures: Figures,
    *,
    time_zone: str | None,
    account_id: int | None,
) -> None:
    """Keep what a check found; what it could not tell (None) stays as it was found before.

    So does the account once it is known: the key of another one is to be noticed. Pages read again only
    where something is another than before.
    """
    found = columns(shortcomings, figures)
    if time_zone is not None:
        found["time_zone"] = time_zone
    names = {*found, "account_id"}
    query = select(*(integrations.c[name] for name in names))
    kept = connection.execute(query.where(integrations.c.integration_id == integration_id)).mappings().one()
    if kept["account_id"] is None:
        found["account_id"] = account_id
    if any(kept[name] != value for name, value in found.items()):
        _save(connection, integration_id, **found)


def columns(shortcomings: Sequence[str], figures: Figures | None = None) -> dict[str, object]:
    """The columns that keep shortcomings."""
    named = {code: dict(values) for code, values in (figures or {}).items() if values}
    return {
        "shortcomings": json.dumps(list(shortcomings)),
        "shortcoming_figures": json.dumps(named, sort_keys=True),
    }


def _save(connection: Connection, integration_id: int, **values: object) -> None:
    connection.execute(
        update(integrations)
        .where(integrations.c.integration_id == integration_id)
        .values(revision=integrations.c.revision + 1, **values)
    )
