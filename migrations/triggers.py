"""What every table gets: `updated_at` that moves by itself, and a line in the audit log for each change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

# Not audited: the log itself, bookkeeping of Alembic and PostGIS, and rows which say nothing of their own:
# - venue_streams and auth_epochs count changes that are audited where they happen,
# - openkj_presence and api_key_uses are the time of a poll,
# - venue_summaries and venue_night_* count requests, which are audited themselves,
# - outbox holds letters about changes until they are sent, call_replays answers about changes for a day,
# - song_words every word of every book,
# - an import's file and its songs in waiting end with it.
UNAUDITED = frozenset(
    {
        "alembic_version",
        "api_key_uses",
        "audit_logs",
        "auth_epochs",
        "call_replays",
        "openkj_presence",
        "outbox",
        "song_import_chunks",
        "song_import_songs",
        "song_words",
        "spatial_ref_sys",
        "venue_night_hours",
        "venue_night_singers",
        "venue_night_songs",
        "venue_streams",
        "venue_summaries",
    }
)

TRANSITIONS = {
    "INSERT": "NEW TABLE AS new_rows",
    "UPDATE": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "DELETE": "OLD TABLE AS old_rows",
}

MOST_KEY_COLUMNS = 2  # as many as record_audit() reads

KEY_COLUMNS = sa.text("""
    SELECT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)
    WHERE indrelid = CAST(:name AS regclass) AND indisprimary ORDER BY array_position(indkey, attnum)
""")

HAS_UPDATED_AT = sa.text("""
    SELECT count(*) FROM pg_attribute
    WHERE attrelid = CAST(:name AS regclass) AND attname = 'updated_at' AND NOT attisdropped
""")


def track(*tables: str) -> None:
    """Stamps and audits these tables, one line in the log per row changed."""
    for table in tables:
        stamp(table)
        audit(table)


def audit(table: str) -> None:
    """One line in the log per row changed."""
    key = list(op.get_bind().execute(KEY_COLUMNS, {"name": table}).scalars())
    if not 1 <= len(key) <= MOST_KEY_COLUMNS:
        raise ValueError(f"{table}: the audit log cannot name a row by {len(key)} key columns")
    _audit(table, "record_audit", key)


def track_turns(table: str, column: str) -> None:
    """Audits a table whose rows move every moment: an update leaves a line only where it changes `column`."""
    (key,) = op.get_bind().execute(KEY_COLUMNS, {"name": table}).scalars()
    _audit(table, "record_audit", [key], "INSERT", "DELETE")
    _audit(table, "record_audit_turns", [key, column], "UPDATE")


def untrack(table: str) -> None:
    """Ends the audit of a table that stays."""
    for operation in TRANSITIONS:
        op.execute(f"DROP TRIGGER {table}_audit_{operation.lower()} ON {table}")


def track_in_sum(table: str, *group_by: str) -> None:
    """Stamps and audits a table of copies: one line in the log per statement and group, with the number of rows."""
    stamp(table)
    _audit(table, "record_audit_sum", list(group_by))


def stamp(table: str) -> None:
    """Moves `updated_at` at each update, where the column exists."""
    if op.get_bind().execute(HAS_UPDATED_AT, {"name": table}).scalar_one():
        op.execute(
            f"CREATE TRIGGER {table}_set_updated_at BEFORE UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION set_updated_at()"
        )


def _audit(table: str, function: str, arguments: list[str], *operations: str) -> None:
    listed = ", ".join(f"'{argument}'" for argument in arguments)
    for operation in operations or TRANSITIONS:
        op.execute(
            f"CREATE OR REPLACE TRIGGER {table}_audit_{operation.lower()} AFTER {operation} ON {table} "
            f"REFERENCING {TRANSITIONS[operation]} FOR EACH STATEMENT EXECUTE FUNCTION {function}({listed})"
        )
