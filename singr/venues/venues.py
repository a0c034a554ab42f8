"""Reading venues: a tenant's own, and the public page of one."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from msgspec import Struct

from singr.core import paging
from singr.core.errors import NotFound
from singr.core.paging import Limit, Page
from singr.http.call import Call
from singr.infra.sql import Runs, many, maybe
from singr.venues.shapes import PublicVenue, Stats, Venue, VenueRow

Shape = TypeVar("Shape", Venue, PublicVenue)

OF_TENANT = many("venues_of_tenant", VenueRow)
BY_ID = maybe("venue_by_id", VenueRow)
BY_URL_NAME = maybe("venue_by_url_name", VenueRow)


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
    found = await BY_URL_NAME(on, url_name=url_name)
    if found is None:
        raise NotFound("no such venue")
    return found


async def list_own(call: Call, *, query: VenueList) -> Page[Venue]:
    """The organization's venues, in the order OpenKJ numbers them."""
    after = paging.position(query.cursor, tuple[paging.Id])
    rows = await OF_TENANT(call.kit.db, tenant=call.tenant, after=after[0] if after else 0, max_rows=query.limit + 1)
    found = paging.page(rows, query.limit, lambda r: (r.openkj_venue_id,))
    return Page([_shown(r, Venue) for r in found.items], found.next_cursor)


async def show(call: Call, venue_id: UUID) -> Venue:
    """One of the organization's venues."""
    return _shown(await row(call.kit.db, call.tenant, venue_id), Venue)


async def show_public(call: Call, url_name: str) -> PublicVenue:
    """A venue's public page data."""
    return public(await row_by_url_name(call.kit.db, url_name))


def public(found: VenueRow) -> PublicVenue:
    """What anybody may know of it."""
    return _shown(found, PublicVenue)


def _shown(found: VenueRow, shape: type[Shape]) -> Shape:
    given = {name: getattr(found, name) for name in shape.__struct_fields__ if name != "stats"}
    return shape(**given, stats=Stats(found.waiting))
