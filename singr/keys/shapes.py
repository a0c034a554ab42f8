"""API keys as the console sees them, and the rows they come from."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from singr.core.instants import Instant
from singr.core.paging import Limit

# `requests` collects and settles requests and opens venues, `songs` replaces song books. OpenKJ needs both.
Scope = Literal["requests", "songs"]
ALL_SCOPES: tuple[Scope, ...] = ("requests", "songs")
Description = Annotated[str, Meta(min_length=1, max_length=100)]


class KeyRow(Struct):
    """Columns of every `api_key_*` statement that shows keys."""

    id: UUID
    description: str | None
    prefix: str | None
    status: str
    scopes: list[str]
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None


class ApiKey(Struct, rename="camel"):
    """`prefix` is how the key begins. `key` is the whole of it, given once: when it is issued or rotated."""

    id: UUID
    description: str | None
    prefix: str | None
    status: str
    scopes: list[str]
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None
    key: str | UnsetType = UNSET


class NewKey(Struct, rename="camel", forbid_unknown_fields=True):
    """Without `scopes` a key for OpenKJ, without `expiresAt` one that lasts."""

    description: Description
    scopes: Annotated[tuple[Scope, ...], Meta(min_length=1, max_length=2)] = ALL_SCOPES
    expires_at: Instant | None = None


class KeyPatch(Struct, rename="camel", forbid_unknown_fields=True):
    """A suspended key is refused until it is active again."""

    status: Literal["active", "suspended"]


class KeyList(Struct, rename="camel"):
    limit: Limit = 20
    cursor: str | None = None
