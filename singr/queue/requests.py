"""The verbs of the queue: submit, settle, clear, see. REST, OpenKJ and the pages call the same ones.

Each is one statement that moves the venue's version (and OpenKJ's serial where OpenKJ would see it), followed by a
hint to the venue's watchers.
"""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from singr.core.actor import Actor
from singr.core.errors import NotFound, Problem
from singr.core.text import normalise, song_fingerprint
from singr.http.call import Call
from singr.infra.kit import Kit
from singr.infra.sql import many, maybe
from singr.queue import live, replay, tracking, wording
from singr.queue.rules import AlreadySettled, Blocked, DuplicateRequest, VenueClosed, against
from singr.queue.shapes import ChangedRequest, NewRequest, Receipt, Refusal, SubmittedRequest

SUBMIT = maybe("request_submit", SubmittedRequest)
SETTLE = many("requests_settle", ChangedRequest)
RESTORE = many("request_restored", ChangedRequest)
SEE = many("requests_see", ChangedRequest)

REFUSAL = maybe("request_refusal", Refusal)

LAST_ID = 2**63 - 1
ONE_PENDING = ("requests_one_pending_per_device", "requests_one_pending_per_singer")


async def submit(
    call: Call,
    tenant: UUID,
    venue_id: UUID,
    body: NewRequest,
    *,
    on_behalf: bool = False,
) -> Receipt:
    """Put a request into a venue's queue; raises VenueClosed, DuplicateRequest, TooManyRequests, Blocked,
    KeyReused, NotFound.

    A host adds one `on_behalf` of a singer, also to a closed venue and past the house rules; it is nobody's own then.
    With an idempotency key the same body gives the first receipt again, whatever happened since.
    """
    scope, body_hash = _scope(call, venue_id), hashlib.sha256(msgspec.json.encode(body)).hexdigest()
    given = await _written(call, tenant, venue_id, body) | {"must_be_open": not on_behalf, "by_rules": not on_behalf}
    # A program that enters what it is told is no singer, and cannot know who is blocked here.
    is_singer = call.device is not None or call.actor.user_id is not None
    given |= {"by_blocks": not on_behalf and is_singer, "singer_key": normalise(given["singer_name"])}
    if on_behalf:
        given |= {"device_id": None, "by_user": None}
    key = {"scope": scope, "key": call.idempotency_key, "body_hash": body_hash}
    try:
        row = await SUBMIT(call.kit.db, **call.audit, **given, **key)
    except asyncpg.UniqueViolationError as exc:
        if again := await replay.receipt_for(call, scope, body_hash):
            return again
        if exc.constraint_name in ONE_PENDING:
            raise DuplicateRequest(f"{body.title} is already waiting; send allowDuplicate to ask again") from exc
        await replay.forget_expired(call, scope)
        row = await SUBMIT(call.kit.db, **call.audit, **given, **key)
    if row is None:
        if again := await replay.receipt_for(call, scope, body_hash):
            return again
        raise await _refusal(call, given)
    live.tell(call.kit, [row])
    return tracking.receipt(call.kit.settings, row)


async def _written(call: Call, tenant: UUID, venue_id: UUID, body: NewRequest) -> dict[str, Any]:
    """The request's columns, cleaned; raises ValidationFailed."""
    song = await wording.song(call.kit.db, tenant, venue_id, body.song_id, body.artist, body.title)
    return {
        "tenant": tenant,
        "venue_id": venue_id,
        "by_user": call.actor.user_id,
        "singer_name": wording.singer_name(body.singer_name),
        "artist": song.artist,
        "title": song.title,
        "key_change": body.key_change,
        "notes": wording.notes(body.notes),
        "device_id": call.device,
        "fingerprint": song_fingerprint(song.artist, song.title),
        "allow_duplicate": body.allow_duplicate,
    }


async def settle(
    call: Call, tenant: UUID, request_id: int, *, status: str, via: str, reason: str | None = None
) -> bool:
    """Process, reject or withdraw one pending request; False when it is not pending (any more)."""
    return bool(await _settle(call, tenant, None, ids=[request_id], status=status, via=via, reason=reason))


async def settle_many(
    call: Call, tenant: UUID, ids: list[int], *, status: str, via: str, reason: str | None
) -> list[int]:
    """Settle those of these requests that are pending; their ids."""
    return [row.id for row in await _settle(call, tenant, None, ids=ids, status=status, via=via, reason=reason)]


async def restore(call: Call, tenant: UUID, request_id: int) -> bool:
    """Put a processed or rejected request back at its old place; False when it is not one. Raises DuplicateRequest."""
    try:
        rows = await RESTORE(call.kit.db, **call.audit, tenant=tenant, request_id=request_id)
    except asyncpg.UniqueViolationError as exc:
        raise DuplicateRequest("The singer has asked for this song again meanwhile") from exc
    live.tell(call.kit, rows)
    return bool(rows)


async def withdraw(call: Call, request_id: int) -> None:
    """Take a request back for its singer, who has been admitted. Doing so twice is fine; raises AlreadySettled when the
    KJ was quicker."""
    to = await tracking.ADDRESSEE(call.kit.db, request_id=request_id)
    if await settle(call, to.tenant, request_id, status="withdrawn", via="api"):
        return
    row = await tracking.BY_ID(call.kit.db, request_id=request_id)
    if row and row.status != "withdrawn":
        raise AlreadySettled("the KJ has already dealt with it")


async def process(call: Call, tenant: UUID, *, number: int, venue_id: UUID | None = None, via: str = "openkj") -> bool:
    """Mark the pending request with this OpenKJ number as processed; False when there is none."""
    return bool(await _settle(call, tenant, venue_id, number=number, status="processed", via=via))


async def clear(call: Call, tenant: UUID, venue_id: UUID, *, via: str = "openkj") -> int:
    """Mark everything that waits at a venue as processed; how many there were."""
    return len(await _settle(call, tenant, venue_id, status="processed", via=via))


async def mark_seen(kit: Kit, tenant: UUID, venue_id: UUID, *, by: Actor, up_to: int = LAST_ID) -> None:
    """Note that the KJ has what waits at a venue up to an id; watchers are told, OpenKJ's serial stays."""
    given = {"tenant": tenant, "venue_id": venue_id, "up_to": up_to}
    live.tell(kit, await SEE(kit.db, **Call(by, kit).audit, **given))


async def _settle(
    call: Call,
    tenant: UUID,
    venue_id: UUID | None,
    *,
    status: str,
    via: str,
    ids: list[int] | None = None,
    number: int | None = None,
    reason: str | None = None,
) -> list[ChangedRequest]:
    rows = await SETTLE(
        call.kit.db,
        **call.audit,
        tenant=tenant,
        venue_id=venue_id,
        ids=ids,
        number=number,
        status=status,
        via=via,
        reason=reason,
    )
    live.tell(call.kit, rows)
    return rows


async def _refusal(call: Call, given: dict[str, Any]) -> Problem:
    """Why a request was not taken."""
    found = await REFUSAL(call.kit.db, **{name: given[name] for name in REFUSAL.query.params})
    if found is None:
        return NotFound("no such venue")
    if not found.accepting:
        return VenueClosed()
    return Blocked() if found.blocked else against(found.rule, found.wait_s)


def _scope(call: Call, venue_id: UUID) -> str:
    """Where an idempotency key must be unique. Guests' keys count per venue: a retry may come without the cookie."""
    who = "" if call.actor.kind == "guest" else f":{call.actor}"
    return f"request:{venue_id}{who}"
