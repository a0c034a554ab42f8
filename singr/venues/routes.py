"""Venues' rows of the route table."""

from __future__ import annotations

from singr.core.paging import Page
from singr.core.permissions import Permission
from singr.http.guard import PUBLIC, holds
from singr.http.route import Cache, Route
from singr.infra.limits import Rate
from singr.venues import opening, venues
from singr.venues.shapes import PublicVenue, Venue, VenuePatch

ROUTES = (
    Route("GET", "/v1/public/venues/{url_name}", venues.show_public,
          may=PUBLIC, rate=Rate(60, per_s=60, by="device"), returns=PublicVenue, cache=Cache()),
    Route("GET", "/v1/customer/venues", venues.list_own,
          may=holds(Permission.VENUES_READ), rate=Rate(100, per_s=60), query=venues.VenueList, returns=Page[Venue]),
    Route("GET", "/v1/customer/venues/{venue_id}", venues.show,
          may=holds(Permission.VENUES_READ), rate=Rate(100, per_s=60), returns=Venue),
    Route("PATCH", "/v1/customer/venues/{venue_id}", opening.change,
          may=holds(Permission.VENUES_WRITE), rate=Rate(100, per_s=60), body=VenuePatch, returns=Venue),
)  # fmt: skip
