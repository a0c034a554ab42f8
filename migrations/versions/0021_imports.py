"""Imports of song books: the file in pieces, its songs put aside, and what came of it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"

INSTANT = postgresql.TIMESTAMP(timezone=True, precision=6)
NOW = sa.text("now()")
CHECKS = {
    "song_imports_status_check": "status IN ('uploading', 'queued', 'running', 'done', 'failed', 'cancelled')",
    "song_imports_mode_check": "mode IN ('merge', 'replace')",
    "song_imports_on_error_check": "on_error IN ('fail', 'skip')",
}
COUNTS = ("rows_read", "rows_added", "rows_updated", "rows_unchanged", "rows_removed", "duplicates", "error_count")
TEXTS = ("artist", "title", "combined", "normalized_combined")


def upgrade() -> None:
    _create_imports()
    op.create_table(
        "song_import_chunks",
        _of_import(primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("data", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "song_import_songs",
        _of_import(nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in TEXTS),
        *(sa.Column(name, sa.Text(collation="C"), nullable=False) for name in ("artist_key", "title_key")),
        sa.Column("words", sa.Text(), nullable=False),
    )
    op.create_index("idx_song_import_songs", "song_import_songs", ["song_imports_id"])


def downgrade() -> None:
    for table in ("song_import_songs", "song_import_chunks", "song_imports"):
        op.drop_table(table)


def _create_imports() -> None:
    op.create_table(
        "song_imports",
        sa.Column("song_imports_id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column(
            "customer_profiles_id",
            sa.Uuid(),
            sa.ForeignKey("customer_profiles.customer_profiles_id", ondelete="CASCADE", onupdate="CASCADE"),
            nullable=False,
        ),
        sa.Column("openkj_system_id", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Uuid(), sa.ForeignKey("users.users_id", ondelete="SET NULL", onupdate="CASCADE")),
        sa.Column("status", sa.Text(), nullable=False, server_default="uploading"),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("mode", "on_error", "format", "encoding")),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("file_name", sa.Text()),
        *(sa.Column(name, sa.BigInteger(), nullable=False, server_default="0") for name in ("bytes", "bytes_read")),
        *(sa.Column(name, sa.Integer(), nullable=False, server_default="0") for name in COUNTS),
        *(sa.Column(name, postgresql.JSONB(), nullable=False, server_default="[]") for name in ("errors", "repeated")),
        sa.Column("problem", sa.Text()),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("idempotency_key", sa.Text()),
        sa.Column("fingerprint", sa.Text()),
        sa.Column("created_at", INSTANT, nullable=False, server_default=NOW),
        sa.Column("touched_at", INSTANT, nullable=False, server_default=NOW),
        sa.Column("started_at", INSTANT),
        sa.Column("finished_at", INSTANT),
        *(sa.CheckConstraint(condition, name=name) for name, condition in CHECKS.items()),
        sa.UniqueConstraint("customer_profiles_id", "idempotency_key", name="song_imports_key"),
    )
    op.create_index("idx_song_imports_customer", "song_imports", ["customer_profiles_id", "song_imports_id"])
    op.create_index(
        "idx_song_imports_at_work",
        "song_imports",
        ["touched_at"],
        postgresql_where="status IN ('uploading', 'queued', 'running')",
    )


def _of_import(**rest: Any) -> sa.Column[Any]:
    belongs_to = sa.ForeignKey("song_imports.song_imports_id", ondelete="CASCADE", onupdate="CASCADE")
    return sa.Column("song_imports_id", sa.BigInteger(), belongs_to, **rest)
