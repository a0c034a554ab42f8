"""A venue's house rules, and the function that judges a request by them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"

# Volatile, so it sees what was committed while the calling statement waited for the venue's row lock. A rule of an
# earlier night's last call no longer counts. Who shows neither device nor account is a program, not a singer.
RULE_AGAINST = """
CREATE FUNCTION rule_against(venue uuid, device text, singer uuid, fingerprint text, OUT rule text, OUT wait_s float8)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
  rules jsonb;
  began timestamptz;
  waiting int;
  waits_for_song boolean;
BEGIN
  SELECT v.rules INTO rules FROM venues v WHERE v.venues_id = venue;
  IF rules = '{}' THEN
    RETURN;
  END IF;
  SELECT night_began(coalesce(p.timezone, 'UTC')) INTO began
  FROM venues v JOIN customer_profiles p USING (customer_profiles_id) WHERE v.venues_id = venue;
  IF (rules ->> 'lastCallAt')::timestamptz BETWEEN began AND clock_timestamp() THEN
    rule := 'lastCallAt';
    RETURN;
  END IF;
  SELECT count(*), bool_or(r.song_fingerprint = fingerprint) INTO waiting, waits_for_song
  FROM requests r
  WHERE r.venues_id = venue AND r.status = 'pending' AND (r.device_id = device OR r.submitted_by_users_id = singer);
  IF waiting >= (rules ->> 'requestsPerSinger')::int THEN
    rule := 'requestsPerSinger';
  ELSIF waits_for_song AND rules ->> 'duplicatePolicy' = 'refuse' THEN
    rule := 'duplicatePolicy';
  ELSIF (rules ->> 'songOncePerNight')::boolean AND EXISTS (
      SELECT 1 FROM requests r
      WHERE r.venues_id = venue AND r.requested_at >= began AND r.song_fingerprint = fingerprint
        AND r.status IN ('pending', 'processed')) THEN
    rule := 'songOncePerNight';
  ELSE
    SELECT extract(epoch FROM max(r.requested_at) - clock_timestamp()) + (rules ->> 'cooldownMinutes')::int * 60
    INTO wait_s
    FROM requests r
    WHERE r.venues_id = venue AND r.status <> 'withdrawn'
      AND r.requested_at > clock_timestamp() - make_interval(mins => (rules ->> 'cooldownMinutes')::int)
      AND (r.device_id = device OR r.submitted_by_users_id = singer);
    IF wait_s > 0 THEN
      rule := 'cooldownMinutes';
    END IF;
  END IF;
END $$
"""


def upgrade() -> None:
    op.add_column("venues", sa.Column("rules", postgresql.JSONB(), nullable=False, server_default="{}"))
    op.execute(RULE_AGAINST)


def downgrade() -> None:
    op.execute("DROP FUNCTION rule_against(uuid, text, uuid, text)")
    op.drop_column("venues", "rules")
