"""Requests counted by night: by hour, by song, by singer; and how far each venue is counted."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.baseline.columns import big, instant, link, text, whole

revision = "0019"
down_revision = "0018"

COUNTS = ("requests", "processed")

NIGHT_OF = """
CREATE FUNCTION night_of(at timestamptz, zone text) RETURNS date LANGUAGE sql STABLE AS $$
  SELECT (at AT TIME ZONE zone - interval '5 hours')::date
$$
"""
KNOWN_ZONE = """
CREATE FUNCTION known_zone(zone text) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
  PERFORM now() AT TIME ZONE zone;
  RETURN zone;
EXCEPTION WHEN invalid_parameter_value THEN
  RETURN 'UTC';
END $$
"""


def upgrade() -> None:
    op.create_table(
        "venue_summaries",
        link("venues_id", "venues.venues_id", primary_key=True),
        text("epoch", null=True),
        big("version", null=True),
        text("timezone", null=True),
        instant("refreshed_at"),
    )
    _by_night("venue_night_hours", whole("hour"), "rejected", "withdrawn", waits=True)
    _by_night("venue_night_songs", text("song"), names=("artist", "title"))
    _by_night("venue_night_singers", text("singer"), names=("singer_name",))
    op.create_index("requests_changed", "requests", ["venues_id", "updated_at"])
    op.execute(NIGHT_OF)
    op.execute(KNOWN_ZONE)


def downgrade() -> None:
    op.execute("DROP FUNCTION known_zone(text)")
    op.execute("DROP FUNCTION night_of(timestamptz, text)")
    op.drop_index("requests_changed", "requests")
    for table in ("venue_night_singers", "venue_night_songs", "venue_night_hours", "venue_summaries"):
        op.drop_table(table)


def _by_night(name: str, what: sa.Column[Any], *counts: str, names: tuple[str, ...] = (), waits: bool = False) -> None:
    what.primary_key = True
    op.create_table(
        name,
        link("venues_id", "venues.venues_id", primary_key=True),
        sa.Column("night", sa.Date(), primary_key=True),
        what,
        *(text(each) for each in names),
        *(whole(each) for each in (*COUNTS, *counts)),
        *([big("waited_s")] if waits else []),
    )
