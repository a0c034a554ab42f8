"""Who may not ask at a venue for a while: a phone, an account or a name, until a time or for the rest of the night.

Everybody who asks for themselves meets a block, whichever way they come; what OpenKJ's key or a host enters does not.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from singr.core import clock, paging
from singr.core.actor import Actor
from singr.core.errors import Conflict, FieldError, NotFound, ValidationFailed
from singr.core.instants import Instant
from singr.core.paging import Page
from singr.core.pseudonyms import Pseudonyms
from singr.core.text import clean, normalise, plain
from singr.http.call import Call
from singr.infra.kit import Kit
from singr.infra.sql import Runs, many, maybe, none, value
from singr.infra.work import Job
from singr.queue import finding, tracking
from singr.queue.admission import IS_VENUE
from singr.queue.block_shapes import Block, BlockId, BlockList, BlockRow, BlockTarget, NewBlock

TARGET = maybe("block_target", BlockTarget)
ADDED = maybe("block_added", BlockRow)
LISTED = many("blocks_listed", BlockRow)
LIFTED = maybe("block_lifted", BlockId)
BLOCKED = value("singer_blocked", bool)
FORGET = none("blocks_forgotten")

NEWEST = (datetime(9999, 1, 1, tzinfo=UTC), UUID(int=2**128 - 1))
BLOCKS_MAX = 10_000
KEEP_DAYS = 30
FORGET_MAX = 1_000
JANITOR = Actor(kind="job", id="forget_old_blocks")


class TooManyBlocks(Conflict):
    title = "The venue keeps as many people from asking as it can"


async def block(call: Call, venue_id: UUID, *, body: NewBlock) -> Block:
    """Take no more requests from somebody: until a time, for some minutes, or tonight without either.

    Blocking again sets the new end.
    """
    if body.until and body.until <= clock.now():
        raise ValidationFailed(errors=(FieldError("until", "is in the past"),))
    if body.until and body.minutes:
        raise ValidationFailed(errors=(FieldError("minutes", "not beside until"),))
    whom = await _whom(call, venue_id, body)
    given = {"until": body.until, "minutes": body.minutes, "reason": clean(body.reason or "") or None}
    row = await ADDED(
        call.kit.db, **call.audit, tenant=call.tenant, venue_id=venue_id, **whom, **given, most=BLOCKS_MAX
    )
    if row is None:
        if not await IS_VENUE(call.kit.db, tenant=call.tenant, venue_id=venue_id):
            raise NotFound("no such venue")
        raise TooManyBlocks(f"at most {BLOCKS_MAX}: lift one first")
    return _shown(call, row)


async def list_blocks(call: Call, venue_id: UUID, *, query: BlockList) -> Page[Block]:
    """Who may not ask at the venue now, the newest first."""
    if not await IS_VENUE(call.kit.db, tenant=call.tenant, venue_id=venue_id):
        raise NotFound("no such venue")
    at, last = paging.position(query.cursor, tuple[Instant, UUID]) or NEWEST
    given = {"tenant": call.tenant, "venue_id": venue_id, "before": at, "before_id": last}
    rows = await LISTED(call.kit.db, **given, max_rows=query.limit + 1)
    found = paging.page(rows, query.limit, lambda row: (row.created_at.isoformat(), str(row.id)))
    return Page([_shown(call, row) for row in found.items], found.next_cursor)


async def lift(call: Call, venue_id: UUID, block_id: UUID) -> None:
    """Let somebody ask again."""
    if not await LIFTED(call.kit.db, **call.audit, tenant=call.tenant, venue_id=venue_id, block_id=block_id):
        raise NotFound("no such block")


async def is_blocked(on: Runs, venue_id: UUID, device: str | None, account: UUID | None, name: str) -> bool:
    """Whether the venue takes no requests from this phone, account or name now."""
    return await BLOCKED(on, venue_id=venue_id, device=device, account=account, singer_key=normalise(name))


async def forget_old_blocks(kit: Kit) -> None:
    """Drop blocks that ended a month ago."""
    forgotten = FORGET_MAX
    while forgotten == FORGET_MAX:
        async with kit.db.transaction(JANITOR) as tx:
            forgotten = await FORGET(tx, keep_days=KEEP_DAYS, max_rows=FORGET_MAX)


async def _whom(call: Call, venue_id: UUID, body: NewBlock) -> dict[str, Any]:
    """The columns that say who is meant. A request means its phone and its account; its name only without both."""
    named = [name for name in ("request_id", "device", "account", "singer_name") if getattr(body, name) is not None]
    if len(named) != 1:
        raise ValidationFailed(errors=(FieldError("", "one of requestId, device, account and singerName"),))
    hidden = Pseudonyms(call.kit.settings.auth_secret, call.tenant)
    if body.request_id is not None:
        found = await TARGET(call.kit.db, tenant=call.tenant, venue_id=venue_id, request_id=body.request_id)
        if found is None:
            raise NotFound("no such request")
        key = None if found.device or found.account else normalise(found.singer_name)
        return _columns(found.device, found.account, key, found.singer_name)
    if body.singer_name is not None:
        return _columns(None, None, normalise(body.singer_name), plain(body.singer_name))
    device = finding.id_behind(hidden, tracking.DEVICE, body.device)
    account = finding.id_behind(hidden, tracking.ACCOUNT, body.account)
    return _columns(device, UUID(account) if account else None, None, None)


def _columns(device: str | None, account: UUID | None, key: str | None, name: str | None) -> dict[str, Any]:
    return {"device": device, "account": account, "singer_key": key, "singer_name": name}


def _shown(call: Call, row: BlockRow) -> Block:
    hidden = Pseudonyms(call.kit.settings.auth_secret, row.tenant)
    device = hidden.name(tracking.DEVICE, row.device_id) if row.device_id else None
    account = hidden.name(tracking.ACCOUNT, str(row.user_id)) if row.user_id else None
    return Block(row.id, row.venue_id, row.singer_name, device, account, row.reason, row.created_at, row.until)


JOBS = (Job(JANITOR.id, forget_old_blocks, cron="47 * * * *"),)
