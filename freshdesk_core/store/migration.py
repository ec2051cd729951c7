"""Brings the tables to the version this Inflow knows."""

from sqlalchemy import Connection, inspect, text

from freshdesk_core.errors import StoreTooNew
from freshdesk_core.store.planning import tell_sizes

VERSION = "0012"  # the newest module in migrations/versions


def upgrade(connection: Connection, where: str) -> None:
    """Migrate inside the caller's transaction, so that a killed migration leaves nothing behind.

    Raises:
        StoreTooNew: The store's version is none that this Inflow knows.
    """
    found = _version(connection)
    if found == VERSION:
        return
    # Alembic takes a quarter of a second to import; an up-to-date store does not need it.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from alembic.script.revision import ResolutionError
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", "freshdesk_core:store/migrations")
    config.attributes["connection"] = connection
    if found is not None:
        try:
            ScriptDirectory.from_config(config).get_revision(found)
        except (CommandError, ResolutionError) as error:
            raise StoreTooNew(where=where, found=found) from error
    command.upgrade(config, "head")
    tell_sizes(connection)


def _version(connection: Connection) -> str | None:
    """The store's version; None for a new one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if version is None else str(version)
