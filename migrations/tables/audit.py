"""The audit log, written by triggers."""

from __future__ import annotations

import sqlalchemy as sa

from migrations.tables.columns import created, json, key, metadata, text

sa.Table(
    "audit_logs",
    metadata,
    key("audit_logs_id"),
    text("table_name"),
    text("record_id", null=True),
    sa.Column("user_id", sa.Uuid()),
    text("operation"),
    json("old_data", null=True, default=None),
    json("new_data", null=True, default=None),
    created(),
    text("actor", null=True, default=sa.text("NULLIF(current_setting('app.actor'::text, true), ''::text)")),
    sa.Index("idx_audit_logs_table_record", "table_name", "record_id"),
    sa.Index("idx_audit_logs_user_created_at", "user_id", "created_at"),
    sa.Index("idx_audit_logs_actor_created_at", "actor", "created_at"),
    sa.Index("idx_audit_logs_created_at", sa.text("created_at DESC")),
)
