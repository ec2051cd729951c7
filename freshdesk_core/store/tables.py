"""What the modules that describe tables have in common."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData

metadata = MetaData()

# SQLite makes a rowid alias only of a column whose type is exactly INTEGER.
SERIAL = BigInteger().with_variant(Integer(), "sqlite")


def of_integration() -> Column[int]:
    """The first part of every key of Freshdesk's: ids are unique only within an account."""
    return Column("integration_id", SERIAL, ForeignKey("integrations.integration_id"), primary_key=True)
