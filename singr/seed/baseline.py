"""Roles, permissions, the platform's branding and an administrator who cannot sign in yet. Idempotent."""

from __future__ import annotations

from singr.core.actor import SYSTEM
from singr.infra.postgres import Database
from singr.infra.sql import none, value
from singr.rbac import roles

BRANDING = none("seed_platform_branding")
USER = value("seed_user", object)
USER_ROLE = none("seed_user_role")

ADMIN_EMAIL = "admin@singrkaraoke.com"
PALETTE = {"primary": "#6366F1", "secondary": "#8B5CF6", "accent": "#EC4899"}


async def seed_baseline(db: Database) -> None:
    """Write what every installation needs; running it again changes nothing."""
    async with db.transaction(SYSTEM) as tx:
        await roles.seed(tx)
        await BRANDING(tx, name="Singr Default", palette=PALETTE)
        admin = await USER(tx, email=ADMIN_EMAIL, name="Administrator", password_hash=None)
        await USER_ROLE(tx, user_id=admin, role="admin")
