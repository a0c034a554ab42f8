"""How the product looks, for the platform and for customers with an app of their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.baseline.columns import choice, flag, instant, json, key, link, stamps, text

TABLES = ("branding_profiles", "branded_apps", "branded_app_api_keys")


def create() -> None:
    _profiles()
    _apps()


def _profiles() -> None:
    op.create_table(
        "branding_profiles",
        key("branding_profiles_id"),
        choice("owner_type", "branding_owner_type", None),
        sa.Column("owner_id", sa.Uuid()),
        text("name"),
        text("logo_url", null=True),
        json("color_palette"),
        flag("powered_by_singr", default=True),
        text("domain", null=True),
        text("app_bundle_id", null=True),
        text("app_package_name", null=True),
        choice("status", "branding_status", "active"),
        json("metadata", null=True),
        *stamps(),
        # The platform owns its profile with a NULL owner_id: without this it could be inserted twice.
        sa.UniqueConstraint("owner_type", "owner_id", "name", postgresql_nulls_not_distinct=True),
    )


def _apps() -> None:
    op.create_table(
        "branded_apps",
        key("branded_apps_id"),
        link("customer_profiles_id", "customer_profiles.customer_profiles_id"),
        link("branding_profiles_id", "branding_profiles.branding_profiles_id", gone="RESTRICT"),
        text("name"),
        text("platform"),
        text("bundle_identifier", null=True),
        choice("status", "branding_status", "active"),
        json("config"),
        json("rate_limit_override", null=True, default=None),
        *stamps(),
    )
    op.create_table(
        "branded_app_api_keys",
        key("branded_app_api_keys_id"),
        link("branded_apps_id", "branded_apps.branded_apps_id"),
        text("api_key_hash"),
        text("description", null=True),
        instant("last_used_at"),
        choice("status", "branding_status", "active"),
        *stamps(),
        sa.UniqueConstraint("branded_apps_id", "api_key_hash"),
    )
