"""The pages' rows of the route table."""

from __future__ import annotations

from singr.core.permissions import Permission
from singr.http.guard import PUBLIC, holds
from singr.http.route import MANAGING, Route
from singr.infra.limits import Rate
from singr.queue.routes import SUBMITTING
from singr.web import assets, kiosk, plain, screen, signing_in, singer, snapshot
from singr.web.kiosk import KioskLink
from singr.web.sorry import TO_SIGN_IN, TO_START

# Whoever has no script makes a call for each search.
READING = Rate(120, per_s=60, by="device")
OPENING = Rate(600, per_s=60, by="address")
SIGNING_IN = Rate(20, per_s=3600, by="address")

ROUTES = (
    Route("GET", "/", plain.welcome, may=PUBLIC, rate=OPENING, raw=True, quiet=True, tells=TO_START),
    Route("GET", "/docs", plain.docs, may=PUBLIC, rate=OPENING, raw=True, quiet=True, tells=TO_START),
    Route("GET", "/host", plain.host, may=PUBLIC, rate=OPENING, raw=True, tells=TO_START),
    Route("GET", "/account", plain.account, may=PUBLIC, rate=OPENING, raw=True, tells=TO_START),
    Route("GET", "/v1/auth/oauth/{provider}/start", signing_in.start,
          may=PUBLIC, rate=SIGNING_IN, gives="text/html", raw=True, tells=TO_SIGN_IN),
    Route("GET", "/v1/auth/oauth/{provider}/callback", signing_in.callback,
          may=PUBLIC, rate=SIGNING_IN, gives="text/html", raw=True, tells=TO_SIGN_IN),
    Route("POST", "/v1/auth/oauth/{provider}/callback", signing_in.callback_by_form,
          may=PUBLIC, rate=SIGNING_IN, gives="text/html", raw=True, tells=TO_SIGN_IN),
    Route("GET", "/v/{url_name}", singer.show, may=PUBLIC, rate=READING, raw=True, tells=TO_START),
    Route("POST", "/v/{url_name}", singer.ask, may=PUBLIC, rate=SUBMITTING, raw=True, tells=TO_START),
    Route("POST", "/v/{url_name}/withdraw", singer.withdraw,
          may=PUBLIC, rate=Rate(60, per_s=60, by="device"), raw=True, tells=TO_START),
    Route("GET", "/v/{url_name}/screen", screen.show, may=PUBLIC, rate=OPENING, raw=True, tells=TO_START),
    Route("GET", "/v/{url_name}/kiosk/{token}", kiosk.show, may=PUBLIC, rate=OPENING, raw=True, tells=TO_START),
    Route("GET", "/v1/customer/venues/{venue_id}/kiosk", kiosk.show_link,
          may=holds(Permission.VENUES_WRITE), rate=MANAGING, returns=KioskLink),
    Route("POST", "/v1/customer/venues/{venue_id}/kiosk", kiosk.make_link,
          may=holds(Permission.VENUES_WRITE), rate=MANAGING, returns=KioskLink, status=201, replay=True),
    Route("DELETE", "/v1/customer/venues/{venue_id}/kiosk", kiosk.revoke_link,
          may=holds(Permission.VENUES_WRITE), rate=MANAGING, status=204),
    Route("GET", "/v1/public/venues/{url_name}/qr.svg", screen.qr, may=PUBLIC, rate=READING, raw=True),
    Route("GET", "/v1/live/venues/{url_name}/snapshot", snapshot.show,
          may=PUBLIC, rate=READING, raw=True, quiet=True, live=True),
    Route("GET", "/static/{name}", assets.serve, may=PUBLIC, rate=assets.FETCHING, raw=True, quiet=True),
)  # fmt: skip
