"""What singers keep of a venue is found by the venue: deleting one reads nobody else's things."""

from __future__ import annotations

from alembic import op

revision = "0026"
down_revision = "0025"

TABLES = ("singer_favorite_venues", "singer_request_history")


def upgrade() -> None:
    for table in TABLES:
        op.create_index(f"idx_{table}_venue", table, ["venues_id"])


def downgrade() -> None:
    for table in TABLES:
        op.drop_index(f"idx_{table}_venue", table)
