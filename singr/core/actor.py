"""Who asks: the actor whom admission judges and the audit log names."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from msgspec import Struct

from singr.core.permissions import Permission


class Context(Struct, frozen=True):
    """What a signed-in person acts as; `id` is the customer profile, singer profile or user."""

    type: Literal["customer", "singer", "admin"]
    id: UUID


class Actor(Struct, frozen=True):
    """One caller. `expires_at` is the access token's end in Unix seconds, 0 where there is none."""

    kind: Literal["guest", "user", "key", "job", "system"]
    id: str
    user_id: UUID | None = None
    roles: frozenset[str] = frozenset()
    permissions: frozenset[Permission] = frozenset()
    context: Context | None = None
    token_id: str = ""
    session: str = ""
    epoch: int = 0
    expires_at: int = 0

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


SYSTEM = Actor(kind="system", id="singr")
