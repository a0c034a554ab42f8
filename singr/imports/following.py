"""An import's progress as server-sent events: one whenever it has moved, until it has finished, or whoever follows it
may no longer."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

import msgspec
from aiohttp import hdrs, web

from singr.core.errors import NotFound
from singr.http.call import Call
from singr.imports.imports import find, shown
from singr.imports.shapes import ImportRow
from singr.realtime.entrance import check_open
from singr.realtime.hub import HUB, Hub
from singr.realtime.state import holder_of

LOOK_EVERY_S = 0.5
QUIET_LOOKS_MAX = 30
# EventSource connects again by itself.
FOLLOW_S = 600
UNFINISHED = frozenset({"uploading", "queued", "running"})


async def follow(call: Call, request: web.Request, import_id: int) -> web.StreamResponse:
    """Follow an import (server-sent events): each event is the import as it stands; the last one tells its end."""
    check_open(request.app[HUB])
    row = await find(call, import_id)
    headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    headers["X-Request-Id"] = call.request_id
    if request.method == hdrs.METH_HEAD:
        return web.Response(headers=headers)
    response = web.StreamResponse(headers=headers)
    await response.prepare(request)
    # Its system may be removed meanwhile, and takes it along.
    with suppress(ConnectionError, TimeoutError, NotFound):
        async with asyncio.timeout(FOLLOW_S):
            await _tell(call, request, response, row)
    return response


async def _tell(call: Call, request: web.Request, response: web.StreamResponse, row: ImportRow) -> None:
    told, quiet = b"", 0
    while True:
        event = b"event: import\ndata: " + msgspec.json.encode(shown(row)) + b"\n\n"
        if event != told:
            await response.write(event)
            told, quiet = event, 0
        elif (quiet := quiet + 1) == QUIET_LOOKS_MAX:
            await response.write(b": still here\n\n")
            quiet = 0
        if row.status not in UNFINISHED:
            return
        await asyncio.sleep(LOOK_EVERY_S)
        if not _goes_on(call, request.app[HUB]):
            return
        row = await find(call, row.id)


def _goes_on(call: Call, hub: Hub) -> bool:
    """Whether this process and the caller's sign-in both do, with what the caller may do unchanged."""
    holder = holder_of(call.actor)
    return not hub.draining and call.actor.expires_at > time.time() and (holder is None or hub.goes_on(holder))
