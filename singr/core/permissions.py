"""Permission slugs and the system roles made of them (design: api.md, "Permission slugs and roles")."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What a member of an organization may do; the slug is what tokens and the database carry."""

    VENUES_READ = "venues:read"
    VENUES_WRITE = "venues:write"
    VENUES_DELETE = "venues:delete"
    SYSTEMS_READ = "systems:read"
    SYSTEMS_WRITE = "systems:write"
    API_KEYS_READ = "api_keys:read"
    API_KEYS_WRITE = "api_keys:write"
    API_KEYS_REVOKE = "api_keys:revoke"
    SONGDB_READ = "songdb:read"
    SONGDB_WRITE = "songdb:write"
    REQUESTS_READ = "requests:read"
    REQUESTS_PROCESS = "requests:process"
    ORGANIZATION_READ = "organization:read"
    ORGANIZATION_WRITE = "organization:write"
    BILLING_READ = "billing:read"
    BILLING_WRITE = "billing:write"
    BRANDING_READ = "branding:read"
    BRANDING_WRITE = "branding:write"


ALL = frozenset(Permission)
READS = frozenset(p for p in Permission if p.endswith(":read"))

ROLES: dict[str, tuple[str, frozenset[Permission]]] = {
    "admin": ("Runs the platform", ALL),
    "support_admin": ("Helps customers, changes nothing", READS),
    "customer_owner": ("Owns an organization", ALL),
    "customer_manager": (
        "Runs an organization's nights",
        ALL - {Permission.BILLING_WRITE, Permission.API_KEYS_REVOKE},
    ),
    "customer_staff": ("Works at the console", READS | {Permission.REQUESTS_PROCESS}),
    "singer": ("Sings", frozenset()),
}
