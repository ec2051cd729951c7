"""Ids are given once; purges left over of integrations that are gone; what the texts of shortcomings name."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

# Their texts name figures that were not kept; the next check of the key finds them anew.
WITHOUT_FIGURES = {"plan-trial": "plan-below-pro", "zone-unnamed": "zone-unknown"}


def upgrade() -> None:
    """Add both, and drop the purges whose integration is gone, or whose id another one has by now."""
    op.create_table(
        "last_ids",
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("table_name"),
    )
    op.add_column(
        "integrations", sa.Column("shortcoming_figures", sa.Text(), nullable=False, server_default="{}")
    )
    for code, general in WITHOUT_FIGURES.items():
        table = sa.table("integrations", sa.column("shortcomings", sa.Text()))
        replaced = sa.func.replace(table.c.shortcomings, f'"{code}"', f'"{general}"')
        op.execute(sa.update(table).values(shortcomings=replaced))
    op.execute(
        "DELETE FROM purges WHERE scope <> 'integration' AND integration_id NOT IN "
        "(SELECT integration_id FROM integrations)"
    )
    op.execute(
        "DELETE FROM purges WHERE scope = 'integration' AND integration_id IN "
        "(SELECT integration_id FROM integrations WHERE removed_at IS NULL)"
    )
