"""What is under way in the life of an integration: purges, and a range that is read again."""

from sqlalchemy import BigInteger, Column, Table, Text

from freshdesk_core.store.tables import SERIAL, metadata, of_integration

# What is to be purged, from before the first row goes until no file holds any of it. It outlives its
# integration; then it goes, too.
purges = Table(
    "purges",
    metadata,
    Column("purge_id", SERIAL, primary_key=True, autoincrement=True),
    Column("integration_id", BigInteger, nullable=False),
    Column("scope", Text, nullable=False),  # "integration", "before" or "ticket"
    Column("bound", BigInteger),  # "before": epoch seconds; "ticket": its id
    Column("receipt", Text, nullable=False, default="{}"),  # JSON: rows gone, by table
)

# A range that is read again, at most one per integration: how far it is, and what was there before.
reimports = Table(
    "reimports",
    metadata,
    of_integration(),
    Column("range_from", BigInteger, nullable=False),
    Column("range_to", BigInteger, nullable=False),  # not included
    Column("phase", Text, nullable=False),  # "tickets", "audit", "conversations"
    Column("listed_to", BigInteger),  # the listing's cursor: updated_at of the last row that was saved
    Column("before", Text, nullable=False),  # JSON: the figures of the range when it began
    Column("changes", Text, nullable=False, default="{}"),  # JSON: what changed so far
)

# The tickets that a reimport still has to read: by their id, or their threads.
reimport_tickets = Table(
    "reimport_tickets",
    metadata,
    of_integration(),
    Column("ticket_id", BigInteger, primary_key=True, autoincrement=False),
    Column("state", Text, nullable=False),  # "id", "thread"
    sqlite_with_rowid=False,
)
