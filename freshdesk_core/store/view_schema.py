"""Saved views: a page and its filters under a name, for everybody who uses this Inflow."""

from sqlalchemy import BigInteger, Column, Table, Text

from freshdesk_core.store.tables import SERIAL, metadata
from freshdesk_core.store.texts import Name

saved_views = Table(
    "saved_views",
    metadata,
    Column("view_id", SERIAL, primary_key=True, autoincrement=True),
    Column("name", Name, nullable=False),
    Column("name_key", Name, nullable=False, unique=True),  # trimmed and case-folded
    Column("page", Text, nullable=False),  # its path in the address; "" is the first page
    Column("query", Text, nullable=False),  # its filters as in the address, by codes: of no language
    Column("saved_by", Text, nullable=False),  # a person who works with Inflow, no customer
    Column("saved_at", BigInteger, nullable=False),
)
