"""Making, changing and removing venues. The serial moves when OpenKJ would see it, the version when watchers would."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg

from singr.core.errors import Conflict, FieldError, NotConfirmed, NotFound, ValidationFailed
from singr.http import kept
from singr.http.call import Call
from singr.infra.sql import maybe, value
from singr.realtime import hints
from singr.venues import forms, slugs, venues
from singr.venues.live_shapes import ChangedVenue, StreamEnd, VenueOp
from singr.venues.shapes import Confirm, NewVenue, TakenAlong, Venue, VenueId, VenuePatch

ADDED = maybe("venue_added", VenueId)
CHANGED = maybe("venue_changed", ChangedVenue)
TAKES_ALONG = maybe("venue_takes_along", TakenAlong)
REMOVED = maybe("venue_removed", StreamEnd)
COUNTED = value("venues_counted", int)
HAS_SYSTEM = value("venue_may_sing_from", bool)

# Of two that take the same free name at once, one tries the next.
NAMING_TRIES = 5
VENUES_MAX = 1_000
# Years of requests go with their venue.
REMOVAL_TIMEOUT_S = 120


class NameTaken(Conflict):
    title = "A venue of this urlName is there already"


class TooManyVenues(Conflict):
    title = "You have as many venues as an organization can have"


async def create(call: Call, *, body: NewVenue) -> Venue:
    """Make a venue. OpenKJ's number is the organization's next from 1001; none is ever used again."""
    given = forms.columns(body)
    if await COUNTED(call.kit.db, tenant=call.tenant) >= VENUES_MAX:
        raise TooManyVenues(f"at most {VENUES_MAX}: remove one first")
    url_names = [body.url_name] if body.url_name else slugs.candidates(body.name)
    made = await _add(call, url_names, given, tries=1 if body.url_name else NAMING_TRIES)
    call.kit.cache.forget(kept.VENUES)
    return await venues.show(call, made)


async def change(call: Call, venue_id: UUID, *, body: VenuePatch) -> Venue:
    """Change what is given of a venue; guests, hosts and OpenKJ see it at once."""
    given = forms.columns(body)
    await put(call, call.tenant, venue_id, given)
    return await venues.show(call, venue_id)


async def replace(call: Call, venue_id: UUID, *, body: VenuePatch) -> Venue:
    """The same as PATCH, for clients that know only PUT."""
    return await change(call, venue_id, body=body)


async def put(call: Call, tenant: UUID, venue_id: UUID, given: dict[str, Any]) -> None:
    """Set columns of a venue and tell its watchers; raises NameTaken, ValidationFailed for a system that
    is not there, and NotFound for other tenants' venues."""
    try:
        changed = await CHANGED(call.kit.db, **call.audit, tenant=tenant, venue_id=venue_id, given=given)
    except asyncpg.UniqueViolationError as exc:
        raise NameTaken from exc
    call.kit.cache.forget(kept.VENUES, kept.venue(venue_id))
    if changed is None:
        await venues.row(call.kit.db, tenant, venue_id)
        await _check_system(call, tenant, given)
        return
    venue = venues.watched(changed)
    # A new privacy setting changes how every request looks, another rotation asks who sang tonight: rooms read again.
    ops = None if given.keys() & {"queue_privacy", "rotation"} else [VenueOp(venue)]
    hints.tell(call.kit, venue_id, changed.epoch, changed.version, ops)


async def remove(call: Call, venue_id: UUID, *, query: Confirm) -> None:
    """Delete a venue with its requests. Without `?confirm` a conflict says what would go along."""
    if not query.given:
        along = await TAKES_ALONG(call.kit.db, tenant=call.tenant, venue_id=venue_id)
        if along is None:
            raise NotFound("no such venue")
        raise NotConfirmed(_warning(along))
    async with call.kit.db.transaction(call.actor, timeout_s=REMOVAL_TIMEOUT_S) as tx:
        ended = await REMOVED(tx, **call.audit, tenant=call.tenant, venue_id=venue_id)
    if ended is None:
        raise NotFound("no such venue")
    call.kit.cache.forget(kept.VENUES)
    hints.tell(call.kit, venue_id, ended.epoch, ended.version + 1, None)


async def _add(call: Call, url_names: list[str], given: dict[str, Any], *, tries: int) -> UUID:
    try:
        made = await ADDED(call.kit.db, **call.audit, tenant=call.tenant, url_names=url_names, given=given)
    except asyncpg.UniqueViolationError as exc:
        if tries > 1:
            return await _add(call, url_names, given, tries=tries - 1)
        raise NameTaken from exc
    if made is None:
        await _check_system(call, call.tenant, given)
        raise NotFound("no such organization, or one without a system")
    return made.id


async def _check_system(call: Call, tenant: UUID, given: dict[str, Any]) -> None:
    number = given.get("current_system_id")
    if number is not None and not await HAS_SYSTEM(call.kit.db, tenant=tenant, number=number):
        raise ValidationFailed(errors=(FieldError("currentSystemId", "no such system"),))


def _warning(along: TakenAlong) -> str:
    return (
        f"{along.name} would take along {along.waiting} waiting and {along.settled} earlier requests, "
        f"{along.history} lines of singers' histories and {along.favourites} favourites; add ?confirm to delete it"
    )
