"""The life of an integration: age of its key, account, pause; purges and reimports under way."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add what the life of an integration needs."""
    for name in ("key_since", "account_id", "paused_at"):
        op.add_column("integrations", sa.Column(name, sa.BigInteger(), nullable=True))
    op.add_column("integrations", sa.Column("paused_by", sa.Text(), nullable=True))
    op.create_table(
        "purges",
        sa.Column("purge_id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("integration_id", sa.BigInteger(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("bound", sa.BigInteger(), nullable=True),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("purge_id"),
    )
    op.create_table(
        "reimports",
        sa.Column("integration_id", SERIAL, nullable=False),
        sa.Column("range_from", sa.BigInteger(), nullable=False),
        sa.Column("range_to", sa.BigInteger(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("listed_to", sa.BigInteger(), nullable=True),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["integration_id"], ["integrations.integration_id"]),
        sa.PrimaryKeyConstraint("integration_id"),
    )
    op.create_table(
        "reimport_tickets",
        sa.Column("integration_id", SERIAL, nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["integration_id"], ["integrations.integration_id"]),
        sa.PrimaryKeyConstraint("integration_id", "ticket_id"),
        sqlite_with_rowid=False,
    )
