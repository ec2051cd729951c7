"""A store of version 0001 is brought up to date: nothing counted is lost, nothing unread called read."""

from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, select, text

from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, engine, migration, schema

TICKET = {
    **{"integration_id": 1, "created_at": 100, "updated_at": 200, "source": 1, "status": 2, "spam": False},
    **{"deleted": False, "archived": False, "stats_digest": 7, "result": "counted", "first_seen_at": 210},
    **{"seen_deleted": False, "is_thread_due": False},
}


def _insert(connection: Connection, table: str, **values: Any) -> None:
    names = ", ".join(values)
    places = ", ".join(f":{name}" for name in values)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({places})"), values)


def _old_store(settings: Settings) -> None:
    settings.home.mkdir()
    writer = engine._engine(engine._url(settings.database_url), "write")
    with writer.begin() as connection:
        config = Config()
        config.set_main_option("script_location", "freshdesk_core:store/migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        _insert(
            connection,
            "integrations",
            **{"name": "Desk", "name_key": "desk", "domain": "desk.freshdesk.com", "key_sealed": "x"},
            **{"key_hint": "1234", "time_zone": "UTC", "is_sample": False, "created_at": 1, "revision": 3},
            **{"tickets_from": 50, "tickets_to": 300, "replies_from": 50, "replies_to": 300},
        )
        _insert(connection, "tickets", ticket_id=1, **TICKET)
        _insert(connection, "tickets", ticket_id=2, **(TICKET | {"is_thread_due": True}))
        _insert(connection, "tickets", ticket_id=3, **(TICKET | {"deleted": True}))
    writer.dispose()


def test_an_older_store_is_brought_up_to_date(unmade: Settings) -> None:
    _old_store(unmade)

    store = Store.open(unmade)

    with store.read() as connection:
        assert migration._version(connection) == migration.VERSION
        rows = {row["ticket_id"]: row for row in connection.execute(select(schema.tickets)).mappings()}
        # Threads of the trash may have been refused: they are read when their ticket changes.
        assert {id_: row["thread_read_at"] for id_, row in rows.items()} == {1: 200, 2: None, 3: None}
        assert {id_: row["is_thread_due"] for id_, row in rows.items()} == {1: False, 2: True, 3: False}
        assert not any(row["is_merged"] for row in rows.values())
        one = connection.execute(select(schema.integrations)).mappings().one()
        assert (one["listed_from"], one["audited_at"], one["tickets_from"]) == (50, None, 50)
    store.close()
