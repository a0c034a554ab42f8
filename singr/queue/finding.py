"""An organization's requests, waiting or settled, found by venue, singer, words, time, phone and account."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from singr.core import paging
from singr.core.errors import FieldError, NotFound, ValidationFailed
from singr.core.instants import Instant
from singr.core.paging import Page
from singr.core.pseudonyms import Pseudonyms
from singr.http.call import Call
from singr.infra.sql import many
from singr.queue import tracking
from singr.queue.admission import IS_VENUE
from singr.queue.host_shapes import HostRequest, RequestFilter, RequestList
from singr.queue.shapes import RequestRow

WAITING = many("requests_waiting", RequestRow)
OLDEST = many("requests_history_oldest", RequestRow)
NEWEST = many("requests_history_newest", RequestRow)

LAST_ID = 2**63 - 1
FIRST, LAST = (datetime(1, 1, 1, tzinfo=UTC), 0), (datetime(9999, 12, 31, tzinfo=UTC), LAST_ID)


async def list_requests(call: Call, *, query: RequestList) -> Page[HostRequest]:
    """The organization's requests. Those waiting (the default) come in the queue's order, others by when they came."""
    given = await filters(call, query)
    newest = query.order == "newest"
    if query.status == "pending":
        after = paging.position(query.cursor, tuple[paging.Id]) or ((LAST_ID if newest else 0),)
        turn = -1 if newest else 1
        rows = await WAITING(call.kit.db, **given, direction=turn, after=turn * after[0], max_rows=query.limit + 1)
        found = paging.page(rows, query.limit, lambda row: (row.id,))
    else:
        at, last = paging.position(query.cursor, tuple[Instant, paging.Id]) or (LAST if newest else FIRST)
        given |= {"status": status_of(query), "at": at, "id": last, "max_rows": query.limit + 1}
        rows = await (NEWEST if newest else OLDEST)(call.kit.db, **given)
        found = paging.page(rows, query.limit, lambda row: (row.requested_at.isoformat(), row.id))
    shown = [tracking.shown_to_host(call.kit.settings, row) for row in found.items]
    return Page(shown, found.next_cursor)


async def first(call: Call, query: RequestFilter, max_rows: int) -> list[RequestRow]:
    """The first so many requests, in the order they came."""
    given = await filters(call, query) | {"status": status_of(query), "at": FIRST[0], "id": FIRST[1]}
    return await OLDEST(call.kit.db, **given, max_rows=max_rows)


def status_of(query: RequestFilter) -> str | None:
    return None if query.status == "all" else query.status


async def filters(call: Call, query: RequestFilter) -> dict[str, Any]:
    """What all of the lists narrow by; raises NotFound for another organization's venue, ValidationFailed."""
    if query.venue_id and not await IS_VENUE(call.kit.db, tenant=call.tenant, venue_id=query.venue_id):
        raise NotFound("no such venue")
    hidden = Pseudonyms(call.kit.settings.auth_secret, call.tenant)
    account = id_behind(hidden, tracking.ACCOUNT, query.account)
    return {
        "tenant": call.tenant,
        "venue_id": query.venue_id,
        "singer": query.singer,
        "words": query.words,
        "since": query.since,
        "until": query.until,
        "device": id_behind(hidden, tracking.DEVICE, query.device),
        "account": UUID(account) if account else None,
    }


def id_behind(hidden: Pseudonyms, kind: str, name: str | None) -> str | None:
    """The id that a host means by a name; raises ValidationFailed for one that no request came with."""
    if name is None:
        return None
    found = hidden.read(kind, name)
    if found is None:
        raise ValidationFailed(errors=(FieldError(kind, "is not a name that requests came with"),))
    return found
