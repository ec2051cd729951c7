"""Since when threads of a source are all read, where the conversation shortcut was found to miss replies."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the moment. Of sources that were switched off before, nobody wrote it down."""
    op.add_column("shortcuts", sa.Column("off_at", sa.BigInteger(), nullable=True))
