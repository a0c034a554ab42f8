"""What becomes of a sync that has fallen silent, decided without I/O.

OpenKJ announces neither the end of a sync nor its cancellation. What can be known: a document with fewer than 1,000
songs is the last one.
"""

from __future__ import annotations

from typing import Literal

from singr.songs.shapes import Generation, SyncRow

FULL_DOCUMENT = 1_000
SONGBOOK_AGENT = "SongbookAgent"
SHRUNK_TO = 0.95


def is_full(songs: int) -> bool:
    """Whether another document may follow one of `songs` songs."""
    return songs >= FULL_DOCUMENT


def verdict(sync: Generation, songs: int) -> Literal["publish", "hold"]:
    """For a sync gone quiet with `songs` different songs: much smaller and without a last document it was cancelled
    half-way. A clear with nothing after it is meant."""
    unfinished = 0 < sync.documents == sync.full_documents
    return "hold" if unfinished and songs < SHRUNK_TO * sync.songs_before else "publish"


def lost(sync: Generation | SyncRow) -> int:
    """How many songs OpenKJ 2.1 itself has left out of a finished sync.

    It fetches the row after each full document and throws it away: rows 1001, 2002 and so on are never sent. Not
    counted is the row after a full document followed by an empty one, which may not exist. SongbookAgent sends all.
    """
    if sync.documents == sync.full_documents or sync.client == SONGBOOK_AGENT:
        return 0
    rest = sync.songs_received - sync.full_documents * FULL_DOCUMENT
    if rest == 0:
        return max(sync.full_documents - 1, 0)
    return sync.full_documents if 0 < rest < FULL_DOCUMENT else 0
