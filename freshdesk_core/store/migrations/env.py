"""Runs the migrations on the connection that the store hands in."""

from alembic import context

from freshdesk_core.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
# The store has opened the transaction, so that a killed migration leaves nothing behind.
context.run_migrations()
