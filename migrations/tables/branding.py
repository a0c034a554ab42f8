"""How the product looks, for the platform and for customers with an app of their own."""

from __future__ import annotations

import sqlalchemy as sa

from migrations.tables.columns import CUSTOMER, choice, enum, flag, instant, json, key, link, metadata, stamps, text

OWNER_TYPE = enum("branding_owner_type", "platform", "customer")
STATUS = enum("branding_status", "active", "suspended", "revoked")

sa.Table(
    "branding_profiles",
    metadata,
    key("branding_profiles_id"),
    choice("owner_type", OWNER_TYPE),
    sa.Column("owner_id", sa.Uuid()),
    text("name"),
    text("logo_url", null=True),
    json("color_palette"),
    flag("powered_by_singr", default=True),
    text("domain", null=True),
    text("app_bundle_id", null=True),
    text("app_package_name", null=True),
    choice("status", STATUS, "active"),
    json("metadata", null=True),
    *stamps(),
    # The platform owns its profile with a NULL owner_id: without this it could be inserted twice.
    sa.UniqueConstraint("owner_type", "owner_id", "name", postgresql_nulls_not_distinct=True),
)

sa.Table(
    "branded_apps",
    metadata,
    key("branded_apps_id"),
    link("customer_profiles_id", CUSTOMER),
    link("branding_profiles_id", "branding_profiles.branding_profiles_id", gone="RESTRICT"),
    text("name"),
    text("platform"),
    text("bundle_identifier", null=True),
    choice("status", STATUS, "active"),
    json("config"),
    json("rate_limit_override", null=True, default=None),
    *stamps(),
)

sa.Table(
    "branded_app_api_keys",
    metadata,
    key("branded_app_api_keys_id"),
    link("branded_apps_id", "branded_apps.branded_apps_id"),
    text("api_key_hash"),
    text("description", null=True),
    instant("last_used_at"),
    choice("status", STATUS, "active"),
    *stamps(),
    sa.UniqueConstraint("branded_apps_id", "api_key_hash"),
)
