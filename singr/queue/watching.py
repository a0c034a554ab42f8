"""Ways into the live stream that need to know requests: tickets, and following one request."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from msgspec import Meta, Struct

from singr.core.errors import NotFound
from singr.http.call import Call
from singr.queue import admission, live, tracking
from singr.realtime import tickets
from singr.realtime.messages import View
from singr.realtime.sse import stream
from singr.realtime.state import Viewer, holder_of
from singr.realtime.tickets import Ticket


class TicketIn(Struct, rename="camel", forbid_unknown_fields=True):
    """`venue` is its urlName or its id. Singers may add a tracking token: that request counts as their own, whatever
    device they hold."""

    venue: Annotated[str, Meta(min_length=1, max_length=100)]
    view: View
    tracking_token: Annotated[str, Meta(min_length=1, max_length=100)] | None = None


class TicketOut(Struct, rename="camel"):
    """`expiresIn` is in seconds; the ticket works once."""

    ticket: str
    expires_in: int


async def issue_ticket(call: Call, *, body: TicketIn) -> TicketOut:
    """A ticket for `hello` on the WebSocket. The view host needs requests:read at that venue's organization."""
    venue = await live.find(call.kit, body.venue)
    if venue is None:
        raise NotFound("no such venue")
    own = []
    if body.tracking_token:
        own.append(f"request:{tracking.request_id(call.kit.settings, body.tracking_token)}")
    viewer = await admission.viewer(call, venue.id, body.view, *own)
    ticket = Ticket(venue.id, viewer.view, viewer.owners, call.actor.expires_at, holder_of(call.actor))
    return TicketOut(await tickets.issue(call.kit.redis, ticket), tickets.LIFETIME_S)


async def follow(call: Call, request: web.Request, tracking_token: str) -> web.StreamResponse:
    """The venue's stream as the singer of this request sees it (server-sent events)."""
    row = await tracking.find(call.kit.db, call.kit.settings, tracking_token)
    viewer = Viewer("singer", frozenset({f"request:{row.id}"}))
    to = await tracking.ADDRESSEE(call.kit.db, request_id=row.id)
    return await stream(call, request, row.venue_id, viewer, venue=to.url_name)
