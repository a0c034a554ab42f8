"""Who may not ask at a venue for a while."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import triggers
from migrations.baseline.columns import instant, key, link, stamps, text

revision = "0017"
down_revision = "0016"

NIGHT_ENDS = """
CREATE FUNCTION night_ends(zone text) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (night_began(zone) AT TIME ZONE zone + interval '1 day') AT TIME ZONE zone;
EXCEPTION WHEN invalid_parameter_value THEN
  RETURN night_ends('UTC');
END $$
"""

# Volatile, so it sees blocks that were set while the calling statement waited for the venue's row lock.
IS_BLOCKED = """
CREATE FUNCTION is_blocked(venue uuid, device text, account uuid, singer text) RETURNS bool LANGUAGE sql VOLATILE
SET search_path = public, pg_temp AS $$
  SELECT EXISTS (
    SELECT 1 FROM venue_blocks b
    WHERE b.venues_id = venue AND b.ends_at > clock_timestamp()
      AND (b.device_id = device OR b.users_id = account OR b.singer_key = singer)
  )
$$
"""


def upgrade() -> None:
    op.create_table(
        "venue_blocks",
        key("venue_blocks_id"),
        link("customer_profiles_id", "customer_profiles.customer_profiles_id"),
        link("venues_id", "venues.venues_id"),
        text("device_id", null=True),
        link("users_id", "users.users_id", null=True),
        text("singer_key", null=True),
        text("singer_name"),
        text("reason", null=True),
        instant("ends_at", null=False),
        *stamps(),
        sa.CheckConstraint("num_nonnulls(device_id, users_id, singer_key) > 0", name="venue_blocks_whom_check"),
    )
    op.create_index("idx_venue_blocks_venue", "venue_blocks", ["venues_id", "ends_at"])
    triggers.track("venue_blocks")
    op.execute(NIGHT_ENDS)
    op.execute(IS_BLOCKED)


def downgrade() -> None:
    op.execute("DROP FUNCTION is_blocked(uuid, text, uuid, text)")
    op.execute("DROP FUNCTION night_ends(text)")
    op.drop_table("venue_blocks")
