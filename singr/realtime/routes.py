"""The live part's rows of the route table. Tickets and following one request need to know requests: see `queue`."""

from __future__ import annotations

from singr.http.guard import PUBLIC
from singr.http.route import Route
from singr.realtime import sse, websocket
from singr.realtime.entrance import CONNECTING

ROUTES = (
    Route(
        "GET", "/v1/live", websocket.connect, may=PUBLIC, rate=CONNECTING, status=101, raw=True, quiet=True, live=True
    ),
    Route(
        "GET",
        "/v1/live/venues/{url_name}/events",
        sse.watch,
        may=PUBLIC,
        rate=CONNECTING,
        query=sse.Watching,
        raw=True,
        quiet=True,
        live=True,
    ),
)
