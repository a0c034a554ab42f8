"""What programs leave at each poll, and what their operator is to be told."""

from __future__ import annotations

import sqlalchemy as sa

from migrations.tables.columns import CUSTOMER, created, instant, link, metadata, numbered, text

sa.Table(
    "openkj_presence",
    metadata,
    link("customer_profiles_id", CUSTOMER, primary_key=True),
    instant("collected_at", null=False),
    sa.Column("every_s", sa.Double(), nullable=False, server_default="30"),
)

sa.Table(
    "api_key_uses",
    metadata,
    link("api_keys_id", "api_keys.api_keys_id", primary_key=True),
    instant("used_at", null=False),
)

sa.Table(
    "openkj_alerts",
    metadata,
    numbered("openkj_alerts_id"),
    link("customer_profiles_id", CUSTOMER),
    text("kind"),
    text("title"),
    text("message"),
    created(),
    instant("expires_at", null=False),
    sa.Index("idx_openkj_alerts_customer_expires", "customer_profiles_id", "expires_at"),
)
