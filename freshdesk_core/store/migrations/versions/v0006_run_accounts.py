"""What each run did: which changes it listed, how long it waited, its rows new, changed and not counted."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the accounts of a run; runs from before have none."""
    for name in ("window_from", "window_to"):
        op.add_column("imports", sa.Column(name, sa.BigInteger(), nullable=True))
    for name in ("waited_seconds", "rows_new", "rows_changed"):
        op.add_column("imports", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("imports", sa.Column("excluded", sa.Text(), nullable=False, server_default="{}"))
