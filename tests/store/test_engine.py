"""Opening the store and writing to it: beside other processes, after kills, where it cannot be done."""

import os
import shutil
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, insert, inspect, select

from freshdesk_core.errors import ConfigError, StoreFull, StoreTooNew, StoreUnavailable
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, engine, migration, schema
from tests.store.programs import ended, said, start

INTEGRATION = {"name": "Desk", "name_key": "desk", "domain": "desk.freshdesk.com", "key_sealed": ""} | {
    **{"key_hint": "", "time_zone": "UTC", "is_sample": False, "created_at": 0, "revision": 0}
}

COUNT = """
from sqlalchemy import select, update
store = Store.open(settings)
print("ready", flush=True)
sys.stdin.readline()
column = schema.integrations.c.revision
for _ in range(150):
    with store.write() as connection:
        found = connection.execute(select(column)).scalar_one()
        connection.execute(update(schema.integrations).values(revision=found + 1))
"""


def test_three_processes_count_in_one_cell_and_lose_nothing(store: Store, settings: Settings) -> None:
    """Each reads, adds one, writes: with the driver's own transactions most of it would be lost."""
    with store.write() as connection:
        connection.execute(insert(schema.integrations).values(INTEGRATION))
    programs = [start(settings.home, COUNT) for _ in range(3)]
    for program in programs:
        assert said(program) == "ready"
    for program in programs:
        program.stdin.write("go\n")  # type: ignore[union-attr]
        program.stdin.flush()  # type: ignore[union-attr]
    assert [ended(program) for program in programs] == [(0, "")] * 3

    with store.read() as connection:
        assert connection.execute(select(schema.integrations.c.revision)).scalar_one() == 450


def test_many_open_a_new_store_at_once(unmade: Settings) -> None:
    programs = [
        start(unmade.home, 'print("ready", flush=True); Store.open(settings).close()') for _ in range(5)
    ]

    assert [ended(program) for program in programs] == [(0, "")] * 5

    store = Store.open(unmade)
    with store.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM alembic_version").scalar() == 1
    store.close()


def test_threads_open_a_new_store_at_once(unmade: Settings) -> None:
    opened: list[Store] = []
    threads = [threading.Thread(target=lambda: opened.append(Store.open(unmade))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 6
    for store in opened:
        store.close()


@pytest.mark.sqlite
def test_threads_that_open_a_new_file_wait_for_each_other(tmp_path: Path) -> None:
    """Fifty times six: SQLite itself lets some fail while another begins the journal."""
    failed: list[BaseException] = []

    def use(file: Path, all_there: threading.Barrier) -> None:
        try:
            writer = engine._engine(engine._url(f"sqlite:///{file}"), "write")
            all_there.wait(60)
            with writer.begin() as connection:
                connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS numbers (number)")
            writer.dispose()
        except BaseException as error:
            failed.append(error)

    for number in range(50):
        all_there = threading.Barrier(6)
        threads = [
            threading.Thread(target=use, args=(tmp_path / f"{number}.db", all_there)) for _ in range(6)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert failed == []


HALF = """
from freshdesk_core.store import engine, migration
from sqlalchemy import inspect
settings.home.mkdir(exist_ok=True)
writer = engine._engine(engine._url(settings.database_url), "write")
with writer.begin() as connection:
    migration.upgrade(connection, "here")
    assert len(inspect(connection).get_table_names()) >= len(schema.metadata.tables)
    print("migrated", flush=True)
    sys.stdin.readline()
"""


def test_a_killed_migration_leaves_nothing_half_done(unmade: Settings) -> None:
    program = start(unmade.home, HALF)
    assert said(program) == "migrated"
    program.kill()
    program.communicate()

    raw = engine._engine(engine._url(unmade.database_url), "read")
    assert inspect(raw).get_table_names() == []
    raw.dispose()
    store = Store.open(unmade)
    with store.read() as connection:
        assert migration._version(connection) == migration.VERSION
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    store.close()


def test_the_migrations_make_the_tables_that_the_code_knows(store: Store) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with store.read() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), schema.metadata)
    assert differences == []


def test_a_store_of_a_newer_version_is_left_alone(store: Store, settings: Settings) -> None:
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    store.close()
    before = _file(settings)

    with pytest.raises(StoreTooNew) as refused:
        Store.open(settings)

    assert str(refused.value) == (
        f"The store at {store.url} was written by a newer Inflow (version 9999). "
        "Nothing was changed. Update Inflow, or point INFLOW_HOME to another folder."
    )
    assert _file(settings) == before


def _file(settings: Settings) -> bytes:
    file = settings.home / "inflow.db"
    return file.read_bytes() if file.exists() else b""


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "content", [b"PK\x03\x04 this is no database" * 100, b"SQLite format 3\x00" + b"x" * 999]
)
def test_a_file_that_is_no_store_is_refused_and_kept(unmade: Settings, content: bytes) -> None:
    unmade.home.mkdir()
    file = unmade.home / "inflow.db"
    file.write_bytes(content)

    with pytest.raises(StoreUnavailable) as refused:
        Store.open(unmade)

    assert "is not an Inflow store" in str(refused.value)
    assert file.read_bytes() == content


@pytest.mark.sqlite
def test_a_folder_where_the_file_should_be(unmade: Settings) -> None:
    (unmade.home / "inflow.db").mkdir(parents=True)
    with pytest.raises(StoreUnavailable) as refused:
        Store.open(unmade)
    assert "it may not be opened" in str(refused.value)


def test_a_home_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable) as refused:
        Store.open(Settings.from_environment({"INFLOW_HOME": str(tmp_path / "file" / "home")}))
    assert "Not a directory" in str(refused.value)


def test_a_home_that_may_not_be_written(tmp_path: Path) -> None:
    """For root, whom no mode bits stop, a folder of the kernel's own."""
    closed = Path("/proc") if os.geteuid() == 0 else tmp_path / "closed"
    if os.geteuid() != 0:
        closed.mkdir(mode=0o500)
    with pytest.raises(StoreUnavailable) as refused:
        Store.open(Settings.from_environment({"INFLOW_HOME": str(closed / "home")}))
    assert str(refused.value).count("\n") == 0
    assert "Check that the folder exists" in str(refused.value)


@pytest.mark.parametrize("url", ["nonsense", "sqlite://", "mysql://user:secret@host/db", "oracle://x"])
def test_a_database_url_that_leads_nowhere(tmp_path: Path, url: str) -> None:
    environ = {"INFLOW_HOME": str(tmp_path), "INFLOW_DATABASE_URL": url}
    with pytest.raises(ConfigError) as refused:
        Store.open(Settings.from_environment(environ))
    assert refused.value.error_code == "bad-database-url"
    assert "secret" not in str(refused.value)


def test_an_unreachable_postgres_is_one_sentence_without_the_password(tmp_path: Path) -> None:
    url = "postgresql+psycopg://inflow:hunter2@127.0.0.1:9/inflow"
    with pytest.raises((StoreUnavailable, ConfigError)) as refused:
        Store.open(Settings.from_environment({"INFLOW_HOME": str(tmp_path), "INFLOW_DATABASE_URL": url}))
    assert "hunter2" not in str(refused.value)


@contextmanager
def full_disk(pages: int) -> Iterator[None]:
    """No database may hold more pages than that: SQLite then says what it says on a full disk."""

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")

    event.listen(Engine, "connect", limit)
    try:
        yield
    finally:
        event.remove(Engine, "connect", limit)


@pytest.mark.sqlite
def test_no_room_for_a_new_store(unmade: Settings) -> None:
    with full_disk(5), pytest.raises(StoreFull) as refused:
        Store.open(unmade)
    assert str(refused.value).startswith("No space is left on the disk")
    Store.open(unmade).close()


@pytest.mark.sqlite
def test_a_full_disk_takes_nothing_back(settings: Settings) -> None:
    """What is committed stays; what did not fit is gone whole; with room again it goes on."""
    Store.open(settings).close()
    with closing(sqlite3.connect(settings.home / "inflow.db")) as raw:
        (pages,) = raw.execute("PRAGMA page_count").fetchone()
    with full_disk(pages + 8):
        store = Store.open(settings)
        done = 0
        with pytest.raises(StoreFull):
            while True:
                with store.write() as connection:
                    for number in range(20):
                        name = f"{done}-{number}-{'x' * 100}"
                        connection.execute(
                            insert(schema.integrations).values(INTEGRATION | {"name_key": name, "name": name})
                        )
                done += 1
        assert done > 0
        with store.read() as connection:
            assert len(connection.execute(select(schema.integrations.c.name)).all()) == 20 * done
        store.close()
    store = Store.open(settings)
    with store.write() as connection:
        connection.execute(insert(schema.integrations).values(INTEGRATION))
    with store.read() as connection:
        assert len(connection.execute(select(schema.integrations.c.name)).all()) == 20 * done + 1
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    store.close()


@pytest.mark.sqlite
def test_an_error_of_the_disk_is_not_called_a_full_one(store: Store, settings: Settings) -> None:
    """SQLite says "disk I/O error" for both; how much room is left tells them apart."""
    from sqlalchemy.exc import OperationalError

    from freshdesk_core.store.engine import _typed

    error = OperationalError("SELECT 1", {}, sqlite3.OperationalError("disk I/O error"))
    assert shutil.disk_usage(settings.home).free > 2**20
    found = _typed(error, store.url)
    assert isinstance(found, StoreUnavailable)
    assert "the disk reported an error" in str(found)


@pytest.mark.sqlite
def test_the_store_is_its_owner_s_alone(unmade: Settings) -> None:
    old = os.umask(0)
    try:
        store = Store.open(unmade)
        with store.write() as connection:
            connection.execute(insert(schema.integrations).values(INTEGRATION))
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in unmade.home.iterdir()}
        store.close()
    finally:
        os.umask(old)
    assert stat.S_IMODE(unmade.home.stat().st_mode) == 0o700
    assert set(modes.values()) == {0o600}
    assert {"inflow.db", "inflow.db-wal"} <= modes.keys()


def test_the_reader_never_writes(store: Store) -> None:
    with pytest.raises(StoreUnavailable) as refused, store.read() as connection:
        connection.execute(insert(schema.integrations).values(INTEGRATION))
    assert "it may not be written" in str(refused.value)


def test_a_reader_sees_one_moment_while_a_writer_goes_on(store: Store) -> None:
    with store.read() as reader:
        assert reader.execute(select(schema.integrations.c.name)).all() == []
        with store.write() as writer:
            writer.execute(insert(schema.integrations).values(INTEGRATION))
        assert reader.execute(select(schema.integrations.c.name)).all() == []
    with store.read() as reader:
        assert reader.execute(select(schema.integrations.c.name)).all() == [("Desk",)]


def test_a_failed_step_is_undone_whole(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.write() as connection:
        connection.execute(insert(schema.integrations).values(INTEGRATION))
        raise ZeroDivisionError
    with store.read() as connection:
        assert connection.execute(select(schema.integrations.c.name)).all() == []


@pytest.mark.sqlite
@pytest.mark.parametrize("system", ["nfs", "cifs", "9p"])
def test_a_network_file_system_is_refused_with_the_cure(
    unmade: Settings, monkeypatch: pytest.MonkeyPatch, system: str
) -> None:
    monkeypatch.setattr("freshdesk_core.store.engine._file_system", lambda _folder: system)
    with pytest.raises(StoreUnavailable) as refused:
        Store.open(unmade)
    assert f"network file system ({system})" in str(refused.value)
    assert not (unmade.home / "inflow.db").exists()
