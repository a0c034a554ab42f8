"""What singers ask for tonight, the version watchers follow, and calls that may come twice."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from migrations.tables.columns import (
    CUSTOMER,
    NOW,
    big,
    created,
    flag,
    instant,
    json,
    key,
    link,
    metadata,
    stamps,
    text,
    whole,
)

sa.Table(
    "requests",
    metadata,
    sa.Column("requests_id", sa.BigInteger(), primary_key=True),
    link("venues_id", "venues.venues_id"),
    link("singer_profiles_id", "singer_profiles.singer_profiles_id", null=True, gone="SET NULL"),
    link("submitted_by_users_id", "users.users_id", null=True, gone="SET NULL"),
    text("artist"),
    text("title"),
    whole("key_change", default="0"),
    text("notes", null=True),
    flag("processed", default=False),
    instant("requested_at", null=False, default=NOW),
    instant("processed_at"),
    *stamps(),
    link("customer_profiles_id", CUSTOMER),
    whole("request_number"),
    text("singer_name", default=""),
    text("status", default="pending"),
    text("reject_reason", null=True),
    text("processed_via", null=True),
    instant("seen_at"),
    text("device_id", null=True),
    text("song_fingerprint", default=""),
    flag("duplicate_allowed", default=False),
    sa.Column("also_asked_as", postgresql.ARRAY(sa.Text()), nullable=False, server_default="{}"),
    sa.CheckConstraint("status IN ('pending', 'processed', 'rejected', 'withdrawn')", name="requests_status_check"),
    sa.CheckConstraint("processed = (status <> 'pending')", name="requests_processed_check"),
    sa.CheckConstraint("processed_via IN ('console', 'openkj', 'api')", name="requests_processed_via_check"),
    # OpenKJ knows a request by its number: an int32, counted per customer in state.last_request_number.
    sa.UniqueConstraint("customer_profiles_id", "request_number"),
    sa.Index(
        "requests_one_pending_per_device",
        "venues_id",
        "device_id",
        "song_fingerprint",
        unique=True,
        postgresql_where="status = 'pending' AND NOT duplicate_allowed AND device_id IS NOT NULL",
    ),
    sa.Index(
        "requests_one_pending_per_singer",
        "venues_id",
        "singer_profiles_id",
        "song_fingerprint",
        unique=True,
        postgresql_where="status = 'pending' AND NOT duplicate_allowed AND singer_profiles_id IS NOT NULL",
    ),
    sa.Index(
        "requests_by_singer", "singer_profiles_id", "requests_id", postgresql_where="singer_profiles_id IS NOT NULL"
    ),
    sa.Index("requests_pending", "venues_id", "requests_id", postgresql_where="status = 'pending'"),
    sa.Index("requests_by_device", "device_id", sa.text("requested_at DESC")),
    sa.Index("requests_changed", "venues_id", "updated_at"),
    sa.Index("requests_history", "venues_id", "requested_at", "requests_id"),
    sa.Index("idx_requests_venue_processed", "venues_id", "processed"),
)

# One narrow row per venue, made with the venue, moved in the same statement as every change a watcher can see.
sa.Table(
    "venue_streams",
    metadata,
    link("venues_id", "venues.venues_id", primary_key=True),
    text("epoch", default=sa.text("encode(gen_random_bytes(6), 'hex'::text)")),
    big("version", default="0"),
    sa.Column("openkj_connected", sa.Boolean()),
)

# Who may not ask at a venue until a time: a phone, an account or a name (as `normalise` writes it).
sa.Table(
    "venue_blocks",
    metadata,
    key("venue_blocks_id"),
    link("customer_profiles_id", CUSTOMER),
    link("venues_id", "venues.venues_id"),
    text("device_id", null=True),
    link("users_id", "users.users_id", null=True),
    text("singer_key", null=True),
    text("singer_name"),
    text("reason", null=True),
    instant("ends_at", null=False),
    *stamps(),
    sa.CheckConstraint("num_nonnulls(device_id, users_id, singer_key) > 0", name="venue_blocks_whom_check"),
    sa.Index("idx_venue_blocks_venue", "venues_id", "ends_at"),
)

sa.Table(
    "idempotency_keys",
    metadata,
    text("scope", primary_key=True),
    text("key", primary_key=True),
    text("fingerprint"),
    json("answer", default=None),
    created(),
    sa.Index("idx_idempotency_keys_created_at", "created_at"),
)
