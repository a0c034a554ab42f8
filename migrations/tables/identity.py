"""Users, their sign-ins, and what roles let them do."""

from __future__ import annotations

import sqlalchemy as sa

from migrations.tables.columns import big, created, flag, instant, json, key, link, metadata, stamps, text

sa.Table(
    "users",
    metadata,
    key("users_id"),
    text("email", unique=True),
    text("password_hash", null=True),
    text("password_algo", null=True),
    text("name", null=True),
    text("display_name", null=True),
    text("phone_number", null=True),
    text("image_url", null=True),
    flag("is_email_verified", default=False),
    instant("last_login_at"),
    *stamps(),
    instant("disabled_at"),
)

sa.Table(
    "roles",
    metadata,
    key("roles_id"),
    text("slug", unique=True),
    text("description", null=True),
    flag("is_system", default=False),
    *stamps(),
)

sa.Table(
    "permissions",
    metadata,
    key("permissions_id"),
    text("slug", unique=True),
    text("description", null=True),
    *stamps(),
)

sa.Table(
    "role_permissions",
    metadata,
    key("role_permissions_id"),
    link("roles_id", "roles.roles_id"),
    link("permissions_id", "permissions.permissions_id"),
    created(),
    sa.UniqueConstraint("roles_id", "permissions_id", name="ux_role_permissions_role_permission"),
)

sa.Table(
    "user_roles",
    metadata,
    key("user_roles_id"),
    link("users_id", "users.users_id"),
    link("roles_id", "roles.roles_id"),
    created(),
    sa.UniqueConstraint("users_id", "roles_id", name="ux_user_roles_user_role"),
)

sa.Table(
    "accounts",
    metadata,
    key("accounts_id"),
    link("users_id", "users.users_id"),
    text("provider"),
    text("provider_account_id"),
    text("type"),
    text("refresh_token", null=True),
    text("access_token", null=True),
    big("expires_at", null=True),
    text("token_type", null=True),
    text("scope", null=True),
    text("id_token", null=True),
    text("session_state", null=True),
    *stamps(),
    sa.UniqueConstraint("provider", "provider_account_id"),
)

sa.Table(
    "sessions",
    metadata,
    key("sessions_id"),
    link("users_id", "users.users_id"),
    text("session_token", unique=True),
    instant("expires_at", null=False),
    *stamps(),
)

sa.Table(
    "verification_tokens",
    metadata,
    text("identifier", primary_key=True),
    text("token", primary_key=True),
    instant("expires_at", null=False),
    *stamps(),
    sa.Index("idx_verification_tokens_expires", "expires_at"),
    sa.Index("idx_verification_tokens_token", "token", unique=True),
)

sa.Table(
    "customer_profiles",
    metadata,
    key("customer_profiles_id"),
    link("users_id", "users.users_id", unique=True),
    text("legal_business_name", null=True),
    text("dba_name", null=True),
    text("stripe_customer_id", null=True),
    text("contact_email", null=True),
    text("contact_phone", null=True),
    text("timezone", null=True, default="UTC"),
    json("billing_address", null=True, default=None),
    json("metadata", null=True),
    *stamps(),
    instant("suspended_at"),
)

sa.Table(
    "singer_profiles",
    metadata,
    key("singer_profiles_id"),
    link("users_id", "users.users_id", unique=True),
    text("nickname", null=True),
    text("avatar_url", null=True),
    json("preferences", null=True),
    *stamps(),
)
