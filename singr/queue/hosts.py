"""A host's side: decisions on the queue of a venue."""

from __future__ import annotations

from singr.core.errors import FieldError, NotFound, ValidationFailed
from singr.core.text import clean
from singr.http.call import Call
from singr.infra.sql import maybe
from singr.queue import requests, tracking
from singr.queue.admission import IS_VENUE
from singr.queue.host_shapes import Cleared, HostRequest, RequestFor, Seen, Settle, SettledMany, SettleMany, VenueChoice
from singr.queue.rules import AlreadySettled
from singr.queue.shapes import RequestState

OF_TENANT = maybe("request_of_tenant", RequestState)


async def add(call: Call, *, body: RequestFor) -> HostRequest:
    """Enter a request for a singer who has no phone at hand; house rules and closed doors do not stop a host."""
    receipt = await requests.submit(call, call.tenant, body.venue_id, body, on_behalf=True)
    return await _shown(call, receipt.id)


async def settle(call: Call, request_id: int, *, body: Settle) -> HostRequest:
    """Accept (processed) or reject a waiting request. Saying the same twice is fine, another decision a conflict."""
    reason = _reason(body)
    done = await requests.settle(call, call.tenant, request_id, status=body.status, via="console", reason=reason)
    state = None if done else await OF_TENANT(call.kit.db, tenant=call.tenant, request_id=request_id)
    if not done and state is None:
        raise NotFound("no such request")
    if state and state.status != body.status:
        raise AlreadySettled(f"it is {state.status}")
    return await _shown(call, request_id)


async def settle_many(call: Call, *, body: SettleMany) -> SettledMany:
    """Accept or reject many requests at once."""
    reason = _reason(body)
    done = await requests.settle_many(call, call.tenant, body.ids, status=body.status, via="console", reason=reason)
    return SettledMany(done)


async def restore(call: Call, request_id: int) -> HostRequest:
    """Put a request that was accepted or rejected back into the queue. Doing so twice is fine."""
    if not await requests.restore(call, call.tenant, request_id):
        state = await OF_TENANT(call.kit.db, tenant=call.tenant, request_id=request_id)
        if state is None:
            raise NotFound("no such request")
        if state.status != "pending":
            raise AlreadySettled(f"it is {state.status}")
    return await _shown(call, request_id)


async def clear(call: Call, *, body: VenueChoice) -> Cleared:
    """Mark everything that waits at a venue as processed."""
    await _own_venue(call, body)
    return Cleared(await requests.clear(call, call.tenant, body.venue_id, via="console"))


async def see(call: Call, *, body: Seen) -> None:
    """Note that the console has shown what waits, so that singers read "seen by the KJ"."""
    await _own_venue(call, body)
    await requests.mark_seen(call.kit, call.tenant, body.venue_id, by=call.actor, up_to=body.up_to)


def _reason(body: Settle) -> str | None:
    if body.reject_reason and body.status != "rejected":
        raise ValidationFailed(errors=(FieldError("rejectReason", "only with a rejection"),))
    return clean(body.reject_reason or "") or None


async def _shown(call: Call, request_id: int) -> HostRequest:
    row = await tracking.BY_ID(call.kit.db, request_id=request_id)
    if row is None:
        raise NotFound("no such request")
    return tracking.shown_to_host(call.kit.settings, row)


async def _own_venue(call: Call, choice: VenueChoice | Seen) -> None:
    if not await IS_VENUE(call.kit.db, tenant=call.tenant, venue_id=choice.venue_id):
        raise NotFound("no such venue")
