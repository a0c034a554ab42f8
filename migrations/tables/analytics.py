"""Requests counted by night. A night is the day on which it began; hours are those of the wall clock."""

from __future__ import annotations

import sqlalchemy as sa

from migrations.tables.columns import big, instant, link, metadata, text, whole

# How far a venue is counted: its stream's place, the zone of its nights, and when that was.
sa.Table(
    "venue_summaries",
    metadata,
    link("venues_id", "venues.venues_id", primary_key=True),
    text("epoch", null=True),
    big("version", null=True),
    text("timezone", null=True),
    instant("refreshed_at"),
)

sa.Table(
    "venue_night_hours",
    metadata,
    link("venues_id", "venues.venues_id", primary_key=True),
    sa.Column("night", sa.Date(), primary_key=True),
    sa.Column("hour", sa.Integer(), primary_key=True, autoincrement=False),
    whole("requests"),
    whole("processed"),
    whole("rejected"),
    whole("withdrawn"),
    big("waited_s"),
)

sa.Table(
    "venue_night_songs",
    metadata,
    link("venues_id", "venues.venues_id", primary_key=True),
    sa.Column("night", sa.Date(), primary_key=True),
    text("song", primary_key=True),
    text("artist"),
    text("title"),
    whole("requests"),
    whole("processed"),
)

sa.Table(
    "venue_night_singers",
    metadata,
    link("venues_id", "venues.venues_id", primary_key=True),
    sa.Column("night", sa.Date(), primary_key=True),
    text("singer", primary_key=True),
    text("singer_name"),
    whole("requests"),
    whole("processed"),
)
