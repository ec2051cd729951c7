"""The figures that are kept: counts by queue and quarter hour, and Freshdesk's own totals beside them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from freshdesk_core.store.tables import SERIAL, metadata, of_integration

# What a line of figures speaks of. ``measure`` "contacts": one line per queue (kind, group, source;
# ``is_unknown`` sets the Unknown contacts apart). "tickets": tickets seen, by group, source, fate and result,
# the lines of the identity. "freshdesk": tickets that Freshdesk's search names, by group and source.
series = Table(
    "series",
    metadata,
    Column("series_id", SERIAL, primary_key=True, autoincrement=True),
    Column("integration_id", SERIAL, ForeignKey("integrations.integration_id"), nullable=False),
    Column("measure", Text, nullable=False),
    Column("kind", Text, nullable=False, default=""),  # "Tickets", "Replies" or ""
    Column("group_id", BigInteger, nullable=False, default=0),  # 0: no group
    Column("source", BigInteger, nullable=False, default=0),
    Column("is_unknown", Boolean, nullable=False, default=False),
    Column("fate", Text, nullable=False, default=""),  # "live", "spam", "deleted", "archived" or ""
    Column("result", Text, nullable=False, default=""),  # "counted", a reason, or ""
    UniqueConstraint(
        "integration_id",
        "measure",
        "kind",
        "group_id",
        "source",
        "is_unknown",
        "fate",
        "result",
        name="series_key",
    ),
)

volumes = Table(
    "volumes",
    metadata,
    Column("series_id", SERIAL, ForeignKey("series.series_id"), primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("counts", LargeBinary, nullable=False),  # one count per UTC quarter hour, see counts.py
    sqlite_with_rowid=False,
)

freshdesk_totals = Table(
    "freshdesk_totals",
    metadata,
    of_integration(),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("total", BigInteger, nullable=False),
    Column("taken_at", BigInteger, nullable=False),
    Column("has_rows", Boolean, nullable=False),  # every row was read: known by group, source, quarter hour
    Column("is_stale", Boolean, nullable=False),  # a ticket of the day came or changed its fate since
    # A ticket of the day moved to another group or source since: the total stands, its parts do not.
    Column("is_relabelled", Boolean, nullable=False, default=False),
)

total_differences = Table(
    "total_differences",
    metadata,
    of_integration(),
    Column("ticket_id", BigInteger, primary_key=True, autoincrement=False),
    Column("day", Integer, nullable=False),
    Column("side", Text, nullable=False),  # "never_imported" or "unexplained"
    Column("group_id", BigInteger, nullable=False, default=0),
    Column("source", BigInteger, nullable=False, default=0),
    Column("created_at", BigInteger, nullable=False),
    Index("total_differences_by_day", "integration_id", "day"),
)
