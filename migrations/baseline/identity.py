"""Users, their sign-ins, and what roles let them do."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.baseline.columns import big, created, flag, instant, json, key, link, stamps, text

TABLES = (
    "users",
    "roles",
    "permissions",
    "role_permissions",
    "user_roles",
    "accounts",
    "sessions",
    "verification_tokens",
    "customer_profiles",
    "singer_profiles",
)


def create() -> None:
    _users()
    _access()
    _sign_ins()
    _profiles()


def _users() -> None:
    op.create_table(
        "users",
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
    )


def _access() -> None:
    op.create_table(
        "roles",
        key("roles_id"),
        text("slug", unique=True),
        text("description", null=True),
        flag("is_system", default=False),
        *stamps(),
    )
    op.create_table(
        "permissions",
        key("permissions_id"),
        text("slug", unique=True),
        text("description", null=True),
        *stamps(),
    )
    op.create_table(
        "role_permissions",
        key("role_permissions_id"),
        link("roles_id", "roles.roles_id"),
        link("permissions_id", "permissions.permissions_id"),
        created(),
        sa.UniqueConstraint("roles_id", "permissions_id", name="ux_role_permissions_role_permission"),
    )
    op.create_table(
        "user_roles",
        key("user_roles_id"),
        link("users_id", "users.users_id"),
        link("roles_id", "roles.roles_id"),
        created(),
        sa.UniqueConstraint("users_id", "roles_id", name="ux_user_roles_user_role"),
    )


def _sign_ins() -> None:
    op.create_table(
        "accounts",
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
    op.create_table(
        "sessions",
        key("sessions_id"),
        link("users_id", "users.users_id"),
        text("session_token", unique=True),
        instant("expires_at", null=False),
        *stamps(),
    )
    op.create_table(
        "verification_tokens",
        text("identifier", primary_key=True),
        text("token", primary_key=True),
        instant("expires_at", null=False),
        *stamps(),
    )
    op.create_index("idx_verification_tokens_expires", "verification_tokens", ["expires_at"])


def _profiles() -> None:
    op.create_table(
        "customer_profiles",
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
    )
    op.create_table(
        "singer_profiles",
        key("singer_profiles_id"),
        link("users_id", "users.users_id", unique=True),
        text("nickname", null=True),
        text("avatar_url", null=True),
        json("preferences", null=True),
        *stamps(),
    )
