"""The conversation shortcut and the completeness audit: when a thread was read, which ids are settled."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add what the shortcut and the audit remember."""
    op.add_column("tickets", sa.Column("thread_read_at", sa.BigInteger(), nullable=True))
    op.add_column("tickets", sa.Column("is_merged", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("integrations", sa.Column("listed_from", sa.BigInteger(), nullable=True))
    op.add_column("integrations", sa.Column("audited_at", sa.BigInteger(), nullable=True))
    op.add_column("imports", sa.Column("gaps_settled", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("imports", sa.Column("gaps_expected", sa.BigInteger(), nullable=True))
    op.create_table(
        "gaps",
        sa.Column("integration_id", SERIAL, nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=False),
        sa.Column("created_about", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["integration_id"], ["integrations.integration_id"]),
        sa.PrimaryKeyConstraint("integration_id", "ticket_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "shortcuts",
        sa.Column("integration_id", SERIAL, nullable=False),
        sa.Column("source", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sampled", sa.BigInteger(), nullable=False),
        sa.Column("missed", sa.BigInteger(), nullable=False),
        sa.Column("is_off", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["integration_id"], ["integrations.integration_id"]),
        sa.PrimaryKeyConstraint("integration_id", "source"),
    )
    tickets = sa.table(
        "tickets",
        sa.column("thread_read_at"),
        sa.column("updated_at"),
        sa.column("is_thread_due", sa.Boolean()),
        sa.column("spam", sa.Boolean()),
        sa.column("deleted", sa.Boolean()),
    )
    # Until now every thread was read. Some in the trash were refused; which ones was not written down.
    was_read = sa.and_(sa.not_(tickets.c.is_thread_due), sa.not_(tickets.c.spam), sa.not_(tickets.c.deleted))
    op.execute(tickets.update().where(was_read).values(thread_read_at=tickets.c.updated_at))
    integrations = sa.table("integrations", sa.column("listed_from"), sa.column("tickets_from"))
    op.execute(integrations.update().values(listed_from=integrations.c.tickets_from))
