"""Song books that are never empty: generations of a sync, the catalogue of a venue, search in parts of words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import triggers

revision = "0004"
down_revision = "0003"

INSTANT = postgresql.TIMESTAMP(timezone=True, precision=6)
NOW = sa.text("now()")


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.add_column("venues", sa.Column("current_system_id", sa.Integer(), nullable=False, server_default="1"))
    op.create_index(
        "idx_songdb_normalized_trgm",
        "songdb",
        ["normalized_combined"],
        postgresql_using="gin",
        postgresql_ops={"normalized_combined": "gin_trgm_ops"},
    )
    _create_generations()
    _create_generation_songs()
    triggers.track("song_generations")
    triggers.track_in_sum("song_generation_songs", "song_generations_id")


def downgrade() -> None:
    op.drop_table("song_generation_songs")
    op.drop_table("song_generations")
    op.drop_index("idx_songdb_normalized_trgm", "songdb")
    op.drop_column("venues", "current_system_id")


def _create_generations() -> None:
    op.create_table(
        "song_generations",
        sa.Column("song_generations_id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column(
            "customer_profiles_id",
            sa.Uuid(),
            sa.ForeignKey("customer_profiles.customer_profiles_id", ondelete="CASCADE", onupdate="CASCADE"),
            nullable=False,
        ),
        sa.Column("openkj_system_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False, server_default="open"),
        *(
            sa.Column(counted, sa.Integer(), nullable=False, server_default="0")
            for counted in ("documents", "full_documents", "songs_received", "songs_skipped", "songs_before")
        ),
        sa.Column("songs_after", sa.Integer()),
        sa.Column("opened_at", INSTANT, nullable=False, server_default=NOW),
        sa.Column("last_document_at", INSTANT, nullable=False, server_default=NOW),
        sa.Column("closed_at", INSTANT),
        sa.CheckConstraint(
            "status IN ('open', 'held', 'published', 'discarded')", name="song_generations_status_check"
        ),
    )
    op.create_index(
        "song_generations_one_at_work",
        "song_generations",
        ["customer_profiles_id", "openkj_system_id"],
        unique=True,
        postgresql_where="status IN ('open', 'held')",
    )


def _create_generation_songs() -> None:
    op.create_table(
        "song_generation_songs",
        sa.Column(
            "song_generations_id",
            sa.BigInteger(),
            sa.ForeignKey("song_generations.song_generations_id", ondelete="CASCADE", onupdate="CASCADE"),
            primary_key=True,
        ),
        sa.Column("normalized_combined", sa.Text(), primary_key=True),
        sa.Column("artist", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("combined", sa.Text(), nullable=False),
    )
