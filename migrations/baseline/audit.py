"""The audit log and the functions that write it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.baseline.columns import created, json, key, text

TABLES = ("audit_logs",)

# Columns whose values never reach the log. A test fails on a secret-looking column that is not here.
SECRETS = (
    "access_token",
    "api_key_hash",
    "endpoint_secret",
    "id_token",
    "invitation_token",
    "password_hash",
    "refresh_token",
    "session_token",
    "token",
)

REDACT = """
CREATE OR REPLACE FUNCTION audit_redact(data jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  secrets CONSTANT text[] := '{%s}';
BEGIN
  IF NOT data ?| secrets THEN
    RETURN data;
  END IF;
  RETURN data || (SELECT coalesce(jsonb_object_agg(name, '[redacted]'::text), '{}')
                  FROM unnest(secrets) AS name WHERE data -> name <> 'null');
END $$
"""

# Runs once per statement as its owner, because the application may not write the log. Arguments: the key columns.
# Old and new rows are filled in pairs, so equal positions are one row (PostgreSQL: AfterTriggerSaveEvent).
# The key is taken from the redacted row: a token may be part of a key.
RECORD = """
CREATE OR REPLACE FUNCTION record_audit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  who uuid := nullif(current_setting('app.current_user_id', true), '')::uuid;
BEGIN
  IF TG_OP = 'INSERT' THEN
    WITH became AS MATERIALIZED (SELECT audit_redact(to_jsonb(r)) AS data FROM new_rows AS r)
    INSERT INTO audit_logs (table_name, record_id, user_id, operation, new_data)
    SELECT TG_TABLE_NAME, concat_ws(':', data ->> TG_ARGV[0], data ->> TG_ARGV[1]), who, TG_OP, data
    FROM became;
  ELSIF TG_OP = 'DELETE' THEN
    WITH was AS MATERIALIZED (SELECT audit_redact(to_jsonb(r)) AS data FROM old_rows AS r)
    INSERT INTO audit_logs (table_name, record_id, user_id, operation, old_data)
    SELECT TG_TABLE_NAME, concat_ws(':', data ->> TG_ARGV[0], data ->> TG_ARGV[1]), who, TG_OP, data
    FROM was;
  ELSE
    WITH was AS MATERIALIZED (
      SELECT row_number() OVER () AS place, audit_redact(to_jsonb(r)) AS data FROM old_rows AS r
    ), became AS MATERIALIZED (
      SELECT row_number() OVER () AS place, audit_redact(to_jsonb(r)) AS data FROM new_rows AS r
    )
    INSERT INTO audit_logs (table_name, record_id, user_id, operation, old_data, new_data)
    SELECT TG_TABLE_NAME, concat_ws(':', became.data ->> TG_ARGV[0], became.data ->> TG_ARGV[1]),
           who, TG_OP, was.data, became.data
    FROM was JOIN became USING (place);
  END IF;
  RETURN NULL;
END $$
"""

# For copies of what lies elsewhere (song books): one row per statement and group. Arguments: the columns to group by.
RECORD_SUM = """
CREATE OR REPLACE FUNCTION record_audit_sum() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  who uuid := nullif(current_setting('app.current_user_id', true), '')::uuid;
  gone boolean := TG_OP = 'DELETE';
  groups text := (SELECT string_agg(quote_ident(c), ', ') FROM unnest(TG_ARGV) AS c);
BEGIN
  EXECUTE format(
    'INSERT INTO audit_logs (table_name, user_id, operation, %I)
     SELECT $1, $2, $3, to_jsonb(g) FROM (SELECT count(*) AS rows, %s FROM %I GROUP BY %s) AS g',
    CASE WHEN gone THEN 'old_data' ELSE 'new_data' END, groups,
    CASE WHEN gone THEN 'old_rows' ELSE 'new_rows' END, groups)
  USING TG_TABLE_NAME, who, TG_OP;
  RETURN NULL;
END $$
"""


def redact(secrets: tuple[str, ...]) -> str:
    """The statement that makes `audit_redact` hide these columns."""
    return REDACT % ",".join(secrets)


def create() -> None:
    op.create_table(
        "audit_logs",
        key("audit_logs_id"),
        text("table_name"),
        text("record_id", null=True),
        sa.Column("user_id", sa.Uuid()),
        text("operation"),
        json("old_data", null=True, default=None),
        json("new_data", null=True, default=None),
        created(),
    )
    op.create_index("idx_audit_logs_table_record", "audit_logs", ["table_name", "record_id"])
    op.create_index("idx_audit_logs_user_created_at", "audit_logs", ["user_id", "created_at"])
    op.create_index("idx_audit_logs_created_at", "audit_logs", [sa.text("created_at DESC")])
    for function in (redact(SECRETS), RECORD, RECORD_SUM):
        op.execute(function)
    # Whoever may execute them could attach them to a table of his own and so write lines into the log.
    op.execute("REVOKE EXECUTE ON FUNCTION record_audit(), record_audit_sum() FROM PUBLIC")


def drop_functions() -> None:
    op.execute("DROP FUNCTION record_audit(), record_audit_sum(), audit_redact(jsonb)")
