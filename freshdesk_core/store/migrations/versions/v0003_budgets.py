"""One budget of calls for all processes; what a key cannot see; totals whose tickets moved group since."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the draws and pauses of budgets, the shortcomings, and the mark of moved tickets."""
    op.add_column("integrations", sa.Column("shortcomings", sa.Text(), nullable=False, server_default="[]"))
    op.add_column(
        "freshdesk_totals",
        sa.Column("is_relabelled", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "budget_draws",
        sa.Column("draw_id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("drawn_at", sa.Double(), nullable=False),
        sa.Column("credits", sa.BigInteger(), nullable=False),
        sa.Column("lists", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("draw_id"),
    )
    op.create_index("budget_draws_by_account", "budget_draws", ["account", "drawn_at"])
    op.create_table(
        "budgets",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("credits", sa.BigInteger(), nullable=False),
        sa.Column("lists", sa.BigInteger(), nullable=False),
        sa.Column("paused_until", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("account"),
    )
