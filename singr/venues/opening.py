"""Opening and closing a venue for requests, and what its guests are told and shown."""

from __future__ import annotations

from uuid import UUID

from msgspec import UNSET

from singr.core.text import clean
from singr.http.call import Call
from singr.infra.sql import maybe
from singr.realtime import hints
from singr.venues import venues
from singr.venues.shapes import ChangedVenue, LiveVenue, Venue, VenueOp, VenuePatch

SET = maybe("venue_set_open", ChangedVenue)


async def set_accepting(call: Call, tenant: UUID, venue_id: UUID, *, accepting: bool, system: int | None) -> None:
    """Open or close a venue as asked; `system` becomes the catalogue its guests search. Asking twice is fine."""
    await _set(call, tenant, venue_id, accepting=accepting, system=system)


async def change(call: Call, venue_id: UUID, *, body: VenuePatch) -> Venue:
    """Change what is given: open or closed, the guests' view of the queue, the message on pages and screen."""
    await _set(
        call,
        call.tenant,
        venue_id,
        accepting=None if body.accepting_requests is UNSET else body.accepting_requests,
        privacy=None if body.queue_privacy is UNSET else body.queue_privacy,
        message=None if body.message is UNSET else clean(body.message),
    )
    return await venues.show(call, venue_id)


async def _set(
    call: Call,
    tenant: UUID,
    venue_id: UUID,
    *,
    accepting: bool | None,
    system: int | None = None,
    privacy: str | None = None,
    message: str | None = None,
) -> None:
    changed = await SET(
        call.kit.db,
        **call.audit,
        tenant=tenant,
        venue_id=venue_id,
        accepting=accepting,
        system=system,
        privacy=privacy,
        message=message,
    )
    if changed is None:
        await venues.row(call.kit.db, tenant, venue_id)
        return
    venue = LiveVenue(changed.url_name, changed.name, changed.accepting_requests, changed.message)
    # A new privacy setting changes how every request looks, so rooms read everything again.
    ops = None if privacy else [VenueOp(venue)]
    hints.tell(call.kit, venue_id, changed.epoch, changed.version, ops)
