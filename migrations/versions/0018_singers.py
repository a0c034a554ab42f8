"""What singers keep: favourites by the song itself, a history that no way into the queue forgets, no song twice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

# Near what the application computes; nothing could make favourites before.
SPELL_FAVORITES = """
UPDATE singer_favorite_songs
SET artist = coalesce(artist, ''), title = coalesce(title, ''),
    normalized_combined = lower(concat_ws(' ', artist, title))
"""
KEEP_ONE_KEY = """
DELETE FROM singer_favorite_songs AS f
USING singer_favorite_songs AS g
WHERE f.singer_profiles_id = g.singer_profiles_id AND f.normalized_combined = g.normalized_combined
  AND (f.created_at, f.singer_favorite_songs_id) < (g.created_at, g.singer_favorite_songs_id)
"""

ALLOW_OLD_DUPLICATES = """
UPDATE requests SET duplicate_allowed = true WHERE status = 'pending' AND singer_profiles_id IS NOT NULL
"""

# A request that its singer took back was never asked for; one that changes hands or is edited takes its line along.
KEEP_HISTORY = """
CREATE FUNCTION keep_singer_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.singer_profiles_id IS NULL OR NEW.status = 'withdrawn' THEN
    DELETE FROM singer_request_history h WHERE h.requests_id = NEW.requests_id;
  ELSE
    INSERT INTO singer_request_history AS h
      (singer_profiles_id, venues_id, artist, title, key_change, requested_at, song_fingerprint, requests_id)
    VALUES (NEW.singer_profiles_id, NEW.venues_id, NEW.artist, NEW.title, NEW.key_change, NEW.requested_at,
            NEW.song_fingerprint, NEW.requests_id)
    ON CONFLICT (requests_id) DO UPDATE
    SET singer_profiles_id = excluded.singer_profiles_id, artist = excluded.artist, title = excluded.title,
        key_change = excluded.key_change, song_fingerprint = excluded.song_fingerprint
    WHERE (h.singer_profiles_id, h.artist, h.title, h.key_change)
          IS DISTINCT FROM (excluded.singer_profiles_id, excluded.artist, excluded.title, excluded.key_change);
  END IF;
  RETURN NULL;
END $$
"""
TRIGGERS = {
    "requests_history_insert": "AFTER INSERT ON requests FOR EACH ROW WHEN (NEW.singer_profiles_id IS NOT NULL)",
    "requests_history_update": (
        "AFTER UPDATE OF singer_profiles_id, artist, title, key_change, status ON requests FOR EACH ROW "
        "WHEN (coalesce(OLD.singer_profiles_id, NEW.singer_profiles_id) IS NOT NULL)"
    ),
}
REMEMBER_EARLIER = """
INSERT INTO singer_request_history
  (singer_profiles_id, venues_id, artist, title, key_change, requested_at, song_fingerprint, requests_id)
SELECT singer_profiles_id, venues_id, artist, title, key_change, requested_at, song_fingerprint, requests_id
FROM requests WHERE singer_profiles_id IS NOT NULL AND status <> 'withdrawn'
"""


def upgrade() -> None:
    op.add_column(
        "singer_favorite_songs", sa.Column("normalized_combined", sa.Text(), nullable=False, server_default="")
    )
    op.execute(SPELL_FAVORITES)
    op.execute(KEEP_ONE_KEY)
    op.alter_column("singer_favorite_songs", "normalized_combined", server_default=None)
    op.create_index(
        "singer_favorite_songs_one_a_song",
        "singer_favorite_songs",
        ["singer_profiles_id", "normalized_combined"],
        unique=True,
    )
    request = sa.ForeignKey("requests.requests_id", ondelete="SET NULL", onupdate="CASCADE")
    op.add_column("singer_request_history", sa.Column("requests_id", sa.BigInteger(), request))
    op.create_unique_constraint("singer_request_history_requests_id_key", "singer_request_history", ["requests_id"])
    op.execute(ALLOW_OLD_DUPLICATES)
    op.create_index(
        "requests_one_pending_per_singer",
        "requests",
        ["venues_id", "singer_profiles_id", "song_fingerprint"],
        unique=True,
        postgresql_where="status = 'pending' AND NOT duplicate_allowed AND singer_profiles_id IS NOT NULL",
    )
    op.create_index(
        "requests_by_singer",
        "requests",
        ["singer_profiles_id", "requests_id"],
        postgresql_where="singer_profiles_id IS NOT NULL",
    )
    op.execute(REMEMBER_EARLIER)
    op.execute(KEEP_HISTORY)
    for name, moment in TRIGGERS.items():
        op.execute(f"CREATE TRIGGER {name} {moment} EXECUTE FUNCTION keep_singer_history()")


def downgrade() -> None:
    for name in TRIGGERS:
        op.execute(f"DROP TRIGGER {name} ON requests")
    op.execute("DROP FUNCTION keep_singer_history()")
    op.drop_index("requests_by_singer")
    op.drop_index("requests_one_pending_per_singer")
    # The way up makes these again.
    op.execute("DELETE FROM singer_request_history WHERE requests_id IS NOT NULL")
    op.drop_column("singer_request_history", "requests_id")
    op.drop_index("singer_favorite_songs_one_a_song")
    op.drop_column("singer_favorite_songs", "normalized_combined")
