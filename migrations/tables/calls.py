"""Answers to calls that may come twice."""

from __future__ import annotations

import sqlalchemy as sa

from migrations.tables.columns import created, metadata, text

sa.Table(
    "call_replays",
    metadata,
    text("scope", primary_key=True),
    text("key", primary_key=True),
    text("fingerprint"),
    sa.Column("sealed", sa.LargeBinary(), nullable=False, server_default=""),
    created(),
    sa.Index("idx_call_replays_created_at", "created_at"),
)
