"""Changing a request while it waits: its key, its song, the singer's name, the note.

OpenKJ tells requests apart by number and never looks at a key again (design: openkj.md, trap 22). So another key or
song gives the request a new number, at its old place in the queue; removing the old number then hits nothing.
"""

from __future__ import annotations

from uuid import UUID

import asyncpg
from msgspec import UNSET
from msgspec.structs import replace

from singr.core.errors import NotFound
from singr.core.text import song_fingerprint
from singr.http.call import Call
from singr.infra.limits import Rate
from singr.infra.postgres import Transaction
from singr.infra.sql import maybe, one
from singr.queue import blocks, live, tracking, wording
from singr.queue.requests import ONE_PENDING
from singr.queue.rules import AlreadySettled, Blocked, DuplicateRequest, TooManyRequests, VenueClosed, against
from singr.queue.shapes import EditRequest, Locked, SubmittedRequest, Swap

LOCK = maybe("request_locked", Locked)
SWAP = maybe("request_swap_against", Swap)
EDIT = one("request_edited", SubmittedRequest)

CLOSED = "closed"

# Each may show the KJ a new request: a finger that plays with the key must not flood the console.
PER_REQUEST = Rate(20, per_s=300)


async def edit(call: Call, tenant: UUID, request_id: int, body: EditRequest) -> SubmittedRequest:
    """The request as it is afterwards; raises AlreadySettled, DuplicateRequest, TooManyRequests, Blocked,
    NotFound; where it is to be another song, VenueClosed.

    Saying what is so already changes nothing, moves no version and no serial.
    """
    verdict = await call.kit.limits.take(f"edits:{request_id}", PER_REQUEST)
    if not verdict.allowed:
        raise TooManyRequests("This request was changed many times", retry_after_s=verdict.retry_after_s)
    try:
        async with call.kit.db.transaction(call.actor) as tx:
            before = await _waiting(tx, tenant, request_id)
            wanted = await _wanted(tx, tenant, before, body)
            whose = (before.venue_id, before.device_id, before.user_id, wanted.singer_name)
            if wanted != before and await blocks.is_blocked(tx, *whose):
                raise Blocked
            row = before if wanted == before else await _change(tx, tenant, before, wanted, body)
    except asyncpg.UniqueViolationError as exc:
        if exc.constraint_name not in ONE_PENDING:
            raise
        raise DuplicateRequest("That song is already waiting for you; send allowDuplicate to ask again") from exc
    if row is not before:
        live.tell(call.kit, [row])
    return row


async def _waiting(tx: Transaction, tenant: UUID, request_id: int) -> SubmittedRequest:
    """The request behind its queue's lock. A statement of its own: it sees what was done while we waited."""
    if await LOCK(tx, tenant=tenant, request_id=request_id) is None:
        raise NotFound("no such request")
    row = await tracking.BY_ID(tx, request_id=request_id)
    if row is None:
        raise NotFound("no such request")
    if row.status != "pending":
        raise AlreadySettled(f"it is {row.status}")
    return row


async def _wanted(tx: Transaction, tenant: UUID, before: SubmittedRequest, body: EditRequest) -> SubmittedRequest:
    """The request as the singer wants it."""
    after = replace(before)
    if body.song_id is not UNSET or body.artist is not UNSET or body.title is not UNSET:
        song_id = None if body.song_id is UNSET else body.song_id
        artist = before.artist if body.artist is UNSET else body.artist
        title = before.title if body.title is UNSET else body.title
        song = await wording.song(tx, tenant, before.venue_id, song_id, artist, title)
        after.artist, after.title = song.artist, song.title
    if body.singer_name is not UNSET:
        after.singer_name = wording.singer_name(body.singer_name)
    if body.key_change is not UNSET:
        after.key_change = body.key_change
    if body.notes is not UNSET:
        after.notes = wording.notes(body.notes)
    return after


async def _change(
    tx: Transaction, tenant: UUID, before: SubmittedRequest, wanted: SubmittedRequest, body: EditRequest
) -> SubmittedRequest:
    fingerprint = song_fingerprint(wanted.artist, wanted.title)
    respelt = (wanted.artist, wanted.title) != (before.artist, before.title)
    swap = None
    if fingerprint != song_fingerprint(before.artist, before.title):
        swap = await SWAP(tx, tenant=tenant, request_id=before.id, fingerprint=fingerprint)
        if swap and swap.rule:
            raise VenueClosed if swap.rule == CLOSED else against(swap.rule, None)
    renumbers = respelt or wanted.key_change != before.key_change
    return await EDIT(
        tx,
        tenant=tenant,
        request_id=before.id,
        singer_name=wanted.singer_name,
        artist=wanted.artist,
        title=wanted.title,
        key_change=wanted.key_change,
        notes=wanted.notes,
        fingerprint=fingerprint,
        duplicate_allowed=None if swap is None else swap.takes_duplicates or body.allow_duplicate,
        renumbers=renumbers,
        moves_serial=renumbers or wanted.singer_name != before.singer_name,
    )
