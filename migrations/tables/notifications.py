"""Letters on their way."""

from __future__ import annotations

import sqlalchemy as sa

from migrations.tables.columns import NOW, created, instant, metadata, numbered, whole

sa.Table(
    "outbox",
    metadata,
    numbered("outbox_id"),
    sa.Column("name", sa.Uuid(), nullable=False, server_default=sa.text("gen_random_uuid()")),
    sa.Column("sealed", sa.LargeBinary(), nullable=False),
    whole("attempts", default="0"),
    created(),
    instant("due_at", null=False, default=NOW),
    instant("expires_at", null=False),
    sa.Index("idx_outbox_due", "due_at"),
)
