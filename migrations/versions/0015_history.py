"""A venue's requests in the order they came, and under which other names a phone had asked before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"

# Volatile, so it sees what was committed while the calling statement waited for the venue's row lock. Kept with the
# request: what the queue shows of it then changes only with the request itself.
NAMES_BEFORE = """
CREATE FUNCTION names_before(venue uuid, device text, asked_as text) RETURNS text[] LANGUAGE sql VOLATILE
SET search_path = public, pg_temp AS $$
  SELECT coalesce(array_agg(n.name ORDER BY n.last_at DESC), '{}')
  FROM (
    SELECT (array_agg(r.singer_name ORDER BY r.requested_at DESC))[1] AS name, max(r.requested_at) AS last_at
    FROM requests r
    WHERE r.device_id = device AND r.venues_id = venue AND r.requested_at > now() - interval '1 day'
      AND lower(r.singer_name) <> lower(asked_as)
    GROUP BY lower(r.singer_name)
    ORDER BY last_at DESC
    LIMIT 5
  ) AS n
$$
"""


def upgrade() -> None:
    kind = postgresql.ARRAY(sa.Text())
    op.add_column("requests", sa.Column("also_asked_as", kind, nullable=False, server_default="{}"))
    op.execute(NAMES_BEFORE)
    op.create_index("requests_history", "requests", ["venues_id", "requested_at", "requests_id"])
    op.drop_index("requests_by_night", "requests")


def downgrade() -> None:
    op.create_index("requests_by_night", "requests", ["venues_id", "requested_at"])
    op.drop_index("requests_history", "requests")
    op.execute("DROP FUNCTION names_before(uuid, text, text)")
    op.drop_column("requests", "also_asked_as")
