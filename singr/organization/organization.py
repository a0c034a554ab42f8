"""The organization itself: its name, and the time zone its venues go by."""

from __future__ import annotations

from singr.core import clock
from singr.core.errors import NotFound
from singr.http.call import Call
from singr.infra.sql import many, maybe
from singr.organization.shapes import ChangeOrganization, Moved, Organization
from singr.realtime import hints

SHOWN = maybe("organization_shown", Organization)
SET_ZONE = many("organization_zone_set", Moved)


async def show(call: Call) -> Organization:
    """The organization the caller works for."""
    found = await SHOWN(call.kit.db, tenant=call.tenant)
    if found is None:
        raise NotFound("no such organization")
    return found


async def change(call: Call, *, body: ChangeOrganization) -> Organization:
    """Set the time zone: the nights, rules and statistics of venues without one of their own go by it from now on."""
    clock.check_zone(body.time_zone, "timeZone")
    async with call.kit.db.transaction(call.actor) as tx:
        moved = await SET_ZONE(tx, tenant=call.tenant, time_zone=body.time_zone)
    for venue in moved:
        hints.tell(call.kit, venue.venue_id, venue.epoch, venue.version, None)
    return await show(call)
