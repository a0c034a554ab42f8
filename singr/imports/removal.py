"""One song taken out of its book."""

from __future__ import annotations

from singr.core.errors import NotFound
from singr.http import kept
from singr.http.call import Call
from singr.infra.sql import maybe

REMOVED = maybe("song_removed", int)


async def remove_song(call: Call, song_id: int) -> None:
    """Take a song out of its book; what was asked for stays in the queue. OpenKJ's next sync may bring it back."""
    system = await REMOVED(call.kit.db, **call.audit, tenant=call.tenant, song_id=song_id)
    if system is None:
        raise NotFound("no such song")
    call.kit.cache.forget(kept.book(call.tenant, system))
