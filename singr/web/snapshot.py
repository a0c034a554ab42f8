"""The live state as a call that ends, for networks that hold streams back: what an event stream would begin with."""

from __future__ import annotations

import asyncio

from aiohttp import web

from singr.core.errors import NotFound, UpstreamUnavailable
from singr.http import decode
from singr.http.call import Call
from singr.realtime.frame import Form
from singr.realtime.hub import HUB
from singr.realtime.sse import Watching
from singr.realtime.state import DISPLAY


async def show(call: Call, request: web.Request, url_name: str) -> web.Response:
    """A venue's snapshot as one server-sent event; with `If-None-Match` 304 while nothing has changed."""
    view = decode.query(request, Watching).view
    hub = request.app[HUB]
    try:
        async with asyncio.timeout(hub.tempo.answer_s):
            venue_id = await hub.names.find(url_name)
            if venue_id is None:
                raise NotFound("no such venue")
            viewer = DISPLAY if view == "display" else await hub.source.admit(call, venue_id, view)
            room = await hub.rooms.enter(venue_id)
    except TimeoutError as exc:
        raise UpstreamUnavailable("the venue cannot be read", retry_after_s=2) from exc
    position = room.room.position
    etag = f'"{position.epoch}:{position.version}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache", "Content-Type": "text/event-stream"}
    if request.headers.get("If-None-Match") == etag:
        return web.Response(status=304, headers=headers)
    return web.Response(body=room.audience.snapshot(viewer).wire(Form.EVENTS), headers=headers)
