"""Watchers learn whether OpenKJ is connected; when a key was used stands beside it, so that uses are not audited."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"

INSTANT = postgresql.TIMESTAMP(timezone=True, precision=6)


def upgrade() -> None:
    op.add_column("venue_streams", sa.Column("openkj_connected", sa.Boolean()))
    op.add_column("openkj_presence", sa.Column("every_s", sa.Double(), nullable=False, server_default="30"))
    op.create_table(
        "api_key_uses",
        sa.Column(
            "api_keys_id",
            sa.Uuid(),
            sa.ForeignKey("api_keys.api_keys_id", ondelete="CASCADE", onupdate="CASCADE"),
            primary_key=True,
        ),
        sa.Column("used_at", INSTANT, nullable=False),
    )
    op.execute(
        "INSERT INTO api_key_uses (api_keys_id, used_at)"
        " SELECT api_keys_id, last_used_at FROM api_keys WHERE last_used_at IS NOT NULL"
    )
    op.drop_column("api_keys", "last_used_at")


def downgrade() -> None:
    op.add_column("api_keys", sa.Column("last_used_at", INSTANT))
    op.drop_table("api_key_uses")
    op.drop_column("openkj_presence", "every_s")
    op.drop_column("venue_streams", "openkj_connected")
