"""A host's side of syncs: what came from OpenKJ, and the decision on one that stopped half-way."""

from __future__ import annotations

from singr.core import paging
from singr.core.errors import Conflict, NotFound
from singr.core.paging import Id, Page
from singr.http.call import Call
from singr.infra.sql import many, maybe
from singr.songs import catalogue, generations, rules
from singr.songs.shapes import Sync, SyncList, SyncRow

LISTED = many("syncs_listed", SyncRow)
SHOWN = maybe("sync_shown", SyncRow)

LAST_ID = 2**63 - 1


class SyncClosed(Conflict):
    title = "The sync is neither open nor held any more"


async def list_of_system(call: Call, system_id: int, *, query: SyncList) -> Page[Sync]:
    """Syncs of one system (OpenKJ's number), the newest first."""
    await catalogue.check_system(call, system_id)
    before = paging.position(query.cursor, tuple[Id])
    rows = await LISTED(
        call.kit.db,
        tenant=call.tenant,
        system=system_id,
        before=before[0] if before else LAST_ID,
        max_rows=query.limit + 1,
    )
    found = paging.page(rows, query.limit, lambda row: (row.id,))
    return Page([_shown(row) for row in found.items], found.next_cursor)


async def publish(call: Call, sync_id: int) -> Sync:
    """Make what arrived the song book, although the sync did not finish."""
    await _own(call, sync_id)
    await generations.publish(call, call.tenant, sync_id)
    return await _become(call, sync_id, "published")


async def discard(call: Call, sync_id: int) -> Sync:
    """Keep the earlier song book and forget what arrived."""
    await _own(call, sync_id)
    await generations.discard(call, call.tenant, sync_id)
    return await _become(call, sync_id, "discarded")


async def _become(call: Call, sync_id: int, status: str) -> Sync:
    """The sync if it ended as asked, now or before; raises SyncClosed."""
    row = await _own(call, sync_id)
    if row.status != status:
        raise SyncClosed(f"it is {row.status}")
    return _shown(row)


async def _own(call: Call, sync_id: int) -> SyncRow:
    row = await SHOWN(call.kit.db, tenant=call.tenant, sync_id=sync_id)
    if row is None:
        raise NotFound("no such sync")
    return row


def _shown(row: SyncRow) -> Sync:
    return Sync(
        id=row.id,
        system_id=row.system,
        status=row.status,
        documents=row.documents,
        songs_received=row.songs_received,
        songs_skipped=row.songs_skipped,
        songs_lost=rules.lost(row),
        songs_before=row.songs_before,
        songs=row.songs,
        opened_at=row.opened_at,
        last_document_at=row.last_document_at,
        closed_at=row.closed_at,
    )
