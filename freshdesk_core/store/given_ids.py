"""Ids of integrations are given once: what is left over of a purged one can never meet a new one.

PostgreSQL's sequences see to that. SQLite gives the highest id again once its row is gone, so the highest
one that went is kept.
"""

from sqlalchemy import Connection, func, select

from freshdesk_core.store.schema import integrations, last_ids, life_schema
from freshdesk_core.store.upserts import upsert


def next_id(connection: Connection) -> int | None:
    """The id of the next integration; None where the database gives each id once by itself."""
    if connection.dialect.name != "sqlite":
        return None
    purges = life_schema.purges
    columns = (integrations.c.integration_id, purges.c.integration_id, last_ids.c.last_id)
    return 1 + max(connection.execute(select(func.max(column))).scalar() or 0 for column in columns)


def note_gone(connection: Connection, integration_id: int) -> None:
    """An integration is deleted: its id is not given again."""
    kept = select(last_ids.c.last_id).where(last_ids.c.table_name == integrations.name)
    last = max(integration_id, connection.execute(kept).scalar() or 0)
    upsert(connection, last_ids, [{"table_name": integrations.name, "last_id": last}])
