"""Special days, comparisons with Freshdesk that people asked for, and the replies of a ticket by its id."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add both, and the tickets that differed."""
    op.create_table(
        "special_days",
        sa.Column("special_day_id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("integration_id", SERIAL, nullable=True),
        sa.Column("local_day", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["integration_id"], ["integrations.integration_id"]),
        sa.PrimaryKeyConstraint("special_day_id"),
    )
    op.create_index("special_days_by_day", "special_days", ["local_day"])
    op.create_table(
        "comparisons",
        sa.Column("comparison_id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("integration_id", SERIAL, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("window_from", sa.BigInteger(), nullable=False),
        sa.Column("window_to", sa.BigInteger(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("filters", sa.Text(), nullable=False),
        sa.Column("created_count", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("days_done", sa.Integer(), nullable=False),
        sa.Column("days_expected", sa.Integer(), nullable=False),
        sa.Column("progressed_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error_figures", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["integration_id"], ["integrations.integration_id"]),
        sa.PrimaryKeyConstraint("comparison_id"),
    )
    op.create_index("comparisons_by_integration", "comparisons", ["integration_id", "asked_at"])
    op.create_table(
        "comparison_tickets",
        sa.Column("integration_id", SERIAL, nullable=False),
        sa.Column("comparison_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["integration_id"], ["integrations.integration_id"]),
        sa.PrimaryKeyConstraint("integration_id", "comparison_id", "ticket_id"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "replies_by_ticket",
        "conversations",
        ["integration_id", "ticket_id", "created_at"],
        sqlite_where=sa.text("result = 'counted'"),
        postgresql_where=sa.text("result = 'counted'"),
    )
