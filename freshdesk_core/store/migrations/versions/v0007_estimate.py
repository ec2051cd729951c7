"""What a first import will cost, as estimated when it began and once its tickets are listed."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the estimate of a run; only first imports have one."""
    for name in ("calls_expected", "seconds_expected"):
        op.add_column("imports", sa.Column(name, sa.BigInteger(), nullable=True))
