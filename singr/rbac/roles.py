"""The system roles and permissions, written to the database as the code knows them."""

from __future__ import annotations

from singr.core.permissions import ROLES, Permission
from singr.infra.postgres import Transaction
from singr.infra.sql import none

PERMISSIONS = none("permissions_seed")
SYSTEM_ROLES = none("roles_seed")
GRANTS = none("role_permissions_seed")


async def seed(tx: Transaction) -> None:
    """Make system roles and permissions what they should be; roles that people made stay untouched."""
    await PERMISSIONS(tx, slugs=[str(p) for p in Permission])
    await SYSTEM_ROLES(tx, slugs=list(ROLES), descriptions=[text for text, _ in ROLES.values()])
    pairs = [(role, str(p)) for role, (_, granted) in ROLES.items() for p in sorted(granted)]
    await GRANTS(tx, roles=[role for role, _ in pairs], permissions=[slug for _, slug in pairs])
