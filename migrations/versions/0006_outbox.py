"""Letters on their way: sealed, gone once they are sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

INSTANT = postgresql.TIMESTAMP(timezone=True, precision=6)
NOW = sa.text("now()")


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column("outbox_id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column("name", sa.Uuid(), nullable=False, server_default=sa.text("gen_random_uuid()")),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("created_at", INSTANT, nullable=False, server_default=NOW),
        sa.Column("due_at", INSTANT, nullable=False, server_default=NOW),
        sa.Column("expires_at", INSTANT, nullable=False),
    )
    op.create_index("idx_outbox_due", "outbox", ["due_at"])


def downgrade() -> None:
    op.drop_table("outbox")
