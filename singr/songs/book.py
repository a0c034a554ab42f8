"""A system's song book: searched by beginnings of words, listed by artist."""

from __future__ import annotations

import re
from typing import Literal
from uuid import UUID

from singr.core import paging
from singr.core.errors import NotFound
from singr.core.paging import Id, Page
from singr.core.text import clean, normalise
from singr.http.call import Call
from singr.infra.sql import Runs, many, maybe, value
from singr.songs.shapes import Book, FoundSong, Song, SongQuery, Text

OF_VENUE = maybe("book_of_venue", Book)
COUNTED = value("songs_counted", int)
LISTED = many("songs_listed", Song)
FOUND = many("songs_found", FoundSong)
BEGUN = many("songs_begun", FoundSong)

WORDS_MAX = 12
TRIGRAM = 3
_WILD = re.compile(r"([\\%_])")


async def of_venue(call: Call, url_name: str, *, query: SongQuery) -> Page[Song]:
    """Songs that can be asked for at a venue."""
    book = await OF_VENUE(call.kit.db, url_name=url_name)
    if book is None:
        raise NotFound("no such venue")
    return await search(call.kit.db, book.tenant, book.system, query.q, query.limit, query.cursor, artist=query.artist)


async def search(
    on: Runs,
    tenant: UUID,
    system: int,
    text: str,
    limit: int,
    cursor: str | None = None,
    *,
    artist: str | None = None,
) -> Page[Song]:
    """Songs in which every word of `text` begins some word, in any order; case, accents and punctuation do not count.

    Those whose artist or title begins with `text` come first. Without a text the whole book. `artist` is exact.
    Raises ValidationFailed for a foreign cursor.
    """
    words = normalise(text).split()[:WORDS_MAX]
    if words:
        return await _found(on, {"tenant": tenant, "system": system, "only_artist": artist}, text, words, limit, cursor)
    position = paging.position(cursor, tuple[Text, Text, Id]) or (artist or "", "", 0)
    after = dict(zip(("artist", "title", "after"), position, strict=True))
    rows = await LISTED(on, tenant=tenant, system=system, only_artist=artist, **after, max_rows=limit + 1)
    return paging.page(rows, limit, lambda song: (song.artist, song.title, song.id))


async def count(on: Runs, tenant: UUID, system: int) -> int:
    """How many songs a book has."""
    return await COUNTED(on, tenant=tenant, system=system)


async def _found(
    on: Runs, book: dict[str, object], text: str, words: list[str], limit: int, cursor: str | None
) -> Page[Song]:
    position = paging.position(cursor, tuple[Literal[0, 1], Text, Text, Id]) or (-1, "", "", 0)
    given = book | {
        "words": [f"% {_literal(word)}%" for word in words],
        "start": f"{_literal(' '.join(words))}%",
        "raw_start": f"{_literal(clean(text).lower())}%",
        **dict(zip(("rank", "artist", "title", "after"), position, strict=True)),
        "max_rows": limit + 1,
    }
    longest = max(words, key=len)
    if len(longest) >= TRIGRAM:
        hits = await FOUND(on, **given, longest=f"%{_literal(longest)}%")
    else:
        hits = await BEGUN(on, **given)
    found = paging.page(hits, limit, lambda hit: (hit.rank, hit.artist, hit.title, hit.id))
    return Page([Song(h.id, h.artist, h.title, h.combined, h.system_id) for h in found.items], found.next_cursor)


def _literal(text: str) -> str:
    """`text` for LIKE, where it means only itself."""
    return _WILD.sub(r"\\\1", text)
