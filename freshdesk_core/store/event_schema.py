"""The tables of the event endpoint: its keys, what it accepted, what it could not understand.

Of an event only ids and times are stored, of one that was not understood only its shape. Times are
epoch seconds.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table, Text, UniqueConstraint, text

from freshdesk_core.store.tables import SERIAL, metadata
from freshdesk_core.store.texts import Name

AGAIN = "again"  # the name of an event of Inflow's own: look through the lists

event_keys = Table(
    "event_keys",
    metadata,
    Column("key_id", SERIAL, primary_key=True, autoincrement=True),
    Column("integration_id", SERIAL, ForeignKey("integrations.integration_id"), nullable=False),
    Column("prefix", String(8), nullable=False),  # the first characters of its secret part; shown
    Column("digest", String(64), nullable=False),  # SHA-256 of the whole key, in hex
    Column("label", Name, nullable=False, default=""),
    Column("created_at", BigInteger, nullable=False),
    Column("last_used_at", BigInteger),
    Column("last_address", Text),  # a class of addresses: "loopback", "private" or "public"
    Column("expires_at", BigInteger),  # the end of its rotation; null: none
    Column("superseded_by", BigInteger),  # the key that replaces it
    Column("revoked_at", BigInteger),
    Column("refused", BigInteger, nullable=False, default=0),  # events beyond its rate limit
    Column("last_refused_at", BigInteger),
    Index("event_keys_by_prefix", "prefix"),
)

events = Table(
    "events",
    metadata,
    Column("event_id", SERIAL, primary_key=True, autoincrement=True),
    Column("integration_id", SERIAL, ForeignKey("integrations.integration_id"), nullable=False),
    Column("name", Text, nullable=False),
    # The object is a ticket or a conversation; 0: neither. Of a heartbeat: how many events were dropped.
    Column("object_id", BigInteger, nullable=False),
    Column("object_updated_at", BigInteger, nullable=False),  # 0: the event does not say
    Column("ticket_id", BigInteger),  # the ticket to read again; null: look through the lists
    Column("received_at", BigInteger, nullable=False),  # for the last time
    Column("applied_at", BigInteger),  # null: still to be done
    UniqueConstraint("integration_id", "name", "object_id", "object_updated_at", name="events_key"),
    Index("events_by_time", "integration_id", "received_at"),
    Index(
        "events_pending",
        "integration_id",
        "received_at",
        sqlite_where=text("applied_at IS NULL"),
        postgresql_where=text("applied_at IS NULL"),
    ),
)

# Events with a good key that were not understood; equal ones share a row.
dead_letters = Table(
    "dead_letters",
    metadata,
    Column("dead_letter_id", SERIAL, primary_key=True, autoincrement=True),
    Column("integration_id", SERIAL, ForeignKey("integrations.integration_id"), nullable=False),
    Column("reason", Text, nullable=False),  # the code of a message
    Column("shape", Text, nullable=False),  # JSON: names of fields and types of values, never a value
    Column("shape_digest", String(64), nullable=False),
    Column("times", BigInteger, nullable=False),
    Column("first_at", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    Column("retried_at", BigInteger),
    UniqueConstraint("integration_id", "reason", "shape_digest", name="dead_letters_key"),
)

# Refusals that belong to no key: how many requests, and when the last of them.
event_refusals = Table(
    "event_refusals",
    metadata,
    Column("reason", Text, primary_key=True),  # the code of a message
    Column("times", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False),
)
