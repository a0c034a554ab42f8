"""Server-sent events: the same messages with the same guarantee, for screens, hostile proxies and curl.

`event:` is the message's type, `data:` the message, `id:` the position from which `Last-Event-ID` resumes. The body
ends with the connection and has no chunks, so that HTTP/1.0 proxies pass it on as it comes.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable
from typing import Annotated, TypeVar
from uuid import UUID

from aiohttp import hdrs, web
from msgspec import Meta, Struct

from singr.core.errors import NotFound, UpstreamUnavailable
from singr.http import decode
from singr.http.call import Call
from singr.realtime.entrance import admit, check_open
from singr.realtime.frame import Form
from singr.realtime.hub import HUB, Hub
from singr.realtime.messages import View
from singr.realtime.state import DISPLAY, Position, Viewer, holder_of
from singr.realtime.takeover import take_over
from singr.realtime.watcher import Watcher

T = TypeVar("T")

HEAD = (
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\nX-Accel-Buffering: no\r\n"
    "Access-Control-Allow-Origin: *\r\nConnection: close\r\nX-Request-Id: {request_id}\r\n\r\nretry: {retry_ms}\n\n"
)


class Watching(Struct, rename="camel"):
    """`lastEventId` is for clients that start a new EventSource and so cannot send the header."""

    view: View = "display"
    last_event_id: Annotated[str, Meta(max_length=100)] = ""


async def watch(call: Call, request: web.Request, url_name: str) -> web.StreamResponse:
    """Watch a venue by server-sent events. The view display is public, host and singer as for a ticket."""
    watching = decode.query(request, Watching)
    hub = request.app[HUB]
    venue_id = await _bounded(hub, hub.names.find(url_name))
    if venue_id is None:
        raise NotFound("no such venue")
    viewer, expires_at = DISPLAY, 0
    if watching.view != "display":
        viewer, expires_at = await hub.source.admit(call, venue_id, watching.view), call.actor.expires_at
    return await stream(call, request, venue_id, viewer, venue=url_name, expires_at=expires_at)


async def stream(
    call: Call, request: web.Request, venue_id: UUID, viewer: Viewer, *, venue: str = "", expires_at: float = 0
) -> web.StreamResponse:
    """Show `venue_id` to `viewer` for as long as the client stays, or until `expires_at` (Unix seconds, 0: never).

    Raises NotFound, RateLimited, and UpstreamUnavailable when the database does not answer.
    """
    hub = request.app[HUB]
    admit(call, hub)
    since = _position(request.headers.get("Last-Event-ID") or request.query.get("lastEventId", ""))
    room = await _bounded(hub, hub.rooms.enter(venue_id, since))
    check_open(hub)
    if request.method == hdrs.METH_HEAD:
        return web.Response(content_type="text/event-stream", headers={"Cache-Control": "no-store"})
    retry_ms = 500 + round(1000 * random.uniform(0, hub.tempo.retry_max_s))  # noqa: S311
    head = HEAD.format(request_id=call.request_id, retry_ms=retry_ms)
    watcher = Watcher(hub, Form.EVENTS, head.encode())
    response = take_over(request, watcher, status=200)
    if response.succeeded:
        holder = holder_of(call.actor) if expires_at else None
        hub.sit(watcher, room, viewer, venue=venue, expires_at=expires_at, holder=holder, since=since)
    return response


async def _bounded(hub: Hub, answer: Awaitable[T]) -> T:
    try:
        async with asyncio.timeout(hub.tempo.answer_s):
            return await answer
    except TimeoutError as exc:
        raise UpstreamUnavailable("the venue cannot be read", retry_after_s=2) from exc


def _position(event_id: str) -> Position | None:
    """The position in an event id; None when it is not one of ours."""
    epoch, _, version = event_id.partition(":")
    return Position(epoch, int(version)) if version.isascii() and version.isdecimal() and len(version) < 19 else None
