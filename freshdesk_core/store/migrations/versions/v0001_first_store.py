"""The first store: accounts, tickets, conversations, figures, totals and the log of imports."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "integrations",
        sa.Column("integration_id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("key_sealed", sa.Text(), nullable=False),
        sa.Column("key_hint", sa.String(length=4), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=True),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("tickets_from", sa.BigInteger(), nullable=True),
        sa.Column("tickets_to", sa.BigInteger(), nullable=True),
        sa.Column("replies_from", sa.BigInteger(), nullable=True),
        sa.Column("replies_to", sa.BigInteger(), nullable=True),
        sa.Column("first_import_at", sa.BigInteger(), nullable=True),
        sa.Column("first_import_ended_at", sa.BigInteger(), nullable=True),
        sa.Column("last_poll_at", sa.BigInteger(), nullable=True),
        sa.Column("last_totals_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("integration_id"),
        sa.UniqueConstraint("name_key"),
    )
    op.create_table(
        "conversations",
        sa.Column("integration_id", SERIAL, nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("reply_source", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.BigInteger(), nullable=True),
        sa.Column("is_live", sa.Boolean(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("arrival_group_id", sa.BigInteger(), nullable=True),
        sa.Column("seen_deleted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["integration_id"],
            ["integrations.integration_id"],
        ),
        sa.PrimaryKeyConstraint("integration_id", "conversation_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("conversations_by_ticket", "conversations", ["integration_id", "ticket_id"], unique=False)
    op.create_index(
        "replies_by_creation",
        "conversations",
        ["integration_id", "created_at"],
        unique=False,
        sqlite_where=sa.text("result = 'counted'"),
        postgresql_where=sa.text("result = 'counted'"),
    )
    op.create_table(
        "cursors",
        sa.Column("integration_id", SERIAL, nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("listed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["integration_id"],
            ["integrations.integration_id"],
        ),
        sa.PrimaryKeyConstraint("integration_id", "stream"),
    )
    op.create_table(
        "freshdesk_totals",
        sa.Column("integration_id", SERIAL, nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=False),
        sa.Column("has_rows", sa.Boolean(), nullable=False),
        sa.Column("is_stale", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["integration_id"],
            ["integrations.integration_id"],
        ),
        sa.PrimaryKeyConstraint("integration_id", "day"),
    )
    op.create_table(
        "groups",
        sa.Column("integration_id", SERIAL, nullable=False),
        sa.Column("group_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("former_names", sa.Text(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["integration_id"],
            ["integrations.integration_id"],
        ),
        sa.PrimaryKeyConstraint("integration_id", "group_id"),
    )
    op.create_table(
        "imports",
        sa.Column("import_id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("integration_id", SERIAL, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("is_first", sa.Boolean(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("progressed_at", sa.BigInteger(), nullable=False),
        sa.Column("tickets_read", sa.BigInteger(), nullable=False),
        sa.Column("tickets_expected", sa.BigInteger(), nullable=True),
        sa.Column("threads_read", sa.BigInteger(), nullable=False),
        sa.Column("threads_expected", sa.BigInteger(), nullable=True),
        sa.Column("days_read", sa.BigInteger(), nullable=False),
        sa.Column("days_expected", sa.BigInteger(), nullable=True),
        sa.Column("new_contacts", sa.BigInteger(), nullable=False),
        sa.Column("calls", sa.BigInteger(), nullable=False),
        sa.Column("credits", sa.BigInteger(), nullable=False),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error_figures", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["integration_id"],
            ["integrations.integration_id"],
        ),
        sa.PrimaryKeyConstraint("import_id"),
    )
    op.create_index("imports_by_integration", "imports", ["integration_id", "started_at"], unique=False)
    op.create_table(
        "leases",
        sa.Column("integration_id", SERIAL, nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pid", sa.BigInteger(), nullable=False),
        sa.Column("process_started_at", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["integration_id"],
            ["integrations.integration_id"],
        ),
        sa.PrimaryKeyConstraint("integration_id"),
    )
    op.create_table(
        "series",
        sa.Column("series_id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("integration_id", SERIAL, nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.BigInteger(), nullable=False),
        sa.Column("is_unknown", sa.Boolean(), nullable=False),
        sa.Column("fate", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["integration_id"],
            ["integrations.integration_id"],
        ),
        sa.PrimaryKeyConstraint("series_id"),
        sa.UniqueConstraint(
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
    op.create_table(
        "sources",
        sa.Column("integration_id", SERIAL, nullable=False),
        sa.Column("source", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("former_labels", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["integration_id"],
            ["integrations.integration_id"],
        ),
        sa.PrimaryKeyConstraint("integration_id", "source"),
    )
    op.create_table(
        "tickets",
        sa.Column("integration_id", SERIAL, nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=True),
        sa.Column("association_type", sa.BigInteger(), nullable=True),
        sa.Column("spam", sa.Boolean(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.Column("requester_responded_at", sa.BigInteger(), nullable=True),
        sa.Column("agent_responded_at", sa.BigInteger(), nullable=True),
        sa.Column("stats_digest", sa.BigInteger(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("arrival_group_id", sa.BigInteger(), nullable=True),
        sa.Column("seen_deleted", sa.Boolean(), nullable=False),
        sa.Column("is_thread_due", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["integration_id"],
            ["integrations.integration_id"],
        ),
        sa.PrimaryKeyConstraint("integration_id", "ticket_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("tickets_by_creation", "tickets", ["integration_id", "created_at"], unique=False)
    op.create_index(
        "tickets_with_thread_due",
        "tickets",
        ["integration_id", "updated_at"],
        unique=False,
        sqlite_where=sa.text("is_thread_due = 1"),
        postgresql_where=sa.text("is_thread_due"),
    )
    op.create_table(
        "total_differences",
        sa.Column("integration_id", SERIAL, nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["integration_id"],
            ["integrations.integration_id"],
        ),
        sa.PrimaryKeyConstraint("integration_id", "ticket_id"),
    )
    op.create_index("total_differences_by_day", "total_differences", ["integration_id", "day"], unique=False)
    op.create_table(
        "volumes",
        sa.Column("series_id", SERIAL, nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("counts", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["series_id"],
            ["series.series_id"],
        ),
        sa.PrimaryKeyConstraint("series_id", "day"),
        sqlite_with_rowid=False,
    )
