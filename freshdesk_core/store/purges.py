"""Purges: what is to go, written down before the first row goes, until no file of the store holds it.

A purge that was killed in the middle is found by the next start and finished (``importing.purging``).
SQLite overwrites what it deletes (``secure_delete``); its journal still holds it until a checkpoint has
emptied that, which a reader can delay. PostgreSQL's own journal and backups are its administrator's.
"""

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update

from freshdesk_core.errors import StoreFull, StoreUnavailable
from freshdesk_core.store import leases
from freshdesk_core.store.engine import Store
from freshdesk_core.store.schema import life_schema

purges = life_schema.purges
VACUUMED = "vacuumed"
SIZE = "size"
OWNER = "owner"  # the process at work on it
GONE = "gone"  # all its rows went; only a file still holds them
FOREIGN_SECONDS = 3_600  # after so long a purge of another machine is taken to have been killed


@dataclass(frozen=True)
class Purge:
    """A purge under way. ``bound``: for the scope "before" epoch seconds, for "ticket" its id, else None."""

    purge_id: int
    integration_id: int
    scope: str
    bound: int | None
    kept: dict[str, Any]

    @property
    def rows(self) -> dict[str, int]:
        """How many rows went from each table so far."""
        return {
            table: count
            for table, count in self.kept.items()
            if count and table not in (VACUUMED, SIZE, OWNER, GONE)
        }

    @property
    def is_gone(self) -> bool:
        """Whether no row is left to delete; what was let go had none left either."""
        return GONE in self.kept or self.kept.get(OWNER, "") is None

    def is_free(self, now: float) -> bool:
        """Whether nobody is at work on it: it was killed, or had to wait for a reader."""
        owner = self.kept.get(OWNER)
        return owner is None or not leases.Holder(**owner).is_alive(now)


def begin(connection: Connection, integration_id: int, scope: str, bound: int | None, size: int) -> int:
    """Write down what is to be purged; returns the purge's id.

    Args:
        connection: A transaction that writes.
        integration_id: Whose.
        scope: "integration", "before" or "ticket".
        bound: What ``Purge`` says.
        size: Bytes of the store's file before, 0 when unknown.
    """
    values = {"integration_id": integration_id, "scope": scope, "bound": bound}
    receipt = json.dumps({SIZE: size, OWNER: asdict(leases.this_process(FOREIGN_SECONDS))})
    made = insert(purges).values(receipt=receipt, **values).returning(purges.c.purge_id)
    return int(connection.execute(made).scalar_one())


def pending(connection: Connection) -> list[Purge]:
    """The purges that are not finished, oldest first."""
    rows = connection.execute(select(purges).order_by(purges.c.purge_id)).mappings()
    return [
        Purge(row["purge_id"], row["integration_id"], row["scope"], row["bound"], json.loads(row["receipt"]))
        for row in rows
    ]


def is_pending(connection: Connection, one: Purge) -> bool:
    """Whether it still stands; it does not once another has purged its whole integration.

    It is held until the transaction ends, so that no other purge of it steps in between.
    """
    mine = (purges.c.purge_id == one.purge_id) & (purges.c.integration_id == one.integration_id)
    return connection.execute(select(purges.c.purge_id).where(mine).with_for_update()).first() is not None


def drop_others(connection: Connection, integration_id: int, purge_id: int) -> None:
    """Forget the other purges of an integration that is gone whole: there is nothing left for them."""
    mine = (purges.c.integration_id == integration_id) & (purges.c.purge_id != purge_id)
    connection.execute(delete(purges).where(mine))


def note(connection: Connection, purge_id: int, gone: dict[str, int]) -> None:
    """Add rows that went to the receipt, in the transaction that took them."""
    query = select(purges.c.receipt).where(purges.c.purge_id == purge_id)
    told = connection.execute(query).scalar()
    if told is None:
        return  # another process has finished it
    kept = json.loads(told)
    for table, count in gone.items():
        kept[table] = kept.get(table, 0) + count
    connection.execute(update(purges).where(purges.c.purge_id == purge_id).values(receipt=json.dumps(kept)))


def let_go(connection: Connection, purge_id: int) -> None:
    """Leave what is left of it to whoever comes next."""
    query = select(purges.c.receipt).where(purges.c.purge_id == purge_id)
    told = connection.execute(query).scalar()
    if told is not None:
        kept = json.dumps({**json.loads(told), OWNER: None})
        connection.execute(update(purges).where(purges.c.purge_id == purge_id).values(receipt=kept))


def end(connection: Connection, purge_id: int) -> None:
    """It is finished."""
    connection.execute(delete(purges).where(purges.c.purge_id == purge_id))


def overwrite(connection: Connection) -> None:
    """Let the deletions of this transaction overwrite what they delete."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON")


def delete_some(connection: Connection, table: Table, integration_id: int, most: int) -> int:
    """Delete up to so many rows of an integration; returns how many."""
    key = list(table.primary_key)[-1]
    mine = table.c.integration_id == integration_id
    some = select(key).where(mine).limit(most)
    return connection.execute(delete(table).where(mine, key.in_(some))).rowcount


def size_of(store: Store) -> int:
    """Bytes of SQLite's file with everything folded into it; 0 for PostgreSQL."""
    if store.writer.dialect.name != "sqlite":
        return 0
    store.checkpoint(truncate=True)
    return Path(store.url).stat().st_size


def shrink(store: Store) -> bool:
    """Give back the room of what was deleted; False where there is no room to do it in, or no peace."""
    if store.writer.dialect.name == "sqlite":
        free = shutil.disk_usage(Path(store.url).parent).free
        if free < 3 * Path(store.url).stat().st_size:
            return False
    try:
        store.vacuum()
    except (StoreFull, StoreUnavailable):
        return False
    return True
