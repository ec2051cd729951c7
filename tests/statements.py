"""Statements that were compiled once serve every test of a process.

SQLAlchemy compiles a statement once for each engine. The product keeps its engines; a test opens new ones,
and most of its time went into compiling the same statements again.
"""

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

_compiled: LRUCache[Any, Any] = LRUCache(2_000)


class _OneForAll:
    """A dialect that is the same as every other one of its class: the cache asks for it."""

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        engine.update_execution_options(compiled_cache=_compiled)


class SQLite(_OneForAll, SQLiteDialect_pysqlite):
    """SQLite's, as every engine gets it."""

    supports_statement_cache = True


class PostgreSQL(_OneForAll, PGDialect_psycopg):
    """PostgreSQL's, as every engine gets it."""

    supports_statement_cache = True


def share() -> None:
    """Have the engines that are made from now on share what they compile."""
    registry.register("sqlite", __name__, "SQLite")
    registry.register("postgresql.psycopg", __name__, "PostgreSQL")
