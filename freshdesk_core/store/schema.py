"""The tables of the store.

Times are epoch seconds (UTC, whole), days are UTC day numbers (epoch // 86400). Raw tables keep
Freshdesk's field names. Nothing here can hold a customer's name, address or text: only ids, times,
codes and flags (the names of groups and sources are the account's own, not a customer's).

Contacts have no table of their own: a contact is a ticket or a conversation whose ``result`` is
``counted``, in its ticket's present group. What moves with the ticket need not be written again
(docs/decisions/0003-contacts-are-derived.md). The figures are kept in ``volumes``.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, String, Table, Text, text

from freshdesk_core.store import event_schema as event_schema  # the rest of the same metadata
from freshdesk_core.store import explore_schema as explore_schema
from freshdesk_core.store import life_schema as life_schema
from freshdesk_core.store.figure_schema import freshdesk_totals as freshdesk_totals
from freshdesk_core.store.figure_schema import series as series
from freshdesk_core.store.figure_schema import total_differences as total_differences
from freshdesk_core.store.figure_schema import volumes as volumes
from freshdesk_core.store.run_schema import budget_draws as budget_draws
from freshdesk_core.store.run_schema import budgets as budgets
from freshdesk_core.store.run_schema import cursors as cursors
from freshdesk_core.store.run_schema import imports as imports
from freshdesk_core.store.run_schema import leases as leases
from freshdesk_core.store.run_schema import shortcuts as shortcuts
from freshdesk_core.store.tables import SERIAL, of_integration
from freshdesk_core.store.tables import metadata as metadata
from freshdesk_core.store.texts import Name
from freshdesk_core.store.view_schema import saved_views as saved_views

integrations = Table(
    "integrations",
    metadata,
    Column("integration_id", SERIAL, primary_key=True, autoincrement=True),
    Column("name", Name, nullable=False),
    Column("name_key", Name, nullable=False, unique=True),  # trimmed and case-folded
    Column("domain", Text, nullable=False),
    Column("key_sealed", Text, nullable=False),
    Column("key_hint", String(4), nullable=False),  # the key's last four characters
    Column("time_zone", Text, nullable=False),  # IANA
    Column("since", BigInteger),  # counts contacts from here; null: all
    Column("shortcomings", Text, nullable=False, default="[]"),  # what its key cannot see: JSON list of codes
    Column("shortcoming_figures", Text, nullable=False, default="{}"),  # JSON: what their texts name, by code
    Column("is_sample", Boolean, nullable=False, default=False),
    Column("created_at", BigInteger, nullable=False),
    Column("removed_at", BigInteger),  # removed, its data kept: no key any more, no imports
    Column("revision", BigInteger, nullable=False, default=0),  # rises with every step of an import
    # The proven windows, [from, to): what is complete (docs/counting.md, "Times").
    Column("tickets_from", BigInteger),
    Column("tickets_to", BigInteger),
    Column("replies_from", BigInteger),
    Column("replies_to", BigInteger),
    Column("first_import_at", BigInteger),  # Freshdesk's clock when the first import began
    Column("first_import_ended_at", BigInteger),
    Column("last_poll_at", BigInteger),  # Freshdesk's clock at the last complete listing
    Column("last_totals_at", BigInteger),
    Column("listed_from", BigInteger),  # what the lists alone prove of the tickets; the audit reaches further
    Column("audited_at", BigInteger),  # Freshdesk's clock when last no id between the tickets was unsettled
    Column("key_since", BigInteger),  # when the present key was saved; null: before Inflow wrote it down
    Column("account_id", BigInteger),  # Freshdesk's id of the account, where the key may see it
    Column("paused_at", BigInteger),  # not imported until it is resumed
    Column("paused_by", Text),  # who did it: a person who works with Inflow, no customer
    # Freshdesk's clock at the last listing before which and after which the key saw all tickets.
    Column("all_seen_at", BigInteger),
    Column("is_narrow", Boolean, nullable=False, default=False),  # when last asked, it saw only a part
)

# The highest id that a table gave and lost again, where the database would give it once more.
last_ids = Table(
    "last_ids",
    metadata,
    Column("table_name", Text, primary_key=True),
    Column("last_id", BigInteger, nullable=False),
)

groups = Table(
    "groups",
    metadata,
    of_integration(),
    Column("group_id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Name, nullable=False),
    Column("former_names", Text, nullable=False, default="[]"),  # JSON list, oldest first
    Column("deleted", Boolean, nullable=False, default=False),
)

sources = Table(
    "sources",
    metadata,
    of_integration(),
    Column("source", BigInteger, primary_key=True, autoincrement=False),
    Column("label", Name, nullable=False),
    Column("former_labels", Text, nullable=False, default="[]"),
)

tickets = Table(
    "tickets",
    metadata,
    of_integration(),
    Column("ticket_id", BigInteger, primary_key=True, autoincrement=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("group_id", BigInteger),
    Column("source", BigInteger, nullable=False),
    Column("status", BigInteger),
    Column("association_type", BigInteger),
    Column("spam", Boolean, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("archived", Boolean, nullable=False),
    Column("requester_responded_at", BigInteger),
    Column("agent_responded_at", BigInteger),
    Column("stats_digest", BigInteger, nullable=False),
    Column("result", Text, nullable=False),  # "counted" or the reason of its exclusion
    Column("first_seen_at", BigInteger, nullable=False),
    Column("arrival_group_id", BigInteger),  # the group at first sight, when seen within 15 minutes
    Column("seen_deleted", Boolean, nullable=False),  # already deleted when first seen
    Column("is_thread_due", Boolean, nullable=False),  # its conversations are still to be read
    # Freshdesk's clock when the listing began after which its conversations were read; null: never read.
    Column("thread_read_at", BigInteger),
    Column("is_merged", Boolean, nullable=False, default=False),  # holds conversations of another ticket
    Index("tickets_by_creation", "integration_id", "created_at"),
    Index(
        "tickets_with_thread_due",
        "integration_id",
        "updated_at",
        sqlite_where=text("is_thread_due = 1"),  # to the letter as queries say it
        postgresql_where=text("is_thread_due"),
    ),
    sqlite_with_rowid=False,
)

conversations = Table(
    "conversations",
    metadata,
    of_integration(),
    Column("conversation_id", BigInteger, primary_key=True, autoincrement=False),
    Column("ticket_id", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("result", Text, nullable=False),  # "counted" or the reason of its exclusion
    # The ticket source that a channel code or e-mail traits decided; null: the ticket's present source.
    Column("reply_source", BigInteger),
    Column("source", BigInteger),  # Freshdesk's code, in the conversations' own number space
    Column("is_live", Boolean, nullable=False),
    Column("first_seen_at", BigInteger, nullable=False),
    Column("arrival_group_id", BigInteger),
    Column("seen_deleted", Boolean, nullable=False),  # its ticket was already deleted when first seen
    Index("conversations_by_ticket", "integration_id", "ticket_id"),
    Index(
        "replies_by_creation",
        "integration_id",
        "created_at",
        sqlite_where=text("result = 'counted'"),
        postgresql_where=text("result = 'counted'"),
    ),
    Index(
        "replies_by_ticket",
        "integration_id",
        "ticket_id",
        "created_at",
        sqlite_where=text("result = 'counted'"),
        postgresql_where=text("result = 'counted'"),
    ),
    sqlite_with_rowid=False,
)

# Ids between those of the tickets that no list showed, and what was found when they were read one by one.
gaps = Table(
    "gaps",
    metadata,
    of_integration(),
    Column("ticket_id", BigInteger, primary_key=True, autoincrement=False),
    Column("state", Text, nullable=False),  # "purged": nowhere; "refused": hidden from this key
    Column("settled_at", BigInteger, nullable=False),
    Column("created_about", BigInteger, nullable=False),  # when the next newer ticket was created
    sqlite_with_rowid=False,
)
