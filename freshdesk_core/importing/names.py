"""The account's own names for groups and sources; a rename keeps the former name in view."""

import json
from collections.abc import Mapping

from sqlalchemy import Connection, Table, select

from freshdesk_core.store.schema import groups, sources
from freshdesk_core.store.upserts import upsert


def save_groups(connection: Connection, integration_id: int, names: Mapping[int, str]) -> None:
    """Store the groups that Freshdesk lists now; one that is gone keeps its last known name."""
    stored = _stored(connection, integration_id, groups, "group_id", "name", "former_names")
    gone = stored.keys() - names.keys()
    rows = [
        {
            "integration_id": integration_id,
            "group_id": id_,
            "name": names.get(id_, stored.get(id_, ("", []))[0]),
            "former_names": json.dumps(_former(stored.get(id_), names.get(id_)), ensure_ascii=False),
            "deleted": id_ in gone,
        }
        for id_ in names.keys() | gone
    ]
    upsert(connection, groups, rows)


def save_sources(connection: Connection, integration_id: int, labels: Mapping[int, str]) -> None:
    """Store the account's labels of ticket sources; one that is gone keeps its last known label."""
    stored = _stored(connection, integration_id, sources, "source", "label", "former_labels")
    rows = [
        {
            "integration_id": integration_id,
            "source": code,
            "label": label,
            "former_labels": json.dumps(_former(stored.get(code), label), ensure_ascii=False),
        }
        for code, label in labels.items()
    ]
    upsert(connection, sources, rows)


def _stored(
    connection: Connection, integration_id: int, table: Table, key: str, name: str, former: str
) -> dict[int, tuple[str, list[str]]]:
    rows = connection.execute(
        select(table.c[key], table.c[name], table.c[former]).where(table.c.integration_id == integration_id)
    )
    return {row[0]: (row[1], json.loads(row[2])) for row in rows}


def _former(stored: tuple[str, list[str]] | None, name: str | None) -> list[str]:
    """The names a thing had before, oldest first; a name that returns is no former one."""
    if stored is None:
        return []
    present, former = stored
    if name is None or name == present:
        return former
    return [*(old for old in former if old not in (name, present)), present]
