"""The tables of the store.

Times are epoch seconds (UTC, whole), days are UTC day numbers (epoch // 86400). Raw tables keep
Freshdesk's field names. Nothing here can hold a customer's name, address or text: only ids, times,
codes and flags (the names of groups and sources are the account's own, not a customer's).

Contacts have no table of their own: a contact is a ticket or a conversation whose ``result`` is
``counted``, in its ticket's present group. What moves with the ticket need not be written again
(docs/decisions/0003-contacts-are-derived.md). The figures are kept in ``volumes``.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from freshdesk_core.store import event_schema as event_schema  # the rest of the same metadata
from freshdesk_core.store import explore_schema as explore_schema
from freshdesk_core.store import life_schema as life_schema
from freshdesk_core.store.tables import SERIAL, of_integration
from freshdesk_core.store.tables import metadata as metadata
from freshdesk_core.store.texts import Name

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

# How the conversation shortcut does, by source: skipped threads that were read all the same.
shortcuts = Table(
    "shortcuts",
    metadata,
    of_integration(),
    Column("source", BigInteger, primary_key=True, autoincrement=False),
    Column("sampled", BigInteger, nullable=False),
    Column("missed", BigInteger, nullable=False),  # of these, threads with a reply it would have missed
    Column("is_off", Boolean, nullable=False),
)

imports = Table(
    "imports",
    metadata,
    Column("import_id", SERIAL, primary_key=True, autoincrement=True),
    Column("integration_id", SERIAL, ForeignKey("integrations.integration_id"), nullable=False),
    Column("purpose", Text, nullable=False),  # "import", "audit" or "totals"
    Column("is_first", Boolean, nullable=False),
    Column("phase", Text, nullable=False),  # "tickets", "conversations", "audit", "totals", "ended"
    Column("outcome", Text),  # "complete", "interrupted", "failed"; null while it runs
    Column("started_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("progressed_at", BigInteger, nullable=False),
    Column("tickets_read", BigInteger, nullable=False, default=0),
    Column("tickets_expected", BigInteger),  # about; null while unknown
    Column("threads_read", BigInteger, nullable=False, default=0),
    Column("threads_expected", BigInteger),
    Column("days_read", BigInteger, nullable=False, default=0),
    Column("days_expected", BigInteger),
    Column("gaps_settled", BigInteger, nullable=False, default=0),
    Column("gaps_expected", BigInteger),
    Column("calls_expected", BigInteger),  # of a whole first import, audit and totals among them; about
    Column("seconds_expected", BigInteger),
    Column("new_contacts", BigInteger, nullable=False, default=0),
    Column("calls", BigInteger, nullable=False, default=0),
    Column("credits", BigInteger, nullable=False, default=0),
    # Which changes of tickets were listed, [from, to) by Freshdesk's clock; from null: from ever.
    Column("window_from", BigInteger),
    Column("window_to", BigInteger),
    Column("waited_seconds", BigInteger, nullable=False, default=0),  # for the limit, and between tries
    Column("rows_new", BigInteger, nullable=False, default=0),  # tickets and conversations
    Column("rows_changed", BigInteger, nullable=False, default=0),
    Column("excluded", Text, nullable=False, default="{}"),  # new rows that are no contact: JSON, by reason
    Column("error_code", Text),
    Column("error_figures", Text),  # JSON
    Index("imports_by_integration", "integration_id", "started_at"),
)

cursors = Table(
    "cursors",
    metadata,
    of_integration(),
    Column("stream", Text, primary_key=True),  # "default", "deleted", "spam"
    # The rows' clock and Freshdesk's when the last complete listing began; see importing/place.py.
    Column("updated_at", BigInteger, nullable=False),
    Column("listed_at", BigInteger),
)

# What the processes on this store have drawn from an account's calls per minute (budgets.py). The account is
# its domain: two integrations of one account share its budget.
budget_draws = Table(
    "budget_draws",
    metadata,
    Column("draw_id", SERIAL, primary_key=True, autoincrement=True),
    Column("account", Text, nullable=False),
    Column("drawn_at", Double, nullable=False),  # epoch seconds, with their fraction
    Column("credits", BigInteger, nullable=False),
    Column("lists", BigInteger, nullable=False),
    Index("budget_draws_by_account", "account", "drawn_at"),
)

budgets = Table(
    "budgets",
    metadata,
    Column("account", Text, primary_key=True),
    Column("credits", BigInteger, nullable=False),  # our share of a minute, as some process learned it last
    Column("lists", BigInteger, nullable=False),  # and of the calls of the ticket list
    Column("paused_until", Double, nullable=False),  # 0: not paused
)

leases = Table(
    "leases",
    metadata,
    of_integration(),
    Column("host", Text, nullable=False),
    Column("pid", BigInteger, nullable=False),
    Column("process_started_at", BigInteger, nullable=False),
    Column("token", Text, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)
