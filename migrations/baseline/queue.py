"""What singers ask for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.baseline.columns import NOW, flag, instant, link, stamps, text, whole

TABLES = ("requests",)


def create() -> None:
    op.create_table(
        "requests",
        sa.Column("requests_id", sa.BigInteger(), primary_key=True),
        link("venues_id", "venues.venues_id"),
        link("singer_profiles_id", "singer_profiles.singer_profiles_id", null=True, gone="SET NULL"),
        link("submitted_by_users_id", "users.users_id", null=True, gone="SET NULL"),
        text("artist"),
        text("title"),
        whole("key_change", default="0"),
        text("notes", null=True),
        flag("processed", default=False),
        instant("requested_at", null=False, default=NOW),
        instant("processed_at"),
        *stamps(),
    )
    op.create_index("idx_requests_venue_processed", "requests", ["venues_id", "processed"])
