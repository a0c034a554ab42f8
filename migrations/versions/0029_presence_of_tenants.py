"""When OpenKJ last collected is kept once for a tenant: a poll names no venue, and some have hundreds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"

INSTANT = postgresql.TIMESTAMP(timezone=True, precision=6)


def upgrade() -> None:
    op.execute("LOCK TABLE venues, openkj_presence IN ACCESS EXCLUSIVE MODE")
    op.execute(
        "CREATE TEMPORARY TABLE kept ON COMMIT DROP AS"
        " SELECT customer_profiles_id, max(collected_at) AS collected_at, min(every_s) AS every_s"
        " FROM openkj_presence JOIN venues USING (venues_id) GROUP BY customer_profiles_id"
    )
    _keyed_by("customer_profiles_id", "customer_profiles")


def downgrade() -> None:
    op.execute("LOCK TABLE venues, openkj_presence IN ACCESS EXCLUSIVE MODE")
    op.execute(
        "CREATE TEMPORARY TABLE kept ON COMMIT DROP AS"
        " SELECT venues_id, collected_at, every_s FROM openkj_presence JOIN venues USING (customer_profiles_id)"
    )
    _keyed_by("venues_id", "venues")


def _keyed_by(column: str, table: str) -> None:
    op.drop_table("openkj_presence")
    op.create_table(
        "openkj_presence",
        sa.Column(
            column,
            sa.Uuid(),
            sa.ForeignKey(f"{table}.{column}", ondelete="CASCADE", onupdate="CASCADE"),
            primary_key=True,
        ),
        sa.Column("collected_at", INSTANT, nullable=False),
        sa.Column("every_s", sa.Double(), nullable=False, server_default="30"),
    )
    op.execute("INSERT INTO openkj_presence SELECT * FROM kept")
    op.execute("DROP TABLE kept")
