"""The databases that tests run on: SQLite always, PostgreSQL where one can be had.

A store is made once for all tests of a process, and each gets one like it: for SQLite a copy of the file.
What is about the making itself asks for a bare one (``keep_bare``).

``INFLOW_TEST_POSTGRES`` may name a server, by the URL of a user who may make databases; "own" insists on one
that the tests start. Without it they start one where PostgreSQL's programs are found. It listens on a
socket in a folder of its own, and ends with the tests, however these end.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, migration, schema

VARIABLE = "INFLOW_TEST_POSTGRES"
OWN = "own"
NAMED = os.environ.get(VARIABLE, "")
STARTING_SECONDS = 30
LARGE_BYTES = 64 * 1024
SIZES = (
    "SELECT relname, pg_relation_size(oid) FROM pg_class "
    "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
)
STORE = "inflow.db"
USER = "inflow"
STRANGER = "stranger"  # has to give a password, and has no right to anything
# A server that nobody will miss: nothing of it has to outlive a power cut.
OPTIONS = {
    **{"listen_addresses": "", "max_connections": "200", "fsync": "off", "full_page_writes": "off"},
    **{"synchronous_commit": "off", "log_min_messages": "fatal"},
}
# Ends the server when a line comes, and removes it, too, when the input closes: then the tests are gone.
UNTIL_STDIN_CLOSES = """
"$0" "$@" & server=$!
read -r line
kill -INT $server
wait $server
test "$line" || rm -rf "$PWD"
"""


def programs() -> Path | None:
    """The folder of PostgreSQL's programs, the newest there is."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).resolve().parent)
    return max(found, key=lambda path: [int(part) for part in path.parts if part.isdecimal()], default=None)


def has_postgres() -> bool:
    """The tests run on PostgreSQL, too."""
    return NAMED not in ("", OWN) or programs() is not None


def told() -> str:
    """A line for the head of the report."""
    if has_postgres():
        where = "the one that INFLOW_TEST_POSTGRES names" if NAMED not in ("", OWN) else programs()
        return f"databases: SQLite; PostgreSQL ({where})"
    return (
        "databases: SQLite; no PostgreSQL was found, so nothing is tested on it "
        f"(apt-get install postgresql, or {VARIABLE}=postgresql://...)"
    )


class Server:
    """A PostgreSQL of the tests' own; for root, who may not run one, as another user."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="inflow-pg-"))
        self._as: dict[str, object] = {}
        if os.geteuid() == 0:
            import pwd

            names = {entry.pw_name for entry in pwd.getpwall()}
            entry = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
            os.chown(self.folder, entry.pw_uid, entry.pw_gid)
            self._as = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        self._data = self.folder / "data"
        self._init()
        self.start()

    def _program(self, name: str) -> str:
        folder = programs()
        assert folder is not None
        return str(folder / name)

    def _init(self) -> None:
        options = ["--auth=trust", f"--username={USER}", "--encoding=UTF8", "--no-locale", "--no-sync"]
        subprocess.run(
            [self._program("initdb"), f"--pgdata={self._data}", *options],
            check=True,
            cwd=self.folder,
            capture_output=True,
            **self._as,  # type: ignore[call-overload]
        )
        rules = self._data / "pg_hba.conf"
        rules.write_text(f"local all {STRANGER} scram-sha-256\n" + rules.read_text(encoding="utf-8"))

    def start(self) -> None:
        settings = [f"-c{name}={value}" for name, value in OPTIONS.items()]
        folders = [f"-D{self._data}", f"-k{self.folder}"]
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", UNTIL_STDIN_CLOSES, self._program("postgres"), *folders, *settings],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
            start_new_session=True,  # Ctrl+C is for the tests, which then end it
            **self._as,  # type: ignore[call-overload]
        )
        until = time.monotonic() + STARTING_SECONDS
        while True:
            try:
                psycopg.connect(self.url("postgres")).close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > until or self._process.poll() is not None:
                    raise
                time.sleep(0.02)

    def stop(self) -> None:
        """End it, to be started again."""
        self._end(b"stop\n")

    def remove(self) -> None:
        self._end(b"")

    def _end(self, line: bytes) -> None:
        self._process.communicate(line, timeout=STARTING_SECONDS)

    def url(self, database: str) -> str:
        return f"postgresql://{USER}@/{database}?host={self.folder}"


class Databases:
    """Fresh stores on one server: emptied ones, for to make one takes longer than most tests."""

    def __init__(self) -> None:
        self.server = Server() if NAMED in ("", OWN) else None
        self._admin = self._connect()
        self._made: list[str] = []
        self._spare: list[str] = []
        self._taken: dict[Path, str] = {}

    def url(self, database: str) -> str:
        if self.server:
            return self.server.url(database)
        return make_url(NAMED).set(database=database).render_as_string(hide_password=False)

    def of(self, home: Path) -> str:
        """The URL of a home's own store: an empty one, when it is asked for the first time."""
        if home not in self._taken:
            self._taken[home] = self._spare.pop() if self._spare else self._migrated()
        return self.url(self._taken[home])

    def keep_bare(self, home: Path) -> None:
        """Have a home's store made by whoever opens it first."""
        self._taken[home] = self.bare()

    def bare(self, encoding: str = "UTF8") -> str:
        """The name of a database without tables."""
        name = f"inflow_test_{os.getpid()}_{len(self._made)}"
        how = f"TEMPLATE template0 ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C'"
        self.execute(f"CREATE DATABASE {name} {how}")
        self._made.append(name)
        return name

    def execute(self, statement: str) -> None:
        """Do something as the server's owner."""
        self._ask(statement)

    def connections(self, name: str) -> int:
        """How many connections a database has."""
        ((count,),) = self._ask(f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}'")
        return int(count)

    def _ask(self, statement: str) -> list[tuple[Any, ...]]:
        try:
            found = self._admin.execute(statement.encode())
        except psycopg.OperationalError:  # the server was restarted
            self._admin = self._connect()
            found = self._admin.execute(statement.encode())
        return found.fetchall() if found.description else []

    def _connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.url("postgres") if self.server else NAMED, autocommit=True)

    def restart(self) -> None:
        """End the server, and start it again."""
        assert self.server is not None
        self.server.stop()
        self.server.start()

    def taken(self) -> set[Path]:
        """The homes that have a store."""
        return set(self._taken)

    def give_back(self, homes: Iterable[Path]) -> None:
        """Empty stores that are not used any more; what cannot be emptied is left alone."""
        for home in homes:
            name = self._taken.pop(home)
            with suppress(psycopg.Error):
                self._empty(name)
                self._spare.append(name)

    def close(self) -> None:
        for name in self._made:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")
        self._admin.close()
        if self.server:
            self.server.remove()

    def _migrated(self) -> str:
        name = self.bare()
        with tempfile.TemporaryDirectory() as home:
            environ = {"INFLOW_HOME": home, "INFLOW_DATABASE_URL": self.url(name)}
            Store.open(Settings.from_environment(environ)).close()
        return name

    def _empty(self, name: str) -> None:
        self.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        with psycopg.connect(self.url(name), autocommit=True) as connection:
            sizes: dict[str, int] = dict(connection.execute(SIZES).fetchall())
            # To delete is quicker, but leaves the room taken.
            how = [
                f"TRUNCATE TABLE {name} CASCADE"
                if sizes.get(name, 0) > LARGE_BYTES
                else f"DELETE FROM {name}"
                for name in (table.name for table in reversed(schema.metadata.sorted_tables))
                if sizes.get(name) != 0
            ]
            connection.execute("; ".join(how).encode())
            connection.execute("SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'")
            connection.execute("UPDATE alembic_version SET version_num = %s", (migration.VERSION,))


_in_use: Databases | None = None
_bare: set[Path] = set()


@contextmanager
def used(databases: Databases) -> Iterator[None]:
    """Meanwhile stores are made on this server; else they are files of SQLite's."""
    global _in_use
    _in_use = databases
    try:
        yield
    finally:
        _in_use = None
        databases.give_back(databases.taken())


def keep_bare(home: Path) -> None:
    """Have a home's store made by whoever opens it first."""
    if _in_use is not None:
        _in_use.keep_bare(home)
    else:
        _bare.add(home)


def environment(home: Path) -> dict[str, str]:
    """The variables for a store of this home, on the database that the running test is about."""
    if _in_use is not None:
        return {"INFLOW_HOME": str(home), "INFLOW_DATABASE_URL": _in_use.of(home)}
    return on_sqlite(home)


def on_sqlite(home: Path) -> dict[str, str]:
    """The variables for a store of SQLite's, which is there, and empty, when they are first asked for."""
    if home not in _bare and not (file := home / STORE).exists():
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_bytes(_new_store())
    return {"INFLOW_HOME": str(home)}


@cache
def _new_store() -> bytes:
    """SQLite's file as Inflow makes it: tables, nothing in them."""
    with tempfile.TemporaryDirectory() as home:
        Store.open(Settings.from_environment({"INFLOW_HOME": home})).close()
        return Path(home, STORE).read_bytes()
