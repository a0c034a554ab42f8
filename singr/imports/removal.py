"""One song taken out of its book."""

from __future__ import annotations

from singr.core.errors import NotFound
from singr.http.call import Call
from singr.infra.sql import none

REMOVED = none("song_removed")


async def remove_song(call: Call, song_id: int) -> None:
    """Take a song out of its book; what was asked for stays in the queue. OpenKJ's next sync may bring it back."""
    if not await REMOVED(call.kit.db, **call.audit, tenant=call.tenant, song_id=song_id):
        raise NotFound("no such song")
