"""What each request asks of the database, for half the work: functions that keep their plans, and no log of counters.

A function in SQL that sets its search path is parsed and planned at each call; one in PL/pgSQL once a connection.
"""

from __future__ import annotations

from alembic import op

from migrations import triggers

revision = "0025"
down_revision = "0024"

# Their rows move with every request, which is audited itself.
COUNTERS = ("idempotency_keys", "state")

# Volatile, so that they see what was committed while the calling statement waited for the venue's row lock.
HEAD = "CREATE OR REPLACE FUNCTION {what} LANGUAGE {language} VOLATILE SET search_path = public, pg_temp AS $${body}$$"

ASKED = {
    "waiting_before(venue uuid, before bigint) RETURNS int": (
        "SELECT count(*)::int FROM requests WHERE venues_id = venue AND status = 'pending' AND requests_id < before"
    ),
    "names_before(venue uuid, device text, asked_as text) RETURNS text[]": """
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
""",
    "is_blocked(venue uuid, device text, account uuid, singer text) RETURNS bool": """
  SELECT EXISTS (
    SELECT 1 FROM venue_blocks b
    WHERE b.venues_id = venue AND b.ends_at > clock_timestamp()
      AND (b.device_id = device OR b.users_id = account OR b.singer_key = singer)
  )
""",
}


def upgrade() -> None:
    for what, body in ASKED.items():
        op.execute(HEAD.format(what=what, language="plpgsql", body=f"BEGIN RETURN ({body}); END"))
    for table in COUNTERS:
        triggers.untrack(table)


def downgrade() -> None:
    for table in COUNTERS:
        triggers.audit(table)
    for what, body in ASKED.items():
        op.execute(HEAD.format(what=what, language="sql", body=body))
