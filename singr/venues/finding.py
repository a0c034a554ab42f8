"""Finding a place to sing: by name and town, or by what is near."""

from __future__ import annotations

import re
from typing import Annotated, Any

from msgspec import Meta, Struct

from singr.core import paging
from singr.core.paging import Limit, Page
from singr.http import kept
from singr.http.call import Call
from singr.infra.sql import many
from singr.venues.shapes import Latitude, Longitude

Text = Annotated[str, Meta(min_length=1, max_length=200)]
# PostgreSQL takes no NUL in a text.
Position = Annotated[str, Meta(pattern="^[^\\x00]*$", max_length=1_000)]

_WILD = re.compile(r"([\\%_])")


class VenueCard(Struct, rename="camel"):
    """A venue in a list."""

    url_name: str
    name: str
    address: str
    city: str
    state: str
    postal_code: str
    country: str | None
    latitude: float | None
    longitude: float | None
    accepting_requests: bool


class NearbyVenue(VenueCard):
    distance_meters: int


class VenueSearch(Struct, rename="camel"):
    """`q` stands anywhere in the name; city and state are whole, in any case."""

    q: Text | None = None
    city: Text | None = None
    state: Text | None = None
    accepting: bool | None = None
    limit: Limit = 20
    cursor: str | None = None


class NearbySearch(Struct, rename="camel"):
    """`radius` is in kilometres."""

    lat: Latitude
    lon: Longitude
    radius: Annotated[float, Meta(ge=0.1, le=200)] = 50
    accepting: bool | None = None
    limit: Limit = 20


LISTED = many("venues_listed", VenueCard)
IN_CITY = many("venues_in_city", VenueCard)
IN_STATE = many("venues_in_state", VenueCard)
NAMED = many("venues_named", VenueCard)
NEARBY = many("venues_nearby", NearbyVenue)
NEARBY_ACCEPTING = many("venues_nearby_accepting", NearbyVenue)


async def list_public(call: Call, *, query: VenueSearch) -> Page[VenueCard]:
    """Venues in the order of their names."""
    if query.cursor:
        return await _listed(call, query)
    page: Page[VenueCard] = await kept.answer(
        call, f"venues:{kept.digest(query)}", kept.VENUES, make=lambda: _listed(call, query)
    )
    return page


async def list_nearby(call: Call, *, query: NearbySearch) -> Page[NearbyVenue]:
    """Venues around a place, the nearest first; `distanceMeters` as the crow flies."""
    given: dict[str, Any] = {"lat": query.lat, "lon": query.lon, "radius_m": query.radius * 1000}
    given["max_rows"] = query.limit
    # Not kept: hardly two phones stand in the same place, and the index answers as quickly as the cache does.
    if query.accepting:
        return Page(await NEARBY_ACCEPTING(call.kit.db, **given))
    return Page(await NEARBY(call.kit.db, **given, accepting=query.accepting))


async def _listed(call: Call, query: VenueSearch) -> Page[VenueCard]:
    name, url_name = paging.position(query.cursor, tuple[Position, Position]) or ("", "")
    given: dict[str, Any] = {"name": name, "url_name": url_name, "accepting": query.accepting}
    given["max_rows"] = query.limit + 1
    # Each question has an index of its own; one statement for all of them would read every venue.
    if query.q:
        pattern = "%" + _WILD.sub(r"\\\1", query.q) + "%"
        rows = await NAMED(call.kit.db, **given, pattern=pattern, city=query.city, state=query.state)
    elif query.city:
        rows = await IN_CITY(call.kit.db, **given, city=query.city, state=query.state)
    elif query.state:
        rows = await IN_STATE(call.kit.db, **given, state=query.state)
    else:
        rows = await LISTED(call.kit.db, **given)
    return paging.page(rows, query.limit, lambda venue: (venue.name, venue.url_name))
