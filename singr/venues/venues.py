"""Reading venues: a tenant's own, and the public page of one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from msgspec import Struct

from singr.core import clock, paging
from singr.core.errors import NotFound
from singr.core.paging import Limit, Page
from singr.http import kept
from singr.http.call import Call
from singr.infra.cache import Keep
from singr.infra.sql import Runs, each, many, maybe
from singr.realtime import attendance
from singr.realtime.attendance import Watching
from singr.venues import rules
from singr.venues.live_shapes import RotatingVenue
from singr.venues.rules import NamedRules
from singr.venues.shapes import OwnStats, PublicVenue, Stats, Today, Venue, VenueRow

# One row by its name. When OpenKJ polled last is not worth an announcement each time.
POLLED = Keep(fresh_s=1, stale_s=0, alone=True)

OF_TENANT = many("venues_of_tenant", VenueRow)
TODAY = many("venues_today", Today)
BY_ID = maybe("venue_by_id", VenueRow)
BY_URL_NAME = each("venue_by_url_name", VenueRow)


class VenueList(Struct, rename="camel"):
    limit: Limit = 20
    cursor: str | None = None


async def row(on: Runs, tenant: UUID, venue_id: UUID) -> VenueRow:
    """One venue of the tenant; raises NotFound, also for other tenants' venues."""
    found = await BY_ID(on, tenant=tenant, venue_id=venue_id)
    if found is None:
        raise NotFound("no such venue")
    return found


async def row_by_url_name(on: Runs, url_name: str) -> VenueRow:
    """The venue with this public name; raises NotFound."""
    found = await BY_URL_NAME(on, url_name)
    if found is None:
        raise NotFound("no such venue")
    return found


async def list_own(call: Call, *, query: VenueList) -> Page[Venue]:
    """The organization's venues, in the order OpenKJ numbers them."""
    after = paging.position(query.cursor, tuple[paging.Id])
    rows = await OF_TENANT(call.kit.db, tenant=call.tenant, after=after[0] if after else 0, max_rows=query.limit + 1)
    found = paging.page(rows, query.limit, lambda r: (r.openkj_venue_id,))
    return Page(await _own(call, found.items), found.next_cursor)


async def show(call: Call, venue_id: UUID) -> Venue:
    """One of the organization's venues."""
    (venue,) = await _own(call, [await row(call.kit.db, call.tenant, venue_id)])
    return venue


async def count_watchers(call: Call, venue_id: UUID) -> Watching:
    """How many phones and screens watch one of the organization's venues now."""
    await row(call.kit.db, call.tenant, venue_id)
    return await attendance.of(call.kit.redis, venue_id)


async def list_presets(_call: Call) -> list[NamedRules]:
    """House rules to choose from, in the words guests read."""
    return rules.presets()


async def show_public(call: Call, url_name: str) -> PublicVenue:
    """A venue's public page data."""
    known = call.kit.cache.noted.get(url_name)

    async def make() -> PublicVenue:
        found = await row_by_url_name(call.kit.db, url_name)
        call.kit.cache.note(url_name, str(found.id))
        return public(found)

    if not known:  # which venue's changes would make the answer untrue?
        return await make()
    answer: PublicVenue = await kept.answer(call, f"page:{known}:{url_name}", kept.venue(known), make=make, keep=POLLED)
    return answer


def public(found: VenueRow) -> PublicVenue:
    """What anybody may know of it."""
    shared = _shared(found, PublicVenue)
    in_words = rules.words(shared["rules"], found.queue_privacy, clock.zone(found.time_zone))
    return PublicVenue(**shared, rules_in_words=in_words, stats=Stats(found.waiting))


def watched(row: Struct) -> RotatingVenue:
    """The venue as its room knows it, from a row that has its columns."""
    return RotatingVenue(**_shared(row, RotatingVenue))


async def _own(call: Call, rows: Sequence[VenueRow]) -> list[Venue]:
    """The organization's venues with the counts of tonight."""
    counted = await TODAY(call.kit.db, tenant=call.tenant, venue_ids=[r.id for r in rows]) if rows else []
    today = {counts.venue_id: counts for counts in counted}
    return [Venue(**_shared(r, Venue), stats=_stats(r, today.get(r.id) or Today(r.id))) for r in rows]


def _stats(found: VenueRow, today: Today) -> OwnStats:
    return OwnStats(found.waiting, today.requests, today.processed, today.rejected, today.withdrawn, today.singers)


def _shared(found: Struct, shape: type[Struct]) -> dict[str, Any]:
    shared = {name: getattr(found, name) for name in _names(type(found), shape)}
    if "time_zone" in shared:
        shared["time_zone"] = clock.zone(shared["time_zone"]).key
    return shared | {"rules": rules.read(shared["rules"])}


@cache
def _names(row: type[Struct], shape: type[Struct]) -> list[str]:
    """The fields that the two have in common."""
    return [name for name in shape.__struct_fields__ if name in row.__struct_fields__]
