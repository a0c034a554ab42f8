"""The queue of tonight: a request's number, status and device; versions to watch a venue by; repeated calls."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import triggers
from migrations.baseline import audit

revision = "0003"
down_revision = "0002"

INSTANT = postgresql.TIMESTAMP(timezone=True, precision=6)
NOW = sa.text("now()")

CHECKS = {
    "requests": {
        "requests_status_check": "status IN ('pending', 'processed', 'rejected', 'withdrawn')",
        "requests_processed_check": "processed = (status <> 'pending')",
        "requests_processed_via_check": "processed_via IN ('console', 'openkj', 'api')",
    },
    "state": {"state_serial_check": "serial BETWEEN 1 AND 2147483647"},
    "venues": {"venues_queue_privacy_check": "queue_privacy IN ('hidden', 'anonymous', 'first_names')"},
}

# Requests of before are numbered per customer in the order they came.
NUMBER_REQUESTS = """
UPDATE requests AS r
SET customer_profiles_id = n.customer_profiles_id, request_number = n.number,
    status = CASE WHEN r.processed THEN 'processed' ELSE 'pending' END
FROM (SELECT requests_id, v.customer_profiles_id,
             row_number() OVER (PARTITION BY v.customer_profiles_id ORDER BY requests_id) AS number
      FROM requests JOIN venues AS v USING (venues_id)) AS n
WHERE n.requests_id = r.requests_id
"""

# Every customer has a state row, whose serial is one OpenKJ can read, from the beginning and by itself.
FILL_STATE = """
INSERT INTO state (customer_profiles_id)
SELECT customer_profiles_id FROM customer_profiles
ON CONFLICT DO NOTHING
"""
MEND_SERIAL = "UPDATE state SET serial = 1 WHERE serial NOT BETWEEN 1 AND 2147483647"
CONTINUE_NUMBERS = """
UPDATE state AS s SET last_request_number = n.last
FROM (SELECT customer_profiles_id, max(request_number) AS last FROM requests GROUP BY 1) AS n
WHERE n.customer_profiles_id = s.customer_profiles_id
"""

OPEN_STATE = """
CREATE FUNCTION open_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO state (customer_profiles_id) VALUES (NEW.customer_profiles_id) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$
"""
OPEN_VENUE_STREAM = """
CREATE FUNCTION open_venue_stream() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO venue_streams (venues_id) VALUES (NEW.venues_id) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$
"""


def upgrade() -> None:
    _widen_requests()
    _widen_state()
    _open_venue_streams()
    _remember_repeated_calls()
    op.add_column("venues", sa.Column("queue_privacy", sa.Text(), nullable=False, server_default="hidden"))
    op.add_column("venues", sa.Column("message", sa.Text()))
    for table, checks in CHECKS.items():
        for name, condition in checks.items():
            op.create_check_constraint(name, table, condition)


def downgrade() -> None:
    for table, checks in CHECKS.items():
        for name in checks:
            op.drop_constraint(name, table)
    op.drop_column("venues", "message")
    op.drop_column("venues", "queue_privacy")
    op.drop_table("idempotency_keys")
    op.execute(audit.redact(audit.SECRETS))
    op.execute("DROP TRIGGER venues_open_stream ON venues")
    op.execute("DROP TRIGGER customer_profiles_open_state ON customer_profiles")
    op.drop_table("venue_streams")
    op.execute("DROP FUNCTION open_venue_stream(), open_state()")
    op.drop_column("state", "last_request_number")
    for column in reversed(_request_columns()):
        op.drop_column("requests", column.name)


def _request_columns() -> list[sa.Column[Any]]:
    customer = sa.ForeignKey("customer_profiles.customer_profiles_id", ondelete="CASCADE", onupdate="CASCADE")
    return [
        sa.Column("customer_profiles_id", sa.Uuid(), customer),
        sa.Column("request_number", sa.Integer()),
        sa.Column("singer_name", sa.Text(), nullable=False, server_default=""),
        sa.Column("status", sa.Text(), nullable=False, server_default="pending"),
        sa.Column("reject_reason", sa.Text()),
        sa.Column("processed_via", sa.Text()),
        sa.Column("seen_at", INSTANT),
        sa.Column("device_id", sa.Text()),
        sa.Column("song_fingerprint", sa.Text(), nullable=False, server_default=""),
        sa.Column("duplicate_allowed", sa.Boolean(), nullable=False, server_default=sa.false()),
    ]


def _widen_requests() -> None:
    for column in _request_columns():
        op.add_column("requests", column)
    op.execute(NUMBER_REQUESTS)
    for name in ("customer_profiles_id", "request_number"):
        op.alter_column("requests", name, nullable=False)
    op.create_unique_constraint(
        "requests_customer_profiles_id_request_number_key", "requests", ["customer_profiles_id", "request_number"]
    )
    op.create_index(
        "requests_one_pending_per_device",
        "requests",
        ["venues_id", "device_id", "song_fingerprint"],
        unique=True,
        postgresql_where="status = 'pending' AND NOT duplicate_allowed AND device_id IS NOT NULL",
    )
    op.create_index("requests_pending", "requests", ["venues_id", "requests_id"], postgresql_where="status = 'pending'")
    op.create_index("requests_by_device", "requests", ["device_id", sa.text("requested_at DESC")])


def _widen_state() -> None:
    op.add_column("state", sa.Column("last_request_number", sa.Integer(), nullable=False, server_default="0"))
    for statement in (FILL_STATE, MEND_SERIAL, CONTINUE_NUMBERS, OPEN_STATE):
        op.execute(statement)
    op.execute(
        "CREATE TRIGGER customer_profiles_open_state AFTER INSERT ON customer_profiles "
        "FOR EACH ROW EXECUTE FUNCTION open_state()"
    )


def _open_venue_streams() -> None:
    op.create_table(
        "venue_streams",
        sa.Column(
            "venues_id",
            sa.Uuid(),
            sa.ForeignKey("venues.venues_id", ondelete="CASCADE", onupdate="CASCADE"),
            primary_key=True,
        ),
        sa.Column("epoch", sa.Text(), nullable=False, server_default=sa.text("encode(gen_random_bytes(6), 'hex')")),
        sa.Column("version", sa.BigInteger(), nullable=False, server_default="0"),
    )
    op.execute("INSERT INTO venue_streams (venues_id) SELECT venues_id FROM venues")
    op.execute(OPEN_VENUE_STREAM)
    op.execute(
        "CREATE TRIGGER venues_open_stream AFTER INSERT ON venues FOR EACH ROW EXECUTE FUNCTION open_venue_stream()"
    )


def _remember_repeated_calls() -> None:
    """An answer may hold a tracking token, so the log gets none."""
    op.execute(audit.redact((*audit.SECRETS, "answer")))
    op.create_table(
        "idempotency_keys",
        sa.Column("scope", sa.Text(), primary_key=True),
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False, server_default=NOW),
    )
    op.create_index("idx_idempotency_keys_created_at", "idempotency_keys", ["created_at"])
    triggers.track("idempotency_keys")
