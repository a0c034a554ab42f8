"""Opening and closing a venue for requests."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from singr.http.call import Call
from singr.venues import editing


async def set_accepting(call: Call, tenant: UUID, venue_id: UUID, *, accepting: bool, system: int | None) -> None:
    """Open or close a venue as asked; `system` becomes the catalogue its guests search. Asking twice is fine."""
    given: dict[str, Any] = {"accepting_requests": accepting}
    if system is not None:
        given["current_system_id"] = system
    await editing.put(call, tenant, venue_id, given)
