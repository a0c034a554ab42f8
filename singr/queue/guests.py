"""A guest's side: ask for a song, follow it, change it, take it back."""

from __future__ import annotations

from singr.core.errors import NotFound
from singr.http.call import Call
from singr.infra.sql import each
from singr.queue import edits, requests, tracking
from singr.queue.shapes import EditRequest, NewRequest, Receipt, Request, VenueKey

VENUE = each("venue_stream_by_url_name", VenueKey)


async def submit(call: Call, url_name: str, *, body: NewRequest) -> Receipt:
    """Ask for a song at a venue. The receipt's tracking token follows and withdraws the request."""
    venue = await VENUE(call.kit.db, url_name)
    if venue is None:
        raise NotFound("no such venue")
    return await requests.submit(call, venue.tenant, venue.id, body)


async def show(call: Call, tracking_token: str) -> Request:
    """How the request stands, and how many wait before it."""
    return tracking.shown(await tracking.find(call.kit.db, call.kit.settings, tracking_token))


async def edit(call: Call, tracking_token: str, *, body: EditRequest) -> Request:
    """Change the request while it waits. Another key or song gives it a new number, at its old place."""
    row = await tracking.find(call.kit.db, call.kit.settings, tracking_token)
    to = await tracking.ADDRESSEE(call.kit.db, request_id=row.id)
    return tracking.shown(await edits.edit(call, to.tenant, row.id, body))


async def withdraw(call: Call, tracking_token: str) -> None:
    """Take the request back while it waits. Doing so twice is fine; a request the KJ dealt with is a conflict."""
    row = await tracking.find(call.kit.db, call.kit.settings, tracking_token)
    await requests.withdraw(call, row.id)
