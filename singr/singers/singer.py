"""The singer who makes a call, and the place in a list where they read on."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from singr.core import paging
from singr.core.errors import FieldError, NotFound, ValidationFailed
from singr.core.instants import Instant
from singr.http.call import Call
from singr.infra.sql import maybe
from singr.queue import claims
from singr.queue.shapes import VenueKey
from singr.singers.shapes import Arrived, NamedVenue

ARRIVED = maybe("singer_arrived", Arrived)
VENUE = maybe("singer_venue", VenueKey)

LATEST = (datetime(9999, 1, 1, tzinfo=UTC), UUID(int=2**128 - 1))


async def arrive(call: Call) -> Arrived:
    """The caller as a singer. What their phone asked for before they signed in becomes theirs on the way."""
    found = await ARRIVED(call.kit.db, singer=call.singer, by_user=call.actor.user_id, device_id=call.device)
    if found is None:
        raise NotFound("your singer profile is gone")
    if found.has_claims:
        await claims.claim(call)
    return found


async def venue(call: Call, choice: NamedVenue) -> VenueKey:
    """The venue that is meant; raises ValidationFailed, NotFound."""
    if (choice.venue is None) == (choice.venue_id is None):
        raise ValidationFailed(errors=(FieldError("venue", "name one venue, by venue or by venueId"),))
    found = await VENUE(call.kit.db, url_name=choice.venue, venue_id=choice.venue_id)
    if found is None:
        raise NotFound("no such venue")
    return found


def before(cursor: str | None) -> tuple[datetime, UUID]:
    """Where a list continues that begins with the newest; raises ValidationFailed for a foreign cursor."""
    return paging.position(cursor, tuple[Instant, UUID]) or LATEST
