"""Venues, the systems that sing there, and the songs each system has."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geography

from migrations.baseline.columns import big, flag, json, key, link, stamps, text, whole

TABLES = ("state", "venues", "systems", "songdb")

# 68 letters in the schema; PostgreSQL keeps the first 63, and finds it by either spelling.
NORMALIZED_KEY = "songdb_customer_profiles_id_openkj_system_id_normalized_combined_key"[:63]


def create() -> None:
    _state()
    _venues()
    _systems()
    _songs()


def _state() -> None:
    op.create_table(
        "state",
        link("customer_profiles_id", "customer_profiles.customer_profiles_id", primary_key=True),
        big("serial", default="1"),
    )


def _venues() -> None:
    op.create_table(
        "venues",
        key("venues_id"),
        link("customer_profiles_id", "customer_profiles.customer_profiles_id"),
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
        sa.UniqueConstraint("customer_profiles_id", "openkj_venue_id"),
    )
    op.create_index("idx_venues_customer_profile", "venues", ["customer_profiles_id"])
    op.create_index("idx_venues_location", "venues", ["location"], postgresql_using="gist")


def _systems() -> None:
    op.create_table(
        "systems",
        key("systems_id"),
        link("customer_profiles_id", "customer_profiles.customer_profiles_id"),
        whole("openkj_system_id"),
        text("name"),
        json("configuration", null=True),
        *stamps(),
        sa.UniqueConstraint("customer_profiles_id", "openkj_system_id"),
    )
    op.create_index("idx_systems_customer_profile", "systems", ["customer_profiles_id"])


def _songs() -> None:
    book = ("customer_profiles_id", "openkj_system_id")
    op.create_table(
        "songdb",
        sa.Column("songdb_id", sa.BigInteger(), primary_key=True),
        link("customer_profiles_id", "customer_profiles.customer_profiles_id"),
        whole("openkj_system_id"),
        text("artist"),
        text("title"),
        text("combined"),
        text("normalized_combined"),
        *stamps(),
        sa.UniqueConstraint(*book, "combined"),
        sa.UniqueConstraint(*book, "normalized_combined", name=NORMALIZED_KEY),
    )
    op.create_index("idx_songdb_customer_system_artist", "songdb", [*book, "artist"])
