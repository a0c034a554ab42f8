"""Epochs that end tokens early, and second factors."""

from __future__ import annotations

import sqlalchemy as sa

from migrations.tables.columns import NOW, big, created, instant, link, metadata, text, whole

sa.Table(
    "auth_epochs",
    metadata,
    sa.Column("users_id", sa.Uuid(), primary_key=True),
    whole("epoch", default="0"),
    whole("generation", default="0"),
    instant("changed_at", null=False, default=NOW),
    sa.Index("idx_auth_epochs_changed", "changed_at"),
)

sa.Table(
    "totp_factors",
    metadata,
    link("users_id", "users.users_id", primary_key=True),
    sa.Column("totp_secret", sa.LargeBinary(), nullable=False),
    big("last_step", default="0"),
    instant("enabled_at"),
    created(),
    sa.Column("phone_sealed", sa.LargeBinary()),
)

sa.Table(
    "recovery_codes",
    metadata,
    link("users_id", "users.users_id", primary_key=True),
    text("code_hash", primary_key=True),
    created(),
)
