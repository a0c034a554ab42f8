"""The same requests for other programs: REST with the API key in the path, and ordinary problems for errors."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

from singr.core.errors import FieldError, NotFound, ValidationFailed
from singr.http.call import Call
from singr.infra.sql import many, maybe
from singr.openkj import keys, presence
from singr.openkj.actions import venue_of
from singr.openkj.keys import Key
from singr.openkj.polls import REQUESTS_MAX
from singr.openkj.shapes import Int32
from singr.queue import requests
from singr.queue.rules import AlreadySettled
from singr.queue.shapes import Name, NewRequest, SongText


class KeyedRequest(Struct):
    """A request as getRequests has it, with its venue. `request_time` in Unix seconds, `key_change` in half-tones."""

    request_id: int
    singer: str
    artist: str
    title: str
    request_time: int
    key_change: int
    venue_id: int


class RequestState(KeyedRequest):
    id: int
    status: str


class Waiting(Struct):
    requests: list[KeyedRequest]


class OfVenue(Struct):
    venue_id: Int32 | None = None


class SungRequest(Struct, rename="camel"):
    """A request a program enters for a singer."""

    venue_id: Int32
    singer_name: Name
    artist: SongText
    title: SongText
    key_change: Annotated[int, Meta(ge=-12, le=12)] = 0
    notes: Annotated[str, Meta(max_length=500)] | None = None


class Settlement(Struct, rename="camel"):
    """`processed: true`, or a status; a reason only with a rejection."""

    processed: Literal[True] | None = None
    status: Literal["processed", "rejected"] | None = None
    reject_reason: Annotated[str, Meta(max_length=200)] | None = None


WAITING = many("openkj_waiting", KeyedRequest)
REQUEST = maybe("openkj_request", RequestState)


async def list_requests(call: Call, api_key: str, *, query: OfVenue) -> Waiting:
    """What waits at a venue, or at all of the key's, in the order it came."""
    call, key = await _admit(call, api_key)
    presence.note(call, key)
    if query.venue_id is not None:
        await venue_of(call.kit.db, key, query.venue_id)
    found = await WAITING(call.kit.db, tenant=key.tenant, number=query.venue_id, max_rows=REQUESTS_MAX)
    return Waiting(found)


async def submit(call: Call, api_key: str, *, body: SungRequest) -> KeyedRequest:
    """Put a request into a venue's queue."""
    call, key = await _admit(call, api_key)
    venue = await venue_of(call.kit.db, key, body.venue_id)
    asked = NewRequest(body.singer_name, body.artist, body.title, body.key_change, body.notes)
    receipt = await requests.submit(call, key.tenant, venue.id, asked)
    return _shown(await _request(call, key, receipt.request_number))


async def settle(call: Call, api_key: str, request_number: int, *, body: Settlement) -> KeyedRequest:
    """Mark a request as processed, or reject it. Saying the same twice is fine."""
    call, key = await _admit(call, api_key)
    status = body.status or ("processed" if body.processed else None)
    if status is None or (body.processed and status != "processed"):
        raise ValidationFailed(errors=(FieldError("status", "say processed: true, or a status"),))
    found = await _request(call, key, request_number)
    reason = body.reject_reason if status == "rejected" else None
    if not await requests.settle(call, key.tenant, found.id, status=status, via="api", reason=reason):
        found = await _request(call, key, request_number)
        if found.status != status:
            raise AlreadySettled(f"it is {found.status}")
    return _shown(found)


async def _admit(call: Call, api_key: str) -> tuple[Call, Key]:
    """The call in the key's name; raises AuthenticationFailed and RateLimited."""
    digest = keys.digest(api_key)
    keys.count(call, digest)
    key = await keys.find(call.kit.db, digest)
    keys.allow(key, "requests")
    return replace(call, actor=keys.actor(key), device=None), key


async def _request(call: Call, key: Key, number: int) -> RequestState:
    found = await REQUEST(call.kit.db, tenant=key.tenant, number=number)
    if found is None:
        raise NotFound("no such request")
    return found


def _shown(found: RequestState) -> KeyedRequest:
    return KeyedRequest(*(getattr(found, name) for name in KeyedRequest.__struct_fields__))
