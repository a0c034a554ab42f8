"""The venue's screen, and the QR code that leads phones to the singer page."""

from __future__ import annotations

from aiohttp import web

from singr.http import kept
from singr.http.call import Call
from singr.infra.cache import Keep
from singr.venues import venues
from singr.web import address
from singr.web.markup import fill, template
from singr.web.page import dress, respond_with
from singr.web.words import labels, language_of, of_page, say

DRESS = dress("screen", script="screen/screen.js")
BODY = template("screen")
QR_KEPT = Keep(fresh_s=600, stale_s=3600)
QR_HEADERS = {
    "Content-Type": "image/svg+xml",
    "Cache-Control": "private, max-age=60, stale-while-revalidate=600",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'",
}


async def show(call: Call, request: web.Request, url_name: str) -> web.Response:
    """What a venue puts on its TV: the code to scan, and the queue as far as its privacy setting allows."""
    venue = await venues.row_by_url_name(call.kit.db, url_name)
    url = address.singer_url(call.kit.settings, request, venue.url_name)
    is_open = venue.accepting_requests
    link = url.partition("://")[2]
    link_host, slash, link_path = link.partition("/")
    words = of_page("screen", language_of(request))
    body = fill(
        BODY,
        **labels(words)
        | {
            "url_name": venue.url_name,
            "venue_id": str(venue.id),
            "name": venue.name,
            "accepting": str(is_open).lower(),
            "state": say(words, "open" if is_open else "closed_short"),
            "message": venue.message or "",
            "waiting_now": say(words, "queue", n=venue.waiting) if venue.waiting else say(words, "queue_empty"),
            "qr": address.qr(url),
            "link": link,
            "link_host": link_host,
            "link_path": f"{slash}{link_path}",
        },
    )
    title = say(words, "page_title", venue=venue.name)
    return respond_with(request, DRESS, title=title, body=body, theme="dark", words=words)


async def qr(call: Call, request: web.Request, url_name: str) -> web.Response:
    """The venue's QR code as SVG: the address of its singer page, as this caller can reach it."""
    url = address.singer_url(call.kit.settings, request, url_name)

    async def draw() -> bytes:
        await venues.row_by_url_name(call.kit.db, url_name)
        return address.qr(url).encode()

    drawn = await call.kit.cache.get(f"qr:{url}", (kept.VENUES,), draw, QR_KEPT)
    etag = f'"{kept.digest(url)}"'
    headers = QR_HEADERS | {"Link": f'<{url}>; rel="about"', "ETag": etag}
    if request.headers.get("If-None-Match") == etag:
        return web.Response(status=304, headers=headers)
    return web.Response(body=drawn, headers=headers)
