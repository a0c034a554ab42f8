"""The singers' rows of the route table."""

from __future__ import annotations

from singr.core.errors import Conflict, KeyReused, NotFound
from singr.core.paging import Page
from singr.http.guard import SIGNED_IN, SINGER
from singr.http.route import Route
from singr.infra.limits import Rate
from singr.queue.rules import AlreadySettled, Blocked, DuplicateRequest, TooManyRequests, VenueClosed
from singr.queue.shapes import EditRequest, Receipt
from singr.singers import favorites, history, profile, requests
from singr.singers.favorites import FavoritesFull
from singr.singers.shapes import (
    FavoriteSong,
    FavoriteSongs,
    FavoriteVenue,
    FavoriteVenues,
    HistoryExport,
    HistoryQuery,
    NamedVenue,
    NewFavorite,
    NewProfile,
    OwnProfile,
    OwnRequest,
    OwnRequests,
    ProfilePatch,
    SingerRequest,
    Sung,
)

OWN = Rate(120, per_s=60)
EXPORTING = Rate(10, per_s=60)

ROUTES = (
    Route("GET", "/v1/singer/profile", profile.show,
          may=SINGER, rate=OWN, returns=OwnProfile, raises=(NotFound,)),
    # Whoever has no profile yet has no singer context either.
    Route("POST", "/v1/singer/profile", profile.add,
          may=SIGNED_IN, rate=OWN, body=NewProfile, returns=OwnProfile, status=201, replay=True, raises=(Conflict,)),
    Route("PUT", "/v1/singer/profile", profile.replace,
          may=SINGER, rate=OWN, body=NewProfile, returns=OwnProfile, raises=(NotFound,)),
    Route("PATCH", "/v1/singer/profile", profile.change,
          may=SINGER, rate=OWN, body=ProfilePatch, returns=OwnProfile, raises=(NotFound,)),
    Route("GET", "/v1/singer/requests", requests.list_own,
          may=SINGER, rate=OWN, query=OwnRequests, returns=Page[OwnRequest],
          raises=(NotFound,)),
    Route("POST", "/v1/singer/requests", requests.submit,
          may=SINGER, rate=Rate(10, per_s=300), body=SingerRequest, returns=Receipt, status=201,
          raises=(VenueClosed, DuplicateRequest, TooManyRequests, Blocked, KeyReused, NotFound)),
    Route("GET", "/v1/singer/requests/{request_id}", requests.show, may=SINGER, rate=OWN, returns=OwnRequest),
    Route("PATCH", "/v1/singer/requests/{request_id}", requests.edit,
          may=SINGER, rate=OWN, body=EditRequest, returns=OwnRequest,
          raises=(VenueClosed, AlreadySettled, DuplicateRequest, TooManyRequests, Blocked)),
    Route("DELETE", "/v1/singer/requests/{request_id}", requests.withdraw,
          may=SINGER, rate=OWN, status=204, raises=(AlreadySettled,)),
    Route("GET", "/v1/singer/history", history.list_sung,
          may=SINGER, rate=OWN, query=HistoryQuery, returns=Page[Sung],
          raises=(NotFound,)),
    Route("GET", "/v1/singer/history/export.csv", history.export_csv,
          may=SINGER, rate=EXPORTING, query=HistoryExport, gives="text/csv", raises=(NotFound,)),
    Route("GET", "/v1/singer/history/export.json", history.export_json,
          may=SINGER, rate=EXPORTING, query=HistoryExport, gives="application/json", raises=(NotFound,)),
    Route("GET", "/v1/singer/favorites/songs", favorites.list_songs,
          may=SINGER, rate=OWN, query=FavoriteSongs, returns=Page[FavoriteSong],
          raises=(NotFound,)),
    Route("POST", "/v1/singer/favorites/songs", favorites.keep_song,
          may=SINGER, rate=OWN, body=NewFavorite, returns=FavoriteSong, status=201, replay=True,
          raises=(FavoritesFull, NotFound)),
    Route("DELETE", "/v1/singer/favorites/songs/{favorite_id}", favorites.drop_song,
          may=SINGER, rate=OWN, status=204),
    Route("GET", "/v1/singer/favorites/venues", favorites.list_venues,
          may=SINGER, rate=OWN, query=FavoriteVenues, returns=Page[FavoriteVenue]),
    Route("POST", "/v1/singer/favorites/venues", favorites.keep_venue,
          may=SINGER, rate=OWN, body=NamedVenue, returns=FavoriteVenue, status=201, replay=True,
          raises=(NotFound,)),
    Route("DELETE", "/v1/singer/favorites/venues/{venue_id}", favorites.drop_venue,
          may=SINGER, rate=OWN, status=204),
)  # fmt: skip
