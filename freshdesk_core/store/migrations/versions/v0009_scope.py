"""What the key of an integration sees: until when it saw everything, and whether it sees less now."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add both. What was read before counts as seen whole, but for keys that were known to see less."""
    op.add_column("integrations", sa.Column("all_seen_at", sa.BigInteger(), nullable=True))
    op.add_column(
        "integrations", sa.Column("is_narrow", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.execute(
        "UPDATE integrations SET all_seen_at = tickets_to WHERE shortcomings NOT LIKE '%scope-not-global%'"
    )
