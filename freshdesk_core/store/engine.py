"""Opens the store: one engine that writes, one that only reads, migrations before either is used.

SQLite's driver begins transactions late and silently; with its default three processes lose updates
without an error. So the driver is told to leave transactions alone (``isolation_level=None``) and each
one is begun in words: ``BEGIN IMMEDIATE`` to write, ``BEGIN`` to read. What is different with PostgreSQL
is in ``postgresql.py``.
"""

import shutil
import sqlite3
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import QueuePool

from freshdesk_core.errors import ConfigError, StoreError, StoreFull, StoreUnavailable
from freshdesk_core.settings import Settings
from freshdesk_core.store import migration, postgresql

BUSY_SECONDS = 30
PEACE_SECONDS = 1  # a checkpoint waits no longer for readers; the next one does what it could not
JOURNAL_BYTES = 64 * 1024 * 1024
SCARCE_BYTES = 1024 * 1024
NETWORK_FILE_SYSTEMS = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afpfs", "webdav"}


@dataclass(frozen=True)
class Store:
    """The database of one Inflow. Safe to share between threads."""

    url: str
    writer: Engine
    reader: Engine

    @classmethod
    def open(cls, settings: Settings) -> "Store":
        """Open the store of these settings; make it, or bring it up to date, where needed.

        Raises:
            ConfigError: ``INFLOW_DATABASE_URL`` names no database that Inflow can use.
            StoreTooNew: A newer Inflow wrote it.
            StoreUnavailable: It cannot be opened or reached, or lies on a network file system.
        """
        url = _url(settings.database_url)
        with _store_errors(_where(url)):
            if url.get_backend_name() == "sqlite":
                _prepare_folder(Path(str(url.database)))
            store = cls(_where(url), _engine(url, "write"), _engine(url, "read"))
            for engine in (store.writer, store.reader):
                weakref.finalize(store, engine.dispose)  # a server wants to be told that somebody leaves
            try:
                with store.writer.begin() as connection:
                    if store.writer.dialect.name == "postgresql":
                        postgresql.check(connection, store.url)
                    migration.upgrade(connection, store.url)
            except BaseException:
                store.close()
                raise
        return store

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that writes; it is rolled back whole when anything fails."""
        with _store_errors(self.url), self.writer.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view of the store. Keep it short."""
        with _store_errors(self.url), self.reader.begin() as connection:
            yield connection

    def checkpoint(self, *, truncate: bool = False) -> bool:
        """Fold SQLite's journal into the database file, as far as readers allow; *truncate* empties it.

        PostgreSQL sees to its own.

        Returns:
            Whether it was done to the end; a reader may have been in the way.
        """
        if self.writer.dialect.name != "sqlite":
            return True
        mode = "TRUNCATE" if truncate else "PASSIVE"
        with _store_errors(self.url), self.writer.connect() as connection:
            cursor = connection.connection.cursor()
            cursor.execute(f"PRAGMA busy_timeout={PEACE_SECONDS * 1000}")
            is_hindered, *_pages = cursor.execute(f"PRAGMA wal_checkpoint({mode})").fetchone() or (0,)
            cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
            return not is_hindered

    def vacuum(self) -> None:
        """Write SQLite's file anew without the room of what was deleted. PostgreSQL sees to its own."""
        if self.writer.dialect.name == "sqlite":
            with _store_errors(self.url), self.writer.connect() as connection:
                connection.connection.cursor().execute("VACUUM")

    def is_full(self) -> bool:
        """The disk that holds SQLite's file has no room for an import. A server knows its own."""
        return self.writer.dialect.name == "sqlite" and _is_full(self.url)

    def close(self) -> None:
        """Close every connection."""
        self.reader.dispose()
        self.writer.dispose()


class Durable:
    """Transactions on a store that are on the disk when they have ended. For one thread.

    Imports do without: their rows and cursors roll back together. An event that was acknowledged is gone for
    good when it is lost.
    """

    def __init__(self, store: Store) -> None:
        self._where = store.url
        self._engine = _engine(store.writer.url, "durable")

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that writes; it is rolled back whole when anything fails."""
        with _store_errors(self._where), self._engine.begin() as connection:
            yield connection

    def close(self) -> None:
        """Close the connection."""
        self._engine.dispose()


def _url(text: str) -> URL:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        pass  # its text would show the password
    else:
        if postgresql.is_meant(url):
            return postgresql.with_driver(url)
        if url.get_backend_name() == "sqlite" and url.database:
            return url
    raise ConfigError("bad-database-url")


def _where(url: URL) -> str:
    """The store's place for a message: a file, or a host and database; never a password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return postgresql.where(url)


def _engine(url: URL, purpose: str) -> Engine:
    if url.get_backend_name() != "sqlite":
        return postgresql.engine(url, purpose)
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS}, poolclass=QueuePool, pool_size=8)
    begin = "BEGIN" if purpose == "read" else "BEGIN IMMEDIATE"

    def on_connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        if purpose == "read":
            cursor.execute("PRAGMA query_only=1")
        else:
            _write_ahead(cursor)
            cursor.execute(f"PRAGMA journal_size_limit={JOURNAL_BYTES}")
            cursor.execute(f"PRAGMA synchronous={'FULL' if purpose == 'durable' else 'NORMAL'}")
        cursor.execute("PRAGMA foreign_keys=1")
        cursor.close()

    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
    return engine


def _write_ahead(cursor: sqlite3.Cursor) -> None:
    """Have a journal beside the file; of several that open a new one at once, SQLite makes some fail."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.01)


def _prepare_folder(file: Path) -> None:
    """Make the folder for its owner alone, and refuse one where SQLite cannot lock."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    system = _file_system(file.parent)
    if system in NETWORK_FILE_SYSTEMS:
        raise StoreUnavailable("store-on-network", where=str(file), system=system)
    if not file.exists():
        file.touch(mode=0o600)


def _file_system(folder: Path) -> str:
    """The type of the file system that holds a folder; "" where the system does not tell."""
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return ""
    best = ("", "")
    for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
        _device, point, kind, *_rest = line.split(" ")
        point = point.replace("\\040", " ")
        inside = point == "/" or folder == Path(point) or Path(point) in folder.parents
        if inside and len(point) >= len(best[0]):
            best = (point, kind)
    return best[1]


@contextmanager
def _store_errors(where: str) -> Iterator[None]:
    """Turn the driver's errors into ours, by reaction."""
    try:
        yield
    except DBAPIError as error:
        raise _typed(error, where) from error
    except PoolTimeoutError as error:
        raise StoreUnavailable(where=where, cause="too many threads use it at once") from error
    except OSError as error:
        raise StoreUnavailable(where=where, cause=error.strerror or type(error).__name__) from error


def _typed(error: DBAPIError, where: str) -> StoreError | ConfigError:
    if not isinstance(error.orig, sqlite3.Error):
        return postgresql.typed(error, where)
    text = str(error.orig).lower()
    if "disk is full" in text or "no space left" in text:
        return StoreFull(where=where)
    if "disk i/o error" in text and _is_full(where):
        return StoreFull(where=where)
    if isinstance(error, OperationalError) or _is_damage(error.orig):
        return StoreUnavailable(where=where, cause=_cause(text))
    return StoreError(where=where)


def _is_full(where: str) -> bool:
    """SQLite's files beside the store fail with an error of their own when there is no room."""
    try:
        return shutil.disk_usage(Path(where).parent).free < SCARCE_BYTES
    except OSError:
        return False


def _is_damage(error: Any) -> bool:
    return isinstance(error, sqlite3.DatabaseError) and type(error) is sqlite3.DatabaseError


def _cause(text: str) -> str:
    """A cause in plain words; the driver's own text may hold SQL."""
    known = {
        "locked": "it is locked by another process",
        "not a database": "the file is not an Inflow store",
        "malformed": "the file is damaged",
        "disk i/o error": "the disk reported an error",
        "readonly": "it may not be written",
        "unable to open": "it may not be opened",
    }
    return next((cause for sign, cause in known.items() if sign in text), "the database refused")
