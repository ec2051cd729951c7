"""The event endpoint: keys, accepted events, those not understood, refusals."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables of the event endpoint."""
    op.create_table(
        "event_keys",
        sa.Column("key_id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("integration_id", SERIAL, nullable=False),
        sa.Column("prefix", sa.String(8), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.Column("last_address", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("superseded_by", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("refused", sa.BigInteger(), nullable=False),
        sa.Column("last_refused_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["integration_id"], ["integrations.integration_id"]),
        sa.PrimaryKeyConstraint("key_id"),
    )
    op.create_index("event_keys_by_prefix", "event_keys", ["prefix"])
    op.create_table(
        "events",
        sa.Column("event_id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("integration_id", SERIAL, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("object_id", sa.BigInteger(), nullable=False),
        sa.Column("object_updated_at", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("applied_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["integration_id"], ["integrations.integration_id"]),
        sa.PrimaryKeyConstraint("event_id"),
        sa.UniqueConstraint("integration_id", "name", "object_id", "object_updated_at", name="events_key"),
    )
    op.create_index("events_by_time", "events", ["integration_id", "received_at"])
    op.create_index(
        "events_pending",
        "events",
        ["integration_id", "received_at"],
        sqlite_where=sa.text("applied_at IS NULL"),
        postgresql_where=sa.text("applied_at IS NULL"),
    )
    op.create_table(
        "dead_letters",
        sa.Column("dead_letter_id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("integration_id", SERIAL, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("shape", sa.Text(), nullable=False),
        sa.Column("shape_digest", sa.String(64), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("retried_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["integration_id"], ["integrations.integration_id"]),
        sa.PrimaryKeyConstraint("dead_letter_id"),
        sa.UniqueConstraint("integration_id", "reason", "shape_digest", name="dead_letters_key"),
    )
    op.create_table(
        "event_refusals",
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("reason"),
    )
