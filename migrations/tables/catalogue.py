"""Venues, the systems that sing there, and the songs each system has."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from geoalchemy2 import Geography
from sqlalchemy.dialects import postgresql

from migrations.tables.columns import (
    CUSTOMER,
    NOW,
    big,
    flag,
    instant,
    json,
    key,
    link,
    metadata,
    numbered,
    stamps,
    text,
    whole,
)

# 68 letters in the schema; PostgreSQL keeps the first 63, and finds it by either spelling.
NORMALIZED_KEY = "songdb_customer_profiles_id_openkj_system_id_normalized_combined_key"[:63]
BOOK = ("customer_profiles_id", "openkj_system_id")


def spelt(*, null: bool) -> tuple[sa.Column[Any], ...]:
    """What a song is sorted and found by: bytes decide the order, since the keys are folded."""
    return (
        sa.Column("artist_key", sa.Text(collation="C"), nullable=null),
        sa.Column("title_key", sa.Text(collation="C"), nullable=null),
        sa.Column("words", postgresql.TSVECTOR(), nullable=null),
    )


sa.Table(
    "state",
    metadata,
    link("customer_profiles_id", CUSTOMER, primary_key=True),
    big("serial", default="1"),
    whole("last_request_number", default="0"),
    whole("last_venue_number", default="0"),
    # OpenKJ reads an int32, and 0 as "broken".
    sa.CheckConstraint("serial BETWEEN 1 AND 2147483647", name="state_serial_check"),
)

sa.Table(
    "venues",
    metadata,
    key("venues_id"),
    link("customer_profiles_id", CUSTOMER),
    whole("openkj_venue_id"),
    text("url_name", unique=True),
    flag("accepting_requests", default=True),
    text("name"),
    text("address"),
    text("city"),
    text("state"),
    text("postal_code"),
    text("country", null=True),
    text("phone_number", null=True),
    text("website", null=True),
    sa.Column("location", Geography("POINT", srid=4326, spatial_index=False)),
    *stamps(),
    text("queue_privacy", default="hidden"),
    text("message", null=True),
    whole("current_system_id", default="1"),
    json("rules"),
    text("rotation", default="off"),
    # The request that comes next whatever others ask for; one that no longer waits means nothing.
    big("next_up", null=True),
    # The series of the links for shared tablets that hold now; none without one.
    text("kiosk", null=True),
    # Where it is not its organization's.
    text("time_zone", null=True),
    sa.CheckConstraint("rotation IN ('off', 'arrival', 'first_timers', 'fewest')", name="venues_rotation_check"),
    sa.CheckConstraint("queue_privacy IN ('hidden', 'anonymous', 'first_names')", name="venues_queue_privacy_check"),
    sa.UniqueConstraint("customer_profiles_id", "openkj_venue_id"),
    sa.Index("idx_venues_customer_profile", "customer_profiles_id"),
    sa.Index("idx_venues_location", "location", postgresql_using="gist"),
    sa.Index(
        "idx_venues_location_accepting", "location", postgresql_using="gist", postgresql_where="accepting_requests"
    ),
    sa.Index("idx_venues_name", "name", "url_name"),
    sa.Index("idx_venues_city", sa.text("lower(city)"), "name", "url_name"),
    sa.Index("idx_venues_state", sa.text("lower(state)"), "name", "url_name"),
    sa.Index("idx_venues_name_trgm", "name", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}),
)

sa.Table(
    "systems",
    metadata,
    key("systems_id"),
    link("customer_profiles_id", CUSTOMER),
    whole("openkj_system_id"),
    text("name"),
    json("configuration", null=True),
    *stamps(),
    sa.UniqueConstraint("customer_profiles_id", "openkj_system_id"),
    sa.Index("idx_systems_customer_profile", "customer_profiles_id"),
)

sa.Table(
    "songdb",
    metadata,
    sa.Column("songdb_id", sa.BigInteger(), primary_key=True),
    link("customer_profiles_id", CUSTOMER),
    whole("openkj_system_id"),
    text("artist"),
    text("title"),
    text("combined"),
    text("normalized_combined"),
    *stamps(),
    *spelt(null=False),
    sa.UniqueConstraint("customer_profiles_id", "openkj_system_id", "combined"),
    sa.UniqueConstraint("customer_profiles_id", "openkj_system_id", "normalized_combined", name=NORMALIZED_KEY),
    sa.Index("idx_songdb_customer_system_artist", "customer_profiles_id", "openkj_system_id", "artist"),
    sa.Index("songdb_by_artist", *BOOK, "artist_key", "title_key", "songdb_id"),
    sa.Index("songdb_by_title", *BOOK, "title_key", "artist_key", "songdb_id"),
    sa.Index("songdb_by_age", *BOOK, "songdb_id"),
    sa.Index("songdb_words", "words", postgresql_using="gin"),
)

# What typing mistakes are compared with: every word of every book, and its forms that lack a letter.
sa.Table(
    "song_words",
    metadata,
    sa.Column("word", sa.Text(collation="C"), primary_key=True),
    sa.Column("shortened", postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Index("song_words_trgm", "word", postgresql_using="gin", postgresql_ops={"word": "gin_trgm_ops"}),
    sa.Index("song_words_shortened", "shortened", postgresql_using="gin"),
)

# A sync from OpenKJ: its songs wait here and replace the book in one statement.
sa.Table(
    "song_generations",
    metadata,
    numbered("song_generations_id"),
    link("customer_profiles_id", CUSTOMER),
    whole("openkj_system_id"),
    text("status", default="open"),
    whole("documents", default="0"),
    whole("full_documents", default="0"),
    whole("songs_received", default="0"),
    whole("songs_skipped", default="0"),
    whole("songs_before", default="0"),
    whole("songs_after", null=True),
    instant("opened_at", null=False, default=NOW),
    # The start, until a document comes: the quiet period counts from it.
    instant("last_document_at", null=False, default=NOW),
    instant("closed_at"),
    text("client", default=""),
    sa.CheckConstraint("status IN ('open', 'held', 'published', 'discarded')", name="song_generations_status_check"),
    sa.Index(
        "song_generations_one_at_work",
        "customer_profiles_id",
        "openkj_system_id",
        unique=True,
        postgresql_where="status IN ('open', 'held')",
    ),
)

sa.Table(
    "song_generation_songs",
    metadata,
    link("song_generations_id", "song_generations.song_generations_id", primary_key=True),
    text("normalized_combined", primary_key=True),
    text("artist"),
    text("title"),
    text("combined"),
    *spelt(null=True),
)
