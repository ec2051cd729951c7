"""How imports run: their log, where they go on, who runs them, and the calls they may make."""

from sqlalchemy import BigInteger, Boolean, Column, Double, ForeignKey, Index, Table, Text

from freshdesk_core.store.tables import SERIAL, metadata, of_integration

# How the conversation shortcut does, by source: skipped threads that were read all the same.
shortcuts = Table(
    "shortcuts",
    metadata,
    of_integration(),
    Column("source", BigInteger, primary_key=True, autoincrement=False),
    Column("sampled", BigInteger, nullable=False),
    Column("missed", BigInteger, nullable=False),  # of these, threads with a reply it would have missed
    Column("is_off", Boolean, nullable=False),
    Column("off_at", BigInteger),  # when the first miss was found; null: none, or before this was kept
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
