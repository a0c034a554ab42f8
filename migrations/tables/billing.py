"""What Stripe tells us about customers, and the keys customers hold."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from migrations.tables.columns import (
    CUSTOMER,
    NOW,
    big,
    choice,
    created,
    enum,
    flag,
    instant,
    json,
    key,
    link,
    metadata,
    stamps,
    text,
)

API_KEY_STATUS = enum("api_key_status", "active", "revoked", "expired", "suspended")

sa.Table(
    "customers",
    metadata,
    sa.Column("customers_id", sa.Uuid(), primary_key=True),
    text("stripe_customer_id"),
    link("customer_profiles_id", CUSTOMER),
    text("email", null=True),
    text("name", null=True),
    text("phone", null=True),
    text("description", null=True),
    json("metadata"),
    json("invoice_settings"),
    json("shipping"),
    text("tax_exempt", null=True),
    json("tax_ids", default="[]"),
    flag("livemode", default=False),
    *stamps(),
)

sa.Table(
    "stripe_checkout_sessions",
    metadata,
    text("stripe_checkout_sessions_id", primary_key=True),
    link("customers_id", "customers.customers_id"),
    text("payment_status"),
    text("mode"),
    big("amount_total", null=True),
    text("currency"),
    text("url", null=True),
    json("metadata"),
    instant("completed_at"),
    instant("expires_at"),
    created(),
)

sa.Table(
    "products",
    metadata,
    text("products_id", primary_key=True),
    text("name", null=True),
    text("description", null=True),
    flag("active", default=True),
    json("metadata"),
    sa.Column("images", postgresql.ARRAY(sa.Text()), nullable=False, server_default="{}"),
    flag("livemode", default=False),
    *stamps(),
)

sa.Table(
    "prices",
    metadata,
    text("prices_id", primary_key=True),
    link("product_id", "products.products_id"),
    flag("active", default=True),
    sa.Column("currency", sa.CHAR(3), nullable=False),
    text("type"),
    json("recurring", null=True, default=None),
    big("unit_amount", null=True),
    json("metadata"),
    flag("livemode", default=False),
    *stamps(),
    sa.Index("idx_prices_product", "product_id"),
    sa.Index("idx_prices_active", "active"),
)

sa.Table(
    "subscriptions",
    metadata,
    text("subscriptions_id", primary_key=True),
    link("customer_profiles_id", CUSTOMER),
    text("status"),
    instant("current_period_start", null=False),
    instant("current_period_end", null=False),
    flag("cancel_at_period_end", default=False),
    instant("cancel_at"),
    instant("canceled_at"),
    json("metadata"),
    flag("livemode", default=False),
    *stamps(),
    sa.Index("idx_subscriptions_customer_profile", "customer_profiles_id"),
    sa.Index("idx_subscriptions_status", "status"),
)

sa.Table(
    "stripe_webhook_events",
    metadata,
    sa.Column("stripe_webhook_events_id", sa.Integer(), primary_key=True),
    text("event_id", unique=True),
    text("event_type"),
    json("payload", default=None),
    flag("processed", default=False),
    instant("processed_at"),
    instant("received_at", null=False, default=NOW),
    flag("livemode", default=False),
    text("error_message", null=True),
    text("request_id", null=True),
    text("endpoint_secret", null=True),
)

sa.Table(
    "api_keys",
    metadata,
    key("api_keys_id"),
    link("customer_profiles_id", CUSTOMER),
    link("customers_id", "customers.customers_id", null=True, gone="SET NULL"),
    link("created_by_users_id", "users.users_id", null=True, gone="SET NULL"),
    text("description", null=True),
    text("api_key_hash"),
    choice("status", API_KEY_STATUS, "active"),
    instant("revoked_at"),
    json("metadata", null=True),
    *stamps(),
    text("prefix", null=True),
    instant("expires_at"),
    sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False, server_default="{requests,songs}"),
    sa.UniqueConstraint("api_key_hash"),
    sa.Index("idx_api_keys_customer_profile", "customer_profiles_id"),
    sa.Index("idx_api_keys_customer", "customers_id"),
)
