"""Songs' rows of the route table."""

from __future__ import annotations

from singr.core.errors import NotFound
from singr.core.paging import Page
from singr.core.permissions import Permission
from singr.http.guard import PUBLIC, holds
from singr.http.route import MANAGING, Cache, Route
from singr.infra.limits import Rate
from singr.songs import book, browsing, catalogue, syncs
from singr.songs.shapes import (
    ArtistQuery,
    Artists,
    Found,
    Listing,
    NewSong,
    OwnSearch,
    PublicSearch,
    SongQuery,
    Sync,
    SyncList,
    Top,
    TopSong,
)

BROWSING = Cache(stale_s=30)

ROUTES = (
    # Somebody who types asks at each letter.
    Route("GET", "/v1/public/venues/{url_name}/songs", book.of_venue,
          may=PUBLIC, rate=Rate(120, per_s=60, by="device"), query=SongQuery, returns=Found, cache=BROWSING),
    Route("GET", "/v1/public/songs/search", book.of_any,
          may=PUBLIC, rate=Rate(120, per_s=60, by="device"), query=PublicSearch, returns=Found, cache=BROWSING,
          raises=(NotFound,)),
    Route("GET", "/v1/public/venues/{url_name}/songs/new", browsing.list_new,
          may=PUBLIC, rate=Rate(60, per_s=60, by="device"), query=Listing, returns=Page[NewSong], cache=BROWSING),
    Route("GET", "/v1/public/venues/{url_name}/songs/top", browsing.list_top,
          may=PUBLIC, rate=Rate(60, per_s=60, by="device"), query=Top, returns=Page[TopSong],
          cache=Cache(max_age_s=60, stale_s=300)),
    Route("GET", "/v1/public/venues/{url_name}/artists", browsing.list_artists,
          may=PUBLIC, rate=Rate(120, per_s=60, by="device"), query=ArtistQuery, returns=Artists, cache=BROWSING),
    Route("GET", "/v1/customer/songdb", catalogue.list_own,
          may=holds(Permission.SONGDB_READ), rate=MANAGING, query=OwnSearch, returns=Found),
    Route("GET", "/v1/customer/systems/{system_id}/songs", catalogue.list_of_system,
          may=holds(Permission.SONGDB_READ), rate=MANAGING, query=SongQuery, returns=Found),
    Route("GET", "/v1/customer/systems/{system_id}/syncs", syncs.list_of_system,
          may=holds(Permission.SONGDB_READ), rate=MANAGING, query=SyncList, returns=Page[Sync]),
    Route("POST", "/v1/customer/song-syncs/{sync_id}/publish", syncs.publish,
          may=holds(Permission.SONGDB_WRITE), rate=MANAGING, returns=Sync, raises=(syncs.SyncClosed,)),
    Route("POST", "/v1/customer/song-syncs/{sync_id}/discard", syncs.discard,
          may=holds(Permission.SONGDB_WRITE), rate=MANAGING, returns=Sync, raises=(syncs.SyncClosed,)),
)  # fmt: skip
