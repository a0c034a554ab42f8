"""Song search: a book's words in one index of all books, its order by artist and by title, and words for typos."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"

BOOK = ("customer_profiles_id", "openkj_system_id")

# A song written by hand, without its keys and words, is found by the plain words of its names. Those of a sync bring
# better ones (`singr/songs/folding.py`); the scope is `asking.scope`.
SPELT = """
CREATE FUNCTION songdb_spelt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.artist_key := coalesce(NEW.artist_key, left(regexp_replace(lower(NEW.artist), '^(the|an?) ', ''), 120));
  NEW.title_key := coalesce(NEW.title_key, left(regexp_replace(lower(NEW.title), '^(the|an?) ', ''), 120));
  NEW.words := coalesce(NEW.words, array_to_tsvector(ARRAY(
    SELECT left(md5(NEW.customer_profiles_id || '.' || NEW.openkj_system_id), 10) || '.' || left(w, 40)
    FROM regexp_split_to_table(NEW.normalized_combined, '\\s+') AS w WHERE w <> '')));
  RETURN NEW;
END $$
"""
TRIGGER = """
CREATE TRIGGER songdb_spelt BEFORE INSERT OR UPDATE ON songdb FOR EACH ROW
WHEN (NEW.words IS NULL OR NEW.artist_key IS NULL OR NEW.title_key IS NULL) EXECUTE FUNCTION songdb_spelt()
"""
INDEXES = {
    "songdb_by_artist": [*BOOK, "artist_key", "title_key", "songdb_id"],
    "songdb_by_title": [*BOOK, "title_key", "artist_key", "songdb_id"],
    "songdb_by_age": [*BOOK, "songdb_id"],
}


def upgrade() -> None:
    for table in ("songdb", "song_generation_songs"):
        for key in ("artist_key", "title_key"):
            op.add_column(table, sa.Column(key, sa.Text(collation="C")))
    op.add_column("songdb", sa.Column("words", postgresql.TSVECTOR()))
    op.add_column("song_generation_songs", sa.Column("words", postgresql.TSVECTOR()))
    op.execute(SPELT)
    op.execute(TRIGGER)
    op.execute("ALTER TABLE songdb DISABLE TRIGGER USER")
    op.execute("ALTER TABLE songdb ENABLE TRIGGER songdb_spelt")
    op.execute("UPDATE songdb SET words = NULL")
    op.execute("ALTER TABLE songdb ENABLE TRIGGER USER")
    for column in ("artist_key", "title_key", "words"):
        op.alter_column("songdb", column, nullable=False)
    op.drop_index("idx_songdb_normalized_trgm", "songdb")
    for name, columns in INDEXES.items():
        op.create_index(name, "songdb", columns)
    op.create_index("songdb_words", "songdb", ["words"], postgresql_using="gin")
    _create_words()


def downgrade() -> None:
    op.drop_table("song_words")
    op.drop_index("songdb_words", "songdb")
    for name in reversed(INDEXES):
        op.drop_index(name, "songdb")
    op.create_index(
        "idx_songdb_normalized_trgm",
        "songdb",
        ["normalized_combined"],
        postgresql_using="gin",
        postgresql_ops={"normalized_combined": "gin_trgm_ops"},
    )
    op.execute("DROP TRIGGER songdb_spelt ON songdb")
    op.execute("DROP FUNCTION songdb_spelt()")
    for table in ("song_generation_songs", "songdb"):
        for column in ("words", "title_key", "artist_key"):
            op.drop_column(table, column)


def _create_words() -> None:
    op.create_table(
        "song_words",
        sa.Column("word", sa.Text(collation="C"), primary_key=True),
        sa.Column("shortened", postgresql.ARRAY(sa.Text()), nullable=False),
    )
    op.create_index(
        "song_words_trgm", "song_words", ["word"], postgresql_using="gin", postgresql_ops={"word": "gin_trgm_ops"}
    )
    op.create_index("song_words_shortened", "song_words", ["shortened"], postgresql_using="gin")
