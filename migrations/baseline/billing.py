"""What Stripe tells us about customers, and the keys customers hold."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.baseline.columns import (
    NOW,
    big,
    choice,
    created,
    flag,
    instant,
    json,
    key,
    link,
    stamps,
    text,
)

TABLES = (
    "customers",
    "stripe_checkout_sessions",
    "products",
    "prices",
    "subscriptions",
    "stripe_webhook_events",
    "api_keys",
)


def create() -> None:
    _customers()
    _offers()
    _subscriptions()
    _webhook_events()
    _api_keys()


def _customers() -> None:
    op.create_table(
        "customers",
        sa.Column("customers_id", sa.Uuid(), primary_key=True),
        text("stripe_customer_id"),
        link("customer_profiles_id", "customer_profiles.customer_profiles_id"),
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
    op.create_table(
        "stripe_checkout_sessions",
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


def _offers() -> None:
    op.create_table(
        "products",
        text("products_id", primary_key=True),
        text("name", null=True),
        text("description", null=True),
        flag("active", default=True),
        json("metadata"),
        sa.Column("images", postgresql.ARRAY(sa.Text()), nullable=False, server_default="{}"),
        flag("livemode", default=False),
        *stamps(),
    )
    op.create_table(
        "prices",
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
    )
    op.create_index("idx_prices_product", "prices", ["product_id"])
    op.create_index("idx_prices_active", "prices", ["active"])


def _subscriptions() -> None:
    op.create_table(
        "subscriptions",
        text("subscriptions_id", primary_key=True),
        link("customer_profiles_id", "customer_profiles.customer_profiles_id"),
        text("status"),
        instant("current_period_start", null=False),
        instant("current_period_end", null=False),
        flag("cancel_at_period_end", default=False),
        instant("cancel_at"),
        instant("canceled_at"),
        json("metadata"),
        flag("livemode", default=False),
        *stamps(),
    )
    op.create_index("idx_subscriptions_customer_profile", "subscriptions", ["customer_profiles_id"])
    op.create_index("idx_subscriptions_status", "subscriptions", ["status"])


def _webhook_events() -> None:
    op.create_table(
        "stripe_webhook_events",
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


def _api_keys() -> None:
    op.create_table(
        "api_keys",
        key("api_keys_id"),
        link("customer_profiles_id", "customer_profiles.customer_profiles_id"),
        link("customers_id", "customers.customers_id", null=True, gone="SET NULL"),
        link("created_by_users_id", "users.users_id", null=True, gone="SET NULL"),
        text("description", null=True),
        text("api_key_hash"),
        instant("last_used_at"),
        choice("status", "api_key_status", "active"),
        instant("revoked_at"),
        json("metadata", null=True),
        *stamps(),
    )
    op.create_index("idx_api_keys_customer_profile", "api_keys", ["customer_profiles_id"])
    op.create_index("idx_api_keys_customer", "api_keys", ["customers_id"])
