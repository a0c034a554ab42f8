"""Venues made over REST: numbers that are never used twice, when a night began, and how the public finds venues."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

# A night belongs to the day on which it began: the counts of today do not start over at midnight.
NIGHT_BEGAN = """
CREATE FUNCTION night_began(zone text) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (date_trunc('day', now() AT TIME ZONE zone - interval '5 hours') + interval '5 hours') AT TIME ZONE zone;
EXCEPTION WHEN invalid_parameter_value THEN
  RETURN night_began('UTC');
END $$
"""

INDEXES = ("idx_venues_location_accepting", "idx_venues_name", "idx_venues_city", "idx_venues_state")


def upgrade() -> None:
    op.add_column("state", sa.Column("last_venue_number", sa.Integer(), nullable=False, server_default="0"))
    op.execute(NIGHT_BEGAN)
    op.create_index("requests_by_night", "requests", ["venues_id", "requested_at"])
    op.create_index(
        "idx_venues_location_accepting",
        "venues",
        ["location"],
        postgresql_using="gist",
        postgresql_where="accepting_requests",
    )
    op.create_index("idx_venues_name", "venues", ["name", "url_name"])
    op.create_index("idx_venues_city", "venues", [sa.text("lower(city)"), "name", "url_name"])
    op.create_index("idx_venues_state", "venues", [sa.text("lower(state)"), "name", "url_name"])
    op.create_index(
        "idx_venues_name_trgm",
        "venues",
        ["name"],
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
    )


def downgrade() -> None:
    op.drop_index("idx_venues_name_trgm", "venues")
    for name in reversed(INDEXES):
        op.drop_index(name, "venues")
    op.drop_index("requests_by_night", "requests")
    op.execute("DROP FUNCTION night_began(text)")
    op.drop_column("state", "last_venue_number")
