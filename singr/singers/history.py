"""What a singer asked for, at all venues; requests they took back are not in it."""

from __future__ import annotations

import msgspec

from singr.core import paging
from singr.core.paging import Page
from singr.http.call import Call
from singr.http.reply import Reply
from singr.infra.sql import many
from singr.queue.exports import spreadsheet
from singr.singers import singer
from singr.singers.shapes import HistoryExport, HistoryQuery, Sung

LISTED = many("singer_history", Sung)
EXPORTED_MAX = 10_000
COLUMNS = ("requested_at", "venue_name", "artist", "title", "key_change", "status")


async def list_sung(call: Call, *, query: HistoryQuery) -> Page[Sung]:
    """What the caller asked for, the newest first."""
    rows = await _rows(call, query, query.cursor, query.limit + 1)
    return paging.page(rows, query.limit, lambda row: (row.requested_at.isoformat(), str(row.id)))


async def export_csv(call: Call, *, query: HistoryExport) -> Reply:
    """The caller's history as CSV, the newest 10,000."""
    return spreadsheet("history.csv", COLUMNS, await _rows(call, query, None, EXPORTED_MAX))


async def export_json(call: Call, *, query: HistoryExport) -> Reply:
    """The caller's history as a JSON file, the newest 10,000."""
    rows = await _rows(call, query, None, EXPORTED_MAX)
    headers = {"Content-Disposition": 'attachment; filename="history.json"', "Cache-Control": "no-store"}
    return Reply(msgspec.json.encode(rows), "application/json", headers=headers)


async def _rows(call: Call, query: HistoryExport, cursor: str | None, most: int) -> list[Sung]:
    await singer.arrive(call)
    before_at, before_id = singer.before(cursor)
    return await LISTED(
        call.kit.db,
        singer=call.singer,
        url_name=query.venue,
        since=query.since,
        until=query.until,
        before_at=before_at,
        before_id=before_id,
        max_rows=most,
    )
