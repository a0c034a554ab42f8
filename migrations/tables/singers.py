"""What singers keep: favourite songs and venues, and what they sang."""

from __future__ import annotations

import sqlalchemy as sa

from migrations.tables.columns import NOW, created, instant, json, key, link, metadata, stamps, text, whole

# Cut as the schema's own tool cuts names: 63 letters, of which the last four are `_key`.
FAVORITE_SONG_KEY = "singer_favorite_songs_singer_profiles_id_artist_title_key_change"[:59] + "_key"

sa.Table(
    "singer_favorite_songs",
    metadata,
    key("singer_favorite_songs_id"),
    link("singer_profiles_id", "singer_profiles.singer_profiles_id"),
    text("artist", null=True),
    text("title", null=True),
    whole("key_change", default="0"),
    json("metadata", null=True),
    *stamps(),
    # As in songdb, so that a favourite finds its song in every book, also after a sync.
    text("normalized_combined"),
    sa.UniqueConstraint("singer_profiles_id", "artist", "title", "key_change", name=FAVORITE_SONG_KEY),
    sa.Index("singer_favorite_songs_one_a_song", "singer_profiles_id", "normalized_combined", unique=True),
)

sa.Table(
    "singer_request_history",
    metadata,
    key("singer_request_history_id"),
    link("singer_profiles_id", "singer_profiles.singer_profiles_id"),
    link("venues_id", "venues.venues_id"),
    text("artist"),
    text("title"),
    whole("key_change", default="0"),
    instant("requested_at", null=False, default=NOW),
    text("song_fingerprint"),
    *stamps(),
    # Lines are kept by triggers on requests: `keep_singer_history`.
    link("requests_id", "requests.requests_id", null=True, gone="SET NULL", unique=True),
    sa.Index("idx_singer_request_history_profile", "singer_profiles_id", "requested_at"),
    sa.Index("idx_singer_request_history_venue", "venues_id"),
)

sa.Table(
    "singer_favorite_venues",
    metadata,
    link("singer_profiles_id", "singer_profiles.singer_profiles_id", primary_key=True),
    link("venues_id", "venues.venues_id", primary_key=True),
    created(),
    sa.Index("idx_singer_favorite_venues_venue", "venues_id"),
)
