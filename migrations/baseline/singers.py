"""What singers keep: favourite songs and venues, and what they sang."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.baseline.columns import NOW, created, instant, json, key, link, stamps, text, whole

TABLES = ("singer_favorite_songs", "singer_request_history", "singer_favorite_venues")

# Cut as the schema's own tool cuts names: 63 letters, of which the last four are `_key`.
FAVORITE_SONG_KEY = "singer_favorite_songs_singer_profiles_id_artist_title_key_change"[:59] + "_key"


def create() -> None:
    op.create_table(
        "singer_favorite_songs",
        key("singer_favorite_songs_id"),
        link("singer_profiles_id", "singer_profiles.singer_profiles_id"),
        text("artist", null=True),
        text("title", null=True),
        whole("key_change", default="0"),
        json("metadata", null=True),
        *stamps(),
        sa.UniqueConstraint("singer_profiles_id", "artist", "title", "key_change", name=FAVORITE_SONG_KEY),
    )
    op.create_table(
        "singer_request_history",
        key("singer_request_history_id"),
        link("singer_profiles_id", "singer_profiles.singer_profiles_id"),
        link("venues_id", "venues.venues_id"),
        text("artist"),
        text("title"),
        whole("key_change", default="0"),
        instant("requested_at", null=False, default=NOW),
        text("song_fingerprint"),
        *stamps(),
    )
    op.create_index(
        "idx_singer_request_history_profile", "singer_request_history", ["singer_profiles_id", "requested_at"]
    )
    op.create_table(
        "singer_favorite_venues",
        link("singer_profiles_id", "singer_profiles.singer_profiles_id", primary_key=True),
        link("venues_id", "venues.venues_id", primary_key=True),
        created(),
    )
