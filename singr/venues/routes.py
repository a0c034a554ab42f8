"""Venues' rows of the route table."""

from __future__ import annotations

from singr.core.errors import NotConfirmed
from singr.core.paging import Page
from singr.core.permissions import Permission
from singr.http.guard import PUBLIC, holds
from singr.http.route import MANAGING, Cache, Route
from singr.infra.limits import Rate
from singr.realtime.attendance import Watching
from singr.venues import editing, finding, venues
from singr.venues.editing import NameTaken, TooManyVenues
from singr.venues.finding import NearbySearch, NearbyVenue, VenueCard, VenueSearch
from singr.venues.rules import NamedRules
from singr.venues.shapes import Confirm, NewVenue, PublicVenue, Venue, VenuePatch

ROUTES = (
    Route("GET", "/v1/public/venues", finding.list_public,
          may=PUBLIC, rate=Rate(60, per_s=60, by="device"),
          query=VenueSearch, returns=Page[VenueCard], cache=Cache(stale_s=10)),
    Route("GET", "/v1/public/venues/nearby", finding.list_nearby,
          may=PUBLIC, rate=Rate(60, per_s=60, by="device"),
          query=NearbySearch, returns=Page[NearbyVenue], cache=Cache(stale_s=10)),
    Route("GET", "/v1/public/venues/{url_name}", venues.show_public,
          may=PUBLIC, rate=Rate(60, per_s=60, by="device"), returns=PublicVenue, cache=Cache(stale_s=10)),
    Route("GET", "/v1/customer/venues", venues.list_own,
          may=holds(Permission.VENUES_READ), rate=MANAGING, query=venues.VenueList, returns=Page[Venue]),
    Route("GET", "/v1/customer/venues/{venue_id}", venues.show,
          may=holds(Permission.VENUES_READ), rate=MANAGING, returns=Venue),
    Route("GET", "/v1/customer/venues/{venue_id}/watching", venues.count_watchers,
          may=holds(Permission.VENUES_READ), rate=MANAGING, returns=Watching),
    Route("GET", "/v1/customer/house-rules", venues.list_presets,
          may=holds(Permission.VENUES_READ), rate=MANAGING, returns=list[NamedRules]),
    Route("POST", "/v1/customer/venues", editing.create,
          may=holds(Permission.VENUES_WRITE), rate=MANAGING,
          body=NewVenue, returns=Venue, status=201, replay=True, raises=(NameTaken, TooManyVenues)),
    Route("PATCH", "/v1/customer/venues/{venue_id}", editing.change,
          may=holds(Permission.VENUES_WRITE), rate=MANAGING,
          body=VenuePatch, returns=Venue, raises=(NameTaken,)),
    Route("PUT", "/v1/customer/venues/{venue_id}", editing.replace,
          may=holds(Permission.VENUES_WRITE), rate=MANAGING,
          body=VenuePatch, returns=Venue, raises=(NameTaken,)),
    Route("DELETE", "/v1/customer/venues/{venue_id}", editing.remove,
          may=holds(Permission.VENUES_DELETE), rate=MANAGING,
          query=Confirm, status=204, raises=(NotConfirmed,)),
)  # fmt: skip
