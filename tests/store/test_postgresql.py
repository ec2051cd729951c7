"""What only PostgreSQL has: URLs, users, servers that end, writers that wait for each other."""

import logging
import threading
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from freshdesk_core.errors import ConfigError, StoreError, StoreFull, StoreUnavailable
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, engine, postgresql, schema
from tests.databases import STRANGER, Databases
from tests.store.test_engine import INTEGRATION

SECRET = "hunter2"
NEXT_STEP = "Check that its server runs and that INFLOW_DATABASE_URL is right, then try again."

on_postgresql = pytest.mark.postgresql


def _settings(home: Path, url: str) -> Settings:
    return Settings.from_environment({"INFLOW_HOME": str(home), "INFLOW_DATABASE_URL": url})


@pytest.mark.parametrize(
    "url",
    [
        *("postgresql://u:hunter2@host:5433/db", "postgres://u:hunter2@host:5433/db"),
        *("postgresql+psycopg2://u:hunter2@host:5433/db", "postgresql+psycopg://u:hunter2@host:5433/db"),
        "postgresql://u@host:5433/db?password=hunter2",
    ],
)
def test_a_url_as_people_write_it(url: str) -> None:
    found = engine._url(url)
    assert (found.drivername, found.password) == ("postgresql+psycopg", SECRET)
    assert engine._where(found) == "host:5433/db"
    made = postgresql.engine(found, "read")
    assert SECRET not in repr(made)


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("postgresql://host/db", "host/db"),
        ("postgresql:///db", "localhost/db"),
        ("postgresql://me@/db?host=/run/postgresql", "/run/postgresql/db"),
        ("postgresql://me@/db?host=one&host=two", "one,two/db"),
        ("postgresql://me@host", "host/me"),
    ],
)
def test_a_place_for_messages(url: str, place: str) -> None:
    assert engine._where(engine._url(url)) == place


@pytest.mark.parametrize(
    "url",
    [
        *("postgresql://u:hun@ter2@host/db", "postgresql://u:p@host:hunter2/db", "hunter2"),
        *("postgresql://u:hunter2@localhost:9/db?ssl=1", "mysql://u:hunter2@host/db"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_without_a_word_of_it(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigError) as refused:
        Store.open(_settings(tmp_path, url))
    assert refused.value.error_code == "bad-database-url"
    assert "postgresql://USER:PASSWORD@HOST/DATABASE" in str(refused.value)
    shown = "".join(traceback.format_exception(refused.value)) + repr(refused.value.figures)
    assert "ter2" not in shown.replace(url, "")


def _cause(refused: StoreError, place: str) -> str:
    """The words in brackets of the one sentence for everything that a server may do."""
    before, after = f"The database {place} cannot be used (", "). Everything saved before is intact. "
    text = str(refused)
    assert text.startswith(before)
    assert text.endswith(after + NEXT_STEP)
    return text[len(before) : -len(after + NEXT_STEP)]


@pytest.mark.parametrize(
    ("host", "cause"), [("127.0.0.1:9", postgresql.NO_ANSWER), ("inflow.invalid", postgresql.NO_NAME)]
)
def test_a_server_that_cannot_be_reached(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, host: str, cause: str
) -> None:
    caplog.set_level(logging.DEBUG)
    began = time.monotonic()
    with pytest.raises(StoreUnavailable) as refused:
        Store.open(_settings(tmp_path, f"postgresql://inflow:{SECRET}@{host}/inflow"))
    assert time.monotonic() - began < 10
    assert _cause(refused.value, f"{host}/inflow") == cause
    shown = "".join(traceback.format_exception(refused.value)) + caplog.text + repr(refused.value.figures)
    assert SECRET not in shown


@pytest.fixture
def own(postgres: Databases) -> Databases:
    """A server whose users and life are ours."""
    if postgres.server is None:
        pytest.skip("not on a server that INFLOW_TEST_POSTGRES names")
    return postgres


@pytest.fixture
def stranger(own: Databases) -> Iterator[str]:
    """A user with a password, who may connect and nothing else."""
    own.execute(f"CREATE ROLE {STRANGER} LOGIN PASSWORD '{SECRET}'")
    yield STRANGER
    own.execute(f"DROP ROLE {STRANGER}")


def _refused(own: Databases, home: Path, user: str, name: str) -> str:
    with pytest.raises(StoreUnavailable) as refused:
        Store.open(_settings(home, f"postgresql://{user}@/{name}?host={own.server.folder}"))  # type: ignore[union-attr]
    assert SECRET not in "".join(traceback.format_exception(refused.value))
    return _cause(refused.value, f"{own.server.folder}/{name}")  # type: ignore[union-attr]


@on_postgresql
def test_what_a_server_refuses(own: Databases, stranger: str, tmp_path: Path) -> None:
    name = own.bare()
    known = f"{stranger}:{SECRET}"
    assert _refused(own, tmp_path, f"{stranger}:hunter3", name) == postgresql.NOT_ACCEPTED
    assert _refused(own, tmp_path, stranger, name) == postgresql.NOT_ACCEPTED
    assert _refused(own, tmp_path, "nobody", name) == postgresql.NOT_ACCEPTED
    assert _refused(own, tmp_path, known, "elsewhere") == postgresql.NO_DATABASE
    own.execute(f"REVOKE ALL ON DATABASE {name} FROM public; GRANT CONNECT ON DATABASE {name} TO public")
    assert _refused(own, tmp_path, known, name) == "the user may not make or change tables in it"
    own.execute(f"ALTER ROLE {stranger} CONNECTION LIMIT 0")
    assert _refused(own, tmp_path, known, name) == postgresql.CROWDED


@on_postgresql
def test_a_database_that_cannot_take_every_name_is_refused(postgres: Databases, tmp_path: Path) -> None:
    name = postgres.bare("LATIN1")
    with pytest.raises(StoreUnavailable) as refused:
        Store.open(_settings(tmp_path, postgres.url(name)))
    assert "was made for the encoding LATIN1; Inflow needs UTF8" in str(refused.value)


def _names(store: Store) -> list[str]:
    with store.read() as connection:
        return list(connection.execute(select(schema.integrations.c.name)).scalars())


@on_postgresql
def test_a_server_that_is_restarted_ends_what_runs_and_nothing_else(own: Databases, store: Store) -> None:
    assert _names(store) == []
    with pytest.raises(StoreUnavailable) as refused, store.write() as connection:
        connection.execute(insert(schema.integrations).values(INTEGRATION))
        own.restart()
        connection.execute(insert(schema.integrations).values(INTEGRATION | {"name_key": "other"}))
    assert _cause(refused.value, store.url) in (postgresql.STOPPING, postgresql.LOST)
    assert _names(store) == []

    own.restart()  # and of the connections that wait for their next use nobody notices anything
    with store.write() as connection:
        connection.execute(insert(schema.integrations).values(INTEGRATION))
    assert _names(store) == ["Desk"]


@on_postgresql
def test_a_connection_that_is_lost_before_its_step_is_saved(postgres: Databases, store: Store) -> None:
    with pytest.raises(StoreUnavailable) as refused, store.write() as connection:
        connection.execute(insert(schema.integrations).values(INTEGRATION))
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        postgres.execute(f"SELECT pg_terminate_backend({pid}, 5000)")
    assert _cause(refused.value, store.url) in (postgresql.STOPPING, postgresql.LOST)
    assert _names(store) == []


@on_postgresql
def test_a_full_disk_of_the_server(store: Store) -> None:
    with pytest.raises(StoreFull) as refused, store.write() as connection:
        connection.execute(insert(schema.integrations).values(INTEGRATION))
        connection.exec_driver_sql("DO $$ BEGIN RAISE disk_full; END $$")
    assert store.url in str(refused.value)
    assert _names(store) == []


@on_postgresql
def test_a_fault_of_ours_is_not_the_server_s(store: Store) -> None:
    with pytest.raises(StoreError) as refused, store.read() as connection:
        connection.exec_driver_sql("SELECT 'Kanari' FROM nowhere")
    assert refused.value.error_code == "store-error"
    assert "Kanari" not in str(refused.value)


@on_postgresql
def test_a_writer_that_stands_still_loses_its_turn(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its machine may be gone: the others must not wait until somebody pulls the plug."""
    monkeypatch.setattr(postgresql, "TURN_SECONDS", 1)
    written = threading.Event()

    def write() -> None:
        with store.write() as connection:
            connection.execute(insert(schema.integrations).values(INTEGRATION))
        written.set()

    with pytest.raises(StoreUnavailable), store.write() as connection:
        time.sleep(0.2)
        threading.Thread(target=write).start()
        assert not written.wait(0.3)
        assert written.wait(10)
        connection.execute(select(schema.integrations))
    assert _names(store) == ["Desk"]


@on_postgresql
def test_a_writer_waits_for_another_only_so_long(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with store.write() as busy:
        monkeypatch.setattr(postgresql, "TURN_SECONDS", 0.1)
        with pytest.raises(StoreUnavailable) as refused, store.write():
            pass
        assert _cause(refused.value, store.url) == "it is locked by another process"
        busy.execute(insert(schema.integrations).values(INTEGRATION))
    assert _names(store) == ["Desk"]


@on_postgresql
def test_what_is_left_behind_is_closed(postgres: Databases, settings: Settings) -> None:
    """A store that nobody holds any more holds no connection."""
    store = Store.open(settings)
    assert _names(store) == []
    name = str(engine._url(settings.database_url).database)
    del store
    until = time.monotonic() + 5
    while postgres.connections(name):
        assert time.monotonic() < until
        time.sleep(0.01)
