"""Imports in the audit log: who brought a file and who cancelled it, without a line for each step of their progress."""

from __future__ import annotations

from alembic import op

from migrations import triggers

revision = "0024"
down_revision = "0023"

# For rows that move every moment. Arguments: the key column, and the column whose changes alone are told.
RECORD_TURNS = """
CREATE FUNCTION record_audit_turns() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  WITH was AS MATERIALIZED (
    SELECT row_number() OVER () AS place, audit_redact(to_jsonb(r)) AS data FROM old_rows AS r
  ), became AS MATERIALIZED (
    SELECT row_number() OVER () AS place, audit_redact(to_jsonb(r)) AS data FROM new_rows AS r
  )
  INSERT INTO audit_logs (table_name, record_id, user_id, operation, old_data, new_data)
  SELECT TG_TABLE_NAME, became.data ->> TG_ARGV[0], nullif(current_setting('app.current_user_id', true), '')::uuid,
         TG_OP, was.data, became.data
  FROM was JOIN became USING (place)
  WHERE was.data -> TG_ARGV[1] IS DISTINCT FROM became.data -> TG_ARGV[1];
  RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.execute(RECORD_TURNS)
    op.execute("REVOKE EXECUTE ON FUNCTION record_audit_turns() FROM PUBLIC")
    triggers.track_turns("song_imports", "status")


def downgrade() -> None:
    triggers.untrack("song_imports")
    op.execute("DROP FUNCTION record_audit_turns()")
