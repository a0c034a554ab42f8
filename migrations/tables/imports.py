"""Imports of song books: the file in pieces, its songs put aside, and what came of it."""

from __future__ import annotations

import sqlalchemy as sa

from migrations.tables.columns import (
    CUSTOMER,
    NOW,
    big,
    created,
    instant,
    json,
    link,
    metadata,
    numbered,
    text,
    whole,
)

sa.Table(
    "song_imports",
    metadata,
    numbered("song_imports_id"),
    link("customer_profiles_id", CUSTOMER),
    whole("openkj_system_id"),
    link("created_by", "users.users_id", null=True, gone="SET NULL"),
    text("status", default="uploading"),
    text("mode"),
    text("on_error"),
    text("format"),
    text("encoding"),
    sa.Column("dry_run", sa.Boolean(), nullable=False),
    text("file_name", null=True),
    big("bytes", default="0"),
    big("bytes_read", default="0"),
    whole("rows_read", default="0"),
    whole("rows_added", default="0"),
    whole("rows_updated", default="0"),
    whole("rows_unchanged", default="0"),
    whole("rows_removed", default="0"),
    whole("duplicates", default="0"),
    whole("error_count", default="0"),
    json("errors", default="[]"),
    json("repeated", default="[]"),
    text("problem", null=True),
    whole("attempts", default="0"),
    text("idempotency_key", null=True),
    text("fingerprint", null=True),
    created(),
    instant("touched_at", null=False, default=NOW),
    instant("started_at"),
    instant("finished_at"),
    sa.CheckConstraint(
        "status IN ('uploading', 'queued', 'running', 'done', 'failed', 'cancelled')", name="song_imports_status_check"
    ),
    sa.CheckConstraint("mode IN ('merge', 'replace')", name="song_imports_mode_check"),
    sa.CheckConstraint("on_error IN ('fail', 'skip')", name="song_imports_on_error_check"),
    sa.UniqueConstraint("customer_profiles_id", "idempotency_key", name="song_imports_key"),
    sa.Index("idx_song_imports_customer", "customer_profiles_id", "song_imports_id"),
    sa.Index("idx_song_imports_at_work", "touched_at", postgresql_where="status IN ('uploading', 'queued', 'running')"),
)

sa.Table(
    "song_import_chunks",
    metadata,
    link("song_imports_id", "song_imports.song_imports_id", primary_key=True),
    sa.Column("number", sa.Integer(), primary_key=True),
    sa.Column("data", sa.LargeBinary(), nullable=False),
)

# Without a key: a file may have a song twice, and is told so.
sa.Table(
    "song_import_songs",
    metadata,
    link("song_imports_id", "song_imports.song_imports_id"),
    big("line"),
    text("artist"),
    text("title"),
    text("combined"),
    text("normalized_combined"),
    sa.Column("artist_key", sa.Text(collation="C"), nullable=False),
    sa.Column("title_key", sa.Text(collation="C"), nullable=False),
    # With spaces between, each with its book's prefix.
    text("words"),
    sa.Index("idx_song_import_songs", "song_imports_id"),
)
