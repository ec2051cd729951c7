"""Tells SQLite how large the tables of a full store are.

SQLite takes the first column of every key for choosy, as long as nobody tells otherwise. Ours is the
integration, and most stores have one: each step of an import read all conversations of the account to
find those of twenty tickets (docs/decisions/0009-told-sizes.md). Counting (``ANALYZE``) does not help
where it matters, at the beginning of a first import, when there is nothing to count.
"""

from sqlalchemy import Connection

# Table, index (a table's own name: its primary key), rows in all, then rows per value of the first
# column, of the first two together, and so on. One account of a million tickets; an index by anything
# else than the key costs a second look-up, so the key is said to be ten times as choosy.
_SIZES = (
    ("tickets", "tickets", "1000000 100000 1"),
    ("tickets", "tickets_by_creation", "1000000 1000000 2 1"),
    ("tickets", "tickets_with_thread_due", "1000 1000 2 1"),
    ("conversations", "conversations", "3000000 300000 1"),
    ("conversations", "conversations_by_ticket", "3000000 3000000 4 1"),
    ("conversations", "replies_by_creation", "1000000 1000000 2 1"),
    ("conversations", "replies_by_ticket", "1000000 1000000 2 1 1"),
    ("gaps", "gaps", "100000 100000 1"),
    ("volumes", "volumes", "200000 500 1"),
)


def tell_sizes(connection: Connection) -> None:
    """Write down the sizes in SQLite's own table for them, and have this connection read it.

    Other connections read it when they are opened. PostgreSQL counts by itself, all the time.
    """
    if connection.dialect.name != "sqlite":
        return
    connection.exec_driver_sql("ANALYZE alembic_version")  # makes the table; the row itself does no harm
    connection.exec_driver_sql("DELETE FROM sqlite_stat1")
    for sizes in _SIZES:
        connection.exec_driver_sql("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", sizes)
    connection.exec_driver_sql("ANALYZE sqlite_schema")
