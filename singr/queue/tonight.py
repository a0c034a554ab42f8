"""What was asked for tonight, as far as the venue lets others see songs."""

from __future__ import annotations

from singr.core import paging
from singr.core.errors import NotFound
from singr.core.paging import Id, Page
from singr.http import kept
from singr.http.call import Call
from singr.infra.sql import many
from singr.queue.live import BY_URL_NAME
from singr.queue.shapes import AskedTonight, AskedTonightRow, Tonight, VenueKey

ASKED = many("songs_of_tonight", AskedTonightRow)
LAST_ID = 2**63 - 1


async def list_asked(call: Call, url_name: str, *, query: Tonight) -> Page[AskedTonight]:
    """Songs that wait at a venue or were sung there tonight, the newest first; none where it hides its queue."""
    venue = await BY_URL_NAME(call.kit.db, url_name)
    if venue is None:
        raise NotFound("no such venue")
    key = f"tonight:{venue.id}:{kept.digest(query)}"
    page: Page[AskedTonight] = await kept.answer(
        call, key, kept.venue(venue.id), make=lambda: _asked(call, venue, query)
    )
    return page


async def _asked(call: Call, venue: VenueKey, query: Tonight) -> Page[AskedTonight]:
    before = paging.position(query.cursor, tuple[Id])
    rows = await ASKED(
        call.kit.db,
        tenant=venue.tenant,
        venue_id=venue.id,
        before=before[0] if before else LAST_ID,
        max_rows=query.limit + 1,
    )
    page = paging.page(rows, query.limit, lambda row: (row.id,))
    return Page([AskedTonight(row.artist, row.title, row.is_waiting) for row in page.items], page.next_cursor)
