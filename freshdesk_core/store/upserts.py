"""Insert-or-update on both engines: the one place where the dialects differ."""

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import Connection, Insert, Table
from sqlalchemy.dialects import postgresql, sqlite


def upsert(connection: Connection, table: Table, rows: Sequence[dict[str, object]]) -> None:
    """Insert rows; where a row's primary key is taken, set its other columns.

    Every row must have the same columns.
    """
    if rows:
        connection.execute(_statement(table, connection.dialect.name, tuple(rows[0])), rows)


@lru_cache(maxsize=64)  # to build one takes longer than to write the rows of a step
def _statement(table: Table, dialect: str, columns: tuple[str, ...]) -> Insert:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(table)
    keys = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in columns if name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)
