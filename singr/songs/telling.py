"""What a KJ is told about a sync, by alert: the songs that went, did not come, or were left out by OpenKJ."""

from __future__ import annotations

from singr.alerts.board import raise_alert
from singr.infra.postgres import Transaction
from singr.songs import rules
from singr.songs.shapes import Generation


async def published(tx: Transaction, sync: Generation, songs_after: int) -> None:
    """After a sync became the book of `songs_after` songs."""
    if songs_after < sync.songs_before:
        await raise_alert(
            tx,
            sync.tenant,
            f"songs-shrank-{sync.system}",
            "Your song book has become smaller",
            f"System {sync.system} had {sync.songs_before:,} songs, and {songs_after:,} after this sync.",
        )
    if missing := rules.lost(sync):
        await raise_alert(
            tx,
            sync.tenant,
            f"songs-lost-{sync.system}",
            "OpenKJ left out songs",
            f"This version of OpenKJ skips one song after every 1,000 it sends: {missing:,} "
            f"of your songs did not reach system {sync.system}.",
        )


async def held(tx: Transaction, sync: Generation, songs: int) -> None:
    """After a sync stopped half-way with `songs` songs."""
    await raise_alert(
        tx,
        sync.tenant,
        f"songs-held-{sync.system}",
        "The song sync did not finish",
        f"{songs:,} of an earlier {sync.songs_before:,} songs of system {sync.system} arrived. Singers still see the "
        "earlier song book. Sync again, or decide in the Singr console.",
    )
