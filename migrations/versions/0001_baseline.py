"""The schema the product starts from: tables, enums, indexes, stamps and the audit log."""

from __future__ import annotations

from alembic import op

from migrations import triggers
from migrations.baseline import audit, billing, branding, catalogue, identity, organization, queue, singers

revision = "0001"
down_revision = None

DOMAINS = (identity, organization, billing, catalogue, queue, singers, branding, audit)

ENUMS = {
    "branding_owner_type": ("platform", "customer"),
    "branding_status": ("active", "suspended", "revoked"),
    "organization_user_status": ("invited", "active", "suspended", "revoked"),
    "api_key_status": ("active", "revoked", "expired", "suspended"),
}

SET_UPDATED_AT = """
CREATE FUNCTION set_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at = now();
  RETURN NEW;
END $$
"""


def upgrade() -> None:
    for extension in ("pgcrypto", "postgis"):
        op.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
    for name, values in ENUMS.items():
        op.execute(f"CREATE TYPE {name} AS ENUM ({', '.join(repr(value) for value in values)})")
    op.execute(SET_UPDATED_AT)
    for domain in DOMAINS:
        domain.create()
    tables = {table for domain in DOMAINS for table in domain.TABLES}
    triggers.track(*sorted(tables - {"audit_logs", "songdb"}))
    triggers.track_in_sum("songdb", "customer_profiles_id", "openkj_system_id")


def downgrade() -> None:
    """Extensions stay: they may have been there before, and other schemas may use them."""
    for domain in reversed(DOMAINS):
        for table in reversed(domain.TABLES):
            op.drop_table(table)
    audit.drop_functions()
    op.execute("DROP FUNCTION set_updated_at()")
    for name in ENUMS:
        op.execute(f"DROP TYPE {name}")
