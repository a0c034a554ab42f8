"""Answers to calls that may come twice, sealed, for a day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"

INSTANT = postgresql.TIMESTAMP(timezone=True, precision=6)


def upgrade() -> None:
    op.create_table(
        "call_replays",
        sa.Column("scope", sa.Text(), primary_key=True),
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False, server_default=""),
        sa.Column("created_at", INSTANT, nullable=False, server_default=sa.text("now()")),
    )
    op.create_index("idx_call_replays_created_at", "call_replays", ["created_at"])


def downgrade() -> None:
    op.drop_table("call_replays")
