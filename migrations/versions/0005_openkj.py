"""OpenKJ at the door: keys found by their hash, when a venue was last collected, what to tell its operator."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import triggers

revision = "0005"
down_revision = "0004"

INSTANT = postgresql.TIMESTAMP(timezone=True, precision=6)


def upgrade() -> None:
    op.add_column("api_keys", sa.Column("prefix", sa.Text()))
    op.add_column("api_keys", sa.Column("expires_at", INSTANT))
    op.create_unique_constraint("api_keys_api_key_hash_key", "api_keys", ["api_key_hash"])
    op.create_table(
        "openkj_presence",
        sa.Column(
            "venues_id",
            sa.Uuid(),
            sa.ForeignKey("venues.venues_id", ondelete="CASCADE", onupdate="CASCADE"),
            primary_key=True,
        ),
        sa.Column("collected_at", INSTANT, nullable=False),
    )
    _create_alerts()


def downgrade() -> None:
    op.drop_table("openkj_alerts")
    op.drop_table("openkj_presence")
    op.drop_constraint("api_keys_api_key_hash_key", "api_keys")
    op.drop_column("api_keys", "expires_at")
    op.drop_column("api_keys", "prefix")


def _create_alerts() -> None:
    op.create_table(
        "openkj_alerts",
        sa.Column("openkj_alerts_id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column(
            "customer_profiles_id",
            sa.Uuid(),
            sa.ForeignKey("customer_profiles.customer_profiles_id", ondelete="CASCADE", onupdate="CASCADE"),
            nullable=False,
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False, server_default=sa.text("now()")),
        sa.Column("expires_at", INSTANT, nullable=False),
    )
    op.create_index("idx_openkj_alerts_customer_expires", "openkj_alerts", ["customer_profiles_id", "expires_at"])
    triggers.track("openkj_alerts")
