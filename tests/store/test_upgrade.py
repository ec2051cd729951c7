"""A store of any earlier version is brought up to date: its tables are as new ones, its rows all there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Inspector, inspect, select, text

from freshdesk_core.importing import history, purging
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, engine, integrations, migration, schema
from tests import databases

SCRIPTS = "freshdesk_core:store/migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    return config


EARLIER = sorted(one.revision for one in ScriptDirectory.from_config(_config()).walk_revisions())[:-1]

TICKET = {
    **{"integration_id": 1, "created_at": 100, "updated_at": 200, "source": 1, "status": 2, "spam": False},
    **{"deleted": False, "archived": False, "stats_digest": 7, "result": "counted", "first_seen_at": 210},
    **{"seen_deleted": False, "is_thread_due": False},
}
INTEGRATION = {
    **{"name": "Desk", "name_key": "desk", "domain": "desk.freshdesk.com", "key_sealed": "x"},
    **{"key_hint": "1234", "time_zone": "UTC", "is_sample": False, "created_at": 1, "revision": 3},
    **{"tickets_from": 50, "tickets_to": 300, "replies_from": 50, "replies_to": 300},
}
RUN = {
    **{"integration_id": 1, "purpose": "import", "is_first": True, "phase": "ended", "outcome": "complete"},
    **{"started_at": 100, "progressed_at": 300, "tickets_read": 3, "threads_read": 2, "days_read": 0},
    **{"gaps_settled": 0, "new_contacts": 3, "calls": 9, "credits": 9},
}


def _insert(connection: Connection, table: str, **values: Any) -> None:
    """A row of an older version: what it must have and nobody says is nothing."""
    columns = {column["name"]: column for column in inspect(connection).get_columns(table)}
    values = {name: value for name, value in values.items() if name in columns}
    serial = inspect(connection).get_pk_constraint(table)["constrained_columns"]
    for name, column in columns.items():
        is_needed = not column["nullable"] and column["default"] is None and serial != [name]
        if name not in values and is_needed:
            values[name] = "{}" if "TEXT" in str(column["type"]).upper() else 0
    names = ", ".join(values)
    places = ", ".join(f":{name}" for name in values)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({places})"), values)


def _old_store(settings: Settings, version: str) -> None:
    settings.home.mkdir()
    writer = engine._engine(engine._url(settings.database_url), "write")
    with writer.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, version)
        _insert(connection, "integrations", **INTEGRATION)
        _insert(connection, "tickets", ticket_id=1, **TICKET)
        _insert(connection, "tickets", ticket_id=2, **(TICKET | {"is_thread_due": True}))
        _insert(connection, "tickets", ticket_id=3, **(TICKET | {"deleted": True}))
        _insert(connection, "imports", **RUN)
    writer.dispose()


@pytest.fixture(scope="module")
def as_new(database: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The tables as the metadata describe them, made by the database itself."""
    home: Path = tmp_path_factory.mktemp("new") / "home"
    home.mkdir()
    databases.keep_bare(home)
    settings = Settings.from_environment(databases.environment(home))
    writer = engine._engine(engine._url(settings.database_url), "write")
    with writer.begin() as connection:
        schema.metadata.create_all(connection)
        described = _described(inspect(connection))
    writer.dispose()
    return described


def _described(tables: Inspector) -> dict[str, Any]:
    """Columns, keys, indexes and references of every table, in no order."""
    return {
        table: {
            "columns": {
                one["name"]: (str(one["type"]), one["nullable"]) for one in tables.get_columns(table)
            },
            "key": tables.get_pk_constraint(table)["constrained_columns"],
            "unique": sorted(tuple(one["column_names"]) for one in tables.get_unique_constraints(table)),
            "indexes": sorted(
                (str(one["name"]), tuple(one["column_names"]), bool(one["unique"]))
                for one in tables.get_indexes(table)
            ),
            "references": sorted(
                (tuple(one["constrained_columns"]), one["referred_table"])
                for one in tables.get_foreign_keys(table)
            ),
        }
        for table in tables.get_table_names()
        if table != "alembic_version" and not table.startswith("sqlite_")
    }


@pytest.fixture(params=EARLIER)
def upgraded(request: pytest.FixtureRequest, unmade: Settings) -> Iterator[Store]:
    """A store that an earlier version left, opened by this one."""
    _old_store(unmade, request.param)
    store = Store.open(unmade)
    yield store
    store.close()


def test_a_store_of_any_earlier_version_is_brought_up_to_date(
    upgraded: Store, as_new: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    """Nothing counted is lost, nothing unread called read."""
    with upgraded.read() as connection:
        assert migration._version(connection) == migration.VERSION
        assert _described(inspect(connection)) == as_new
        rows = {row["ticket_id"]: row for row in connection.execute(select(schema.tickets)).mappings()}
        for table in schema.metadata.sorted_tables:
            connection.execute(select(table)).all()
        one = connection.execute(select(schema.integrations)).mappings().one()
        [loaded] = integrations.all_of(connection)
    assert loaded.name == "Desk"
    assert {id_: row["is_thread_due"] for id_, row in rows.items()} == {1: False, 2: True, 3: False}
    assert not any(row["is_merged"] for row in rows.values())
    if request.node.callspec.params["upgraded"] == "0001":
        # Threads of the trash may have been refused: they are read when their ticket changes.
        assert {id_: row["thread_read_at"] for id_, row in rows.items()} == {1: 200, 2: None, 3: None}
        assert (one["listed_from"], one["audited_at"], one["tickets_from"]) == (50, None, 50)
    [run] = history.runs(upgraded, 1)
    assert (run.purpose, run.outcome, run.new_contacts) == ("import", "complete", 3)
    assert purging.finish(upgraded) == 0


def test_purges_that_another_integration_could_meet_are_dropped(unmade: Settings) -> None:
    """Ids were given again before 0010; figures of shortcomings were not kept."""
    _old_store(unmade, "0009")
    writer = engine._engine(engine._url(unmade.database_url), "write")
    with writer.begin() as connection:
        connection.execute(
            text("""UPDATE integrations SET shortcomings = '["plan-trial", "scope-not-global"]'""")
        )
        _insert(connection, "integrations", **(INTEGRATION | {"name_key": "left", "removed_at": 5}))
        for integration_id, scope in ((1, "integration"), (1, "ticket"), (2, "integration"), (7, "ticket")):
            _insert(connection, "purges", integration_id=integration_id, scope=scope, receipt="{}")
    writer.dispose()
    store = Store.open(unmade)
    with store.read() as connection:
        table = schema.life_schema.purges
        left = connection.execute(select(table.c.integration_id, table.c.scope).order_by(table.c.purge_id))
        assert [tuple(row) for row in left] == [(1, "ticket"), (2, "integration")]
        assert integrations.told(connection, 1) == {"plan-below-pro": {}, "scope-not-global": {}}
    store.close()
