"""Analytics' rows of the route table."""

from __future__ import annotations

from singr.analytics import nights
from singr.analytics.shapes import DailyStats, HourList, NightList, PeakHour, SongOfNights, TopSinger, VenueStats
from singr.core.errors import NotFound
from singr.core.paging import Page
from singr.core.permissions import Permission
from singr.http.guard import holds
from singr.http.route import MANAGING, Route

ROUTES = (
    Route("GET", "/v1/customer/analytics/daily-stats", nights.daily_stats,
          may=holds(Permission.REQUESTS_READ), rate=MANAGING, raises=(NotFound,), gives="text/csv",
          query=NightList, returns=Page[DailyStats]),
    Route("GET", "/v1/customer/analytics/top-songs", nights.top_songs,
          may=holds(Permission.REQUESTS_READ), rate=MANAGING, raises=(NotFound,), gives="text/csv",
          query=NightList, returns=Page[SongOfNights]),
    Route("GET", "/v1/customer/analytics/singers", nights.singers,
          may=holds(Permission.REQUESTS_READ), rate=MANAGING, raises=(NotFound,), gives="text/csv",
          query=NightList, returns=Page[TopSinger]),
    Route("GET", "/v1/customer/analytics/peak-hours", nights.peak_hours,
          may=holds(Permission.REQUESTS_READ), rate=MANAGING, raises=(NotFound,), gives="text/csv",
          query=HourList, returns=list[PeakHour]),
    Route("GET", "/v1/customer/analytics/venues", nights.venues,
          may=holds(Permission.REQUESTS_READ), rate=MANAGING, raises=(NotFound,), gives="text/csv",
          query=NightList, returns=Page[VenueStats]),
)  # fmt: skip
