"""A request's place in the queue, as of now rather than of the statement's beginning."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"

# Volatile, so it sees what was committed while the calling statement waited for the venue's row lock.
WAITING_BEFORE = """
CREATE FUNCTION waiting_before(venue uuid, before bigint) RETURNS int LANGUAGE sql VOLATILE
SET search_path = public, pg_temp AS
'SELECT count(*)::int FROM requests WHERE venues_id = venue AND status = ''pending'' AND requests_id < before'
"""


def upgrade() -> None:
    op.execute(WAITING_BEFORE)


def downgrade() -> None:
    op.execute("DROP FUNCTION waiting_before(uuid, bigint)")
