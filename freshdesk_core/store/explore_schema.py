"""What people add to the figures: special days, and comparisons with Freshdesk that they asked for."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text

from freshdesk_core.store.tables import SERIAL, metadata, of_integration
from freshdesk_core.store.texts import Name

# Holidays and remarks. They are shown beside figures and never change one.
special_days = Table(
    "special_days",
    metadata,
    Column("special_day_id", SERIAL, primary_key=True, autoincrement=True),
    Column("integration_id", SERIAL, ForeignKey("integrations.integration_id")),  # null: of all of them
    Column("local_day", Integer, nullable=False),  # the date on the wall, as days since 1970; of no zone
    Column("name", Name, nullable=False),
    Column("kind", Text, nullable=False),  # "holiday" or "remark"
    Column("set_by", Text, nullable=False),  # a person who works with Inflow, no customer
    Column("set_at", BigInteger, nullable=False),
    Index("special_days_by_day", "local_day"),
)

# Contacts against Freshdesk's tickets, as they stood when somebody asked.
comparisons = Table(
    "comparisons",
    metadata,
    Column("comparison_id", SERIAL, primary_key=True, autoincrement=True),
    Column("integration_id", SERIAL, ForeignKey("integrations.integration_id"), nullable=False),
    Column("source", Text, nullable=False),  # "search": it was asked; "analytics": a count was typed in
    Column("asked_by", Text, nullable=False),  # a person who works with Inflow, no customer
    Column("asked_at", BigInteger, nullable=False),
    Column("window_from", BigInteger, nullable=False),
    Column("window_to", BigInteger, nullable=False),
    Column("zone", Text, nullable=False),
    Column("filters", Text, nullable=False, default="{}"),  # JSON: names of groups and sources
    Column("created_count", BigInteger),  # as typed in
    Column("state", Text, nullable=False),  # "waiting", "running", "complete", "stopped", "failed"
    Column("days_done", Integer, nullable=False, default=0),
    Column("days_expected", Integer, nullable=False, default=0),
    Column("progressed_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("figures", Text, nullable=False, default="{}"),  # JSON: the line of the identity, by name
    Column("error_code", Text),
    Column("error_figures", Text),  # JSON
    Index("comparisons_by_integration", "integration_id", "asked_at"),
)

# The tickets that only one side had in a comparison.
comparison_tickets = Table(
    "comparison_tickets",
    metadata,
    of_integration(),
    Column("comparison_id", BigInteger, primary_key=True, autoincrement=False),
    Column("ticket_id", BigInteger, primary_key=True, autoincrement=False),
    Column("side", Text, nullable=False),  # "never_imported" or "unexplained"
    sqlite_with_rowid=False,
)
