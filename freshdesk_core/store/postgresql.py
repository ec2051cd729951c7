"""PostgreSQL as the store: how it is reached, how writers take turns, what its errors mean.

SQLite lets one writer in at a time (``BEGIN IMMEDIATE``), and the code that writes relies on it: it reads,
decides and writes. PostgreSQL lets all in at once, so each transaction that writes begins by taking one
advisory lock, which its end gives back, however it ends (docs/decisions/0013-postgresql.md).
"""

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from freshdesk_core.errors import ConfigError, StoreError, StoreFull, StoreUnavailable

DRIVER = "postgresql+psycopg"
NAMES = ("postgresql", "postgres")
TURN = 0x496E666C6F77  # the number of the lock: "Inflow" in ASCII
TURN_SECONDS = 30  # a writer that stands still for so long loses its turn, as an importer its lease

# What a URL may say otherwise. A server that is gone must not hold a page or an import for hours.
_DEFAULTS: dict[str, str | int] = {
    "application_name": "Inflow",
    "client_encoding": "utf8",
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "tcp_user_timeout": 30_000,
}

NO_ANSWER = "no answer from the database server"
NO_NAME = "no server of this name can be found"
NO_DATABASE = "the server has no such database"
NOT_ACCEPTED = "it did not accept the user or the password"
NOT_SECURE = "no secure connection to the server could be made"
LOST = "the connection to the server was lost"
CROWDED = "the server has no room for another connection or query"
STOPPING = "the server is stopping or starting"

# By SQLSTATE, or by its first characters.
_CAUSES = {
    "08": LOST,
    "25P03": "the server ended a step that stood still",
    "25006": "it may not be written",
    "28": NOT_ACCEPTED,
    "3D000": NO_DATABASE,
    "42501": "the user may not make or change tables in it",
    "53": CROWDED,
    "55P03": "it is locked by another process",
    "57014": "the server gave up a query that took too long",
    "57P": STOPPING,
    "58": "the disk reported an error",
    "XX": "the database is damaged",
}
# A connection that was never made has no SQLSTATE. What the driver says of it is always English; what the
# server says, unless it was told to speak otherwise.
_SIGNS = {
    "connection refused": NO_ANSWER,
    "no such file": NO_ANSWER,
    "timeout": NO_ANSWER,
    "timed out": NO_ANSWER,
    "unreachable": NO_ANSWER,
    "no route": NO_ANSWER,
    "failed to resolve": NO_NAME,
    "translate host name": NO_NAME,
    "ssl": NOT_SECURE,
    "certificate": NOT_SECURE,
    "closed": LOST,
    "lost": LOST,
    "too many": CROWDED,
    "connection slots": CROWDED,
    "starting up": STOPPING,
    "shutting down": STOPPING,
    "password": NOT_ACCEPTED,
    "pg_hba.conf": NOT_ACCEPTED,
    "role ": NOT_ACCEPTED,
    "database ": NO_DATABASE,
    "connection": NO_ANSWER,
}


def is_meant(url: URL) -> bool:
    """The URL names a database of PostgreSQL, by whichever driver."""
    return url.get_backend_name() in NAMES


def with_driver(url: URL) -> URL:
    """The URL with the driver that Inflow brings along, and its password where it is never shown.

    Raises:
        ConfigError: The host holds an ``@``: one that belongs to the password and was not written %40.
    """
    if "@" in (url.host or ""):
        raise ConfigError("bad-database-url")
    if isinstance(password := url.query.get("password"), str):
        url = url.difference_update_query(["password"]).set(password=password)
    return url.set(drivername=DRIVER)


def where(url: URL) -> str:
    """The database for a message: host and name, never user or password."""
    host = url.host or url.query.get("host") or "localhost"
    port = f":{url.port}" if url.port else ""
    return f"{host if isinstance(host, str) else ','.join(host)}{port}/{url.database or url.username or ''}"


def engine(url: URL, purpose: str) -> Engine:
    """Make the engine that writes ("write", "durable"), or the one that only reads ("read").

    Raises:
        ConfigError: ``no-database-driver``.
    """
    options = {name: value for name, value in _DEFAULTS.items() if name not in url.query}
    # Reading, all queries of a transaction see one moment. Writing, each sees what was written before
    # its turn came, which a view taken when it began to wait would not.
    isolation = "REPEATABLE READ" if purpose == "read" else "READ COMMITTED"
    try:
        made = create_engine(
            url,
            connect_args=options,
            pool_pre_ping=True,
            isolation_level=isolation,
            execution_options={"postgresql_readonly": purpose == "read"},
        )
    except ImportError as error:
        raise ConfigError("no-database-driver", driver="psycopg[binary]") from error
    if purpose != "read":
        event.listen(made, "begin", _take_turn)
    if purpose == "durable":
        event.listen(made, "begin", _wait_for_disk)
    return made


def check(connection: Connection, place: str) -> None:
    """Make sure that the database takes every name of a group.

    Raises:
        StoreUnavailable: It was made for another encoding than UTF-8.
    """
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise StoreUnavailable("database-not-utf8", where=place, encoding=encoding)


def typed(error: DBAPIError, place: str) -> StoreError | ConfigError:
    """The driver's error as ours; its own text may hold SQL."""
    state = getattr(error.orig, "sqlstate", None) or ""
    if state == "53100":
        return StoreFull(where=place)
    text = str(error.orig).lower()
    if not state and ("connection option" in text or "connection uri" in text):
        return ConfigError("bad-database-url")
    cause = next((_CAUSES[sign] for sign in (state, state[:3], state[:2]) if sign in _CAUSES), None)
    if cause is None and not state:
        cause = next((cause for sign, cause in _SIGNS.items() if sign in text), None)
    if cause is None and error.connection_invalidated:
        cause = LOST
    if cause is None:
        return StoreError(where=place)
    return StoreUnavailable("database-unavailable", where=place, cause=cause)


def _wait_for_disk(connection: Connection) -> None:
    """Whatever the server's own setting is."""
    connection.exec_driver_sql("SET LOCAL synchronous_commit = on")


def _take_turn(connection: Connection) -> None:
    connection.exec_driver_sql(
        f"SET LOCAL lock_timeout = '{TURN_SECONDS}s'; "
        f"SET LOCAL idle_in_transaction_session_timeout = '{TURN_SECONDS}s'; "
        f"SELECT pg_advisory_xact_lock({TURN})"
    )
