"""Venues, the systems that sing there, and the songs each system has."""

from __future__ import annotations

import sqlalchemy as sa
from geoalchemy2 import Geography

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
    sa.UniqueConstraint("customer_profiles_id", "openkj_system_id", "combined"),
    sa.UniqueConstraint("customer_profiles_id", "openkj_system_id", "normalized_combined", name=NORMALIZED_KEY),
    sa.Index("idx_songdb_customer_system_artist", "customer_profiles_id", "openkj_system_id", "artist"),
    sa.Index(
        "idx_songdb_normalized_trgm",
        "normalized_combined",
        postgresql_using="gin",
        postgresql_ops={"normalized_combined": "gin_trgm_ops"},
    ),
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
)
