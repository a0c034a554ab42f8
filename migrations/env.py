"""What Alembic runs around the revisions: each in its own transaction, on the connection `singr.schema` opened."""

from __future__ import annotations

from alembic import context

from migrations.scope import ours
from migrations.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_object=ours,
    compare_server_default=True,
    transaction_per_migration=True,
)

with context.begin_transaction():
    context.run_migrations()
