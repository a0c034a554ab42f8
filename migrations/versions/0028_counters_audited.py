"""Counters and kept answers are audited again, as every table of the original schema is."""

from __future__ import annotations

from migrations import triggers

revision = "0028"
down_revision = "0027"

TABLES = ("idempotency_keys", "state")


def upgrade() -> None:
    for table in TABLES:
        triggers.audit(table)


def downgrade() -> None:
    for table in TABLES:
        triggers.untrack(table)
