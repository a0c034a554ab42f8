"""A singer's own requests, wherever they were sent."""

from __future__ import annotations

from singr.core import paging
from singr.core.errors import FieldError, NotFound, ValidationFailed
from singr.core.paging import Page
from singr.http.call import Call
from singr.infra.limits import Rate
from singr.infra.sql import many, maybe
from singr.queue import edits, requests, tracking
from singr.queue.rules import TooManyRequests
from singr.queue.shapes import EditRequest, NewRequest, Receipt
from singr.singers import singer
from singr.singers.shapes import OwnRequest, OwnRequests, OwnRow, SingerRequest

LISTED = many("singer_requests", OwnRow)
ONE = maybe("singer_request", OwnRow)

# All singers of a venue together.
PER_VENUE = Rate(30, per_s=300)
NEWEST = 2**63 - 1


async def submit(call: Call, *, body: SingerRequest) -> Receipt:
    """Ask for a song at a venue, under its house rules. With an Idempotency-Key it is taken once."""
    arrived = await singer.arrive(call)
    venue = await singer.venue(call, body)
    name = body.singer_name or arrived.nickname
    if not name:
        raise ValidationFailed(errors=(FieldError("singerName", "the KJ needs a name to call"),))
    verdict = await call.kit.limits.take(f"singers:{venue.id}", PER_VENUE)
    if not verdict.allowed:
        raise TooManyRequests("The venue gets many requests right now", retry_after_s=verdict.retry_after_s)
    asked = NewRequest(name, body.artist, body.title, body.key_change, body.notes, body.song_id, body.allow_duplicate)
    return await requests.submit(call, venue.tenant, venue.id, asked)


async def list_own(call: Call, *, query: OwnRequests) -> Page[OwnRequest]:
    """The caller's requests, the newest first, at one venue or at all."""
    await singer.arrive(call)
    before = paging.position(query.cursor, tuple[paging.Id])
    rows = await LISTED(
        call.kit.db,
        singer=call.singer,
        status=query.status,
        url_name=query.venue,
        before=before[0] if before else NEWEST,
        max_rows=query.limit + 1,
    )
    found = paging.page(rows, query.limit, lambda row: (row.id,))
    return Page([_shown(row) for row in found.items], found.next_cursor)


async def show(call: Call, request_id: int) -> OwnRequest:
    """How one of the caller's requests stands, and how many wait before it."""
    await singer.arrive(call)
    return _shown(await _own(call, request_id))


async def edit(call: Call, request_id: int, *, body: EditRequest) -> OwnRequest:
    """Change a request while it waits. Another key or song gives it a new number, at its old place."""
    await singer.arrive(call)
    row = await _own(call, request_id)
    await edits.edit(call, row.tenant, row.id, body)
    return _shown(await _own(call, request_id))


async def withdraw(call: Call, request_id: int) -> None:
    """Take a request back while it waits. Doing so twice is fine; a request the KJ dealt with is a conflict."""
    await singer.arrive(call)
    await requests.withdraw(call, (await _own(call, request_id)).id)


async def _own(call: Call, request_id: int) -> OwnRow:
    row = await ONE(call.kit.db, singer=call.singer, request_id=request_id)
    if row is None:
        raise NotFound("no such request of yours")
    return row


def _shown(row: OwnRow) -> OwnRequest:
    return OwnRequest(**tracking.fields(row))
