"""The people of a customer, and what each may do there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.baseline.columns import choice, created, instant, key, link, stamps, text

TABLES = ("organization_users", "organization_user_permissions")


def create() -> None:
    op.create_table(
        "organization_users",
        key("organization_users_id"),
        link("customer_profiles_id", "customer_profiles.customer_profiles_id"),
        link("users_id", "users.users_id"),
        link("invited_by_user_id", "users.users_id", null=True, gone="SET NULL"),
        link("role_id", "roles.roles_id", null=True, gone="SET NULL"),
        choice("status", "organization_user_status", "invited"),
        text("invitation_token", null=True),
        instant("invitation_expires_at"),
        instant("last_accessed_at"),
        *stamps(),
        sa.UniqueConstraint("customer_profiles_id", "users_id"),
    )
    op.create_table(
        "organization_user_permissions",
        key("organization_user_permissions_id"),
        link("organization_users_id", "organization_users.organization_users_id"),
        link("permissions_id", "permissions.permissions_id"),
        created(),
        sa.UniqueConstraint("organization_users_id", "permissions_id", name="ux_org_user_permissions"),
    )
