"""The people of a customer, and what each may do there."""

from __future__ import annotations

import sqlalchemy as sa

from migrations.tables.columns import CUSTOMER, choice, created, enum, instant, key, link, metadata, stamps, text

STATUS = enum("organization_user_status", "invited", "active", "suspended", "revoked")

sa.Table(
    "organization_users",
    metadata,
    key("organization_users_id"),
    link("customer_profiles_id", CUSTOMER),
    link("users_id", "users.users_id"),
    link("invited_by_user_id", "users.users_id", null=True, gone="SET NULL"),
    link("role_id", "roles.roles_id", null=True, gone="SET NULL"),
    choice("status", STATUS, "invited"),
    text("invitation_token", null=True),
    instant("invitation_expires_at"),
    instant("last_accessed_at"),
    *stamps(),
    sa.UniqueConstraint("customer_profiles_id", "users_id"),
)

sa.Table(
    "organization_user_permissions",
    metadata,
    key("organization_user_permissions_id"),
    link("organization_users_id", "organization_users.organization_users_id"),
    link("permissions_id", "permissions.permissions_id"),
    created(),
    sa.UniqueConstraint("organization_users_id", "permissions_id", name="ux_org_user_permissions"),
)
