"""A system's song book: searched as singers type, listed by artist.

A search has three steps, each asked only while the page is not full: songs whose artist or title begins with the text,
songs with all its words in any order, and, where these are few, songs with words that a typing mistake may have been.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct
from msgspec.structs import astuple

from singr.core import paging
from singr.core.errors import FieldError, NotFound, ValidationFailed
from singr.core.paging import Id
from singr.http import kept
from singr.http.call import Call
from singr.infra.sql import Runs, each, many, maybe, value
from singr.songs import asking, folding, typos
from singr.songs.asking import Asked
from singr.songs.shapes import Book, Found, Hit, PublicSearch, Song, SongQuery, Text, WordedHit

OF_VENUE = each("book_of_venue", Book)
SUNG_FROM = maybe("book_sung_from", Book)
COUNTED = value("songs_counted", int)
LISTED = many("songs_listed", Hit)
OF_ARTIST = many("songs_of_artist", Hit)
BEGUN = many("songs_begun", Hit)
WORDED = many("songs_worded", WordedHit)

# Beyond so many songs with the same words nobody reads on.
WORDED_MAX = 1_000
FORGIVEN_MAX = 60
FEW = 3
KEPT_LETTERS = 3
HIGHEST = "\U0010ffff"
START: tuple[str, str, int] = ("", "", 0)

Likeness = Annotated[int, Meta(ge=0, le=1001)]


class Position(Struct, array_like=True):
    """Where a search goes on: in its first step or its second, after a likeness (of the second) and two keys."""

    step: Literal[0, 1]
    likeness: Likeness
    at: Text
    beside: Text
    after: Id


async def of_venue(call: Call, url_name: str, *, query: SongQuery) -> Found:
    """Songs that can be asked for at a venue."""
    return await _answer(call, await sung_at(call, url_name), query)


async def of_any(call: Call, *, query: PublicSearch) -> Found:
    """Songs of a venue's book, or of a system's."""
    if query.venue is not None:
        return await _answer(call, await sung_at(call, query.venue), query)
    if query.system is None:
        raise ValidationFailed(errors=(FieldError("venue", "name a venue or a system"),))
    book = await SUNG_FROM(call.kit.db, system=query.system)
    if book is None:
        raise NotFound("no such system")
    return await _answer(call, book, query)


async def sung_at(call: Call, url_name: str) -> Book:
    """The book singers at a venue choose from; raises NotFound."""
    book = await OF_VENUE(call.kit.db, url_name)
    if book is None:
        raise NotFound("no such venue")
    return book


async def search(
    on: Runs,
    tenant: UUID,
    system: int,
    text: str,
    limit: int,
    cursor: str | None = None,
    *,
    artist: str | None = None,
) -> Found:
    """Songs whose words begin with those of `text`, in any order; case, accents and punctuation do not count.

    Those whose artist or title begins with `text` come first, those that only resemble it last. Without a text the
    whole book. `artist` is one artist in any spelling. Raises ValidationFailed for a foreign cursor.
    """
    asked = asking.read(text)
    book = {"tenant": tenant, "system": system}
    if artist is not None:
        return await _of_artist(on, book, artist, asked, limit, cursor)
    if not asked.terms:
        position = paging.position(cursor, tuple[Text, Text, Id]) or START
        after = dict(zip(("artist_key", "title_key", "after"), position, strict=True))
        return _page(await LISTED(on, **book, **after, max_rows=limit + 1), limit)
    return await _found(on, book, asked, limit, paging.position(cursor, Position))


async def count(on: Runs, tenant: UUID, system: int) -> int:
    """How many songs a book has."""
    return await COUNTED(on, tenant=tenant, system=system)


async def _answer(call: Call, book: Book, query: SongQuery) -> Found:
    """What everybody asks when they begin to type is asked of the cache."""

    async def make() -> Found:
        on, of = call.kit.db, (book.tenant, book.system)
        return await search(on, *of, query.q, query.limit, query.cursor, artist=query.artist)

    if query.cursor or len(query.q) > KEPT_LETTERS:
        return await make()
    asked = kept.digest((query.q.casefold(), query.artist, query.limit))
    tag = kept.book(book.tenant, book.system)
    found: Found = await kept.answer(call, f"songs:{tag}:{asked}", tag, make=make)
    return found


async def _of_artist(
    on: Runs, book: dict[str, Any], artist: str, asked: Asked, limit: int, cursor: str | None
) -> Found:
    _, title, after = paging.position(cursor, tuple[Text, Text, Id]) or START
    query = asking.query(asked, asking.scope(**book)) if asked.terms else None
    given = {"artist_key": folding.key(artist), "query": query, "title_key": title, "after": after}
    return _page(await OF_ARTIST(on, **book, **given, max_rows=limit + 1), limit)


async def _found(on: Runs, book: dict[str, Any], asked: Asked, limit: int, position: Position | None) -> Found:
    step, likeness, *after = astuple(position) if position else (0, 1001, *START)
    range_of = {"start": asked.start, "until": asked.start + HIGHEST}
    hits: list[Hit] = []
    if step == 0:
        places = dict(zip(("at", "beside", "after"), max(after, [asked.start, "", 0]), strict=True))
        hits = await BEGUN(on, **book, **range_of, **places, max_rows=limit + 1)
        likeness, after = 1001, list(START)
    within = asking.scope(**book)
    worded: list[WordedHit] = []
    if len(hits) <= limit:
        places = dict(zip(("artist_key", "title_key", "after"), after, strict=True))
        given = {"query": asking.query(asked, within), "text": " ".join(asked.words), "likeness": likeness}
        rows = limit + 1 - len(hits)
        worded = await WORDED(on, **book, **range_of, **given, **places, most=WORDED_MAX, max_rows=rows)
    found = [(_song(hit, 1.0), (0, 0, hit.at, hit.beside, hit.id)) for hit in hits]
    found += [(_song(h, 0.5 + h.likeness / 2000), (1, h.likeness, h.at, h.beside, h.id)) for h in worded]
    page = paging.page(found, limit, lambda hit: hit[1])
    songs = [song for song, _ in page.items]
    if position is None and len(page.items) < FEW and not page.next_cursor and not _is_sure(asked, songs):
        return await _forgiven(on, book, asked, songs, limit)
    return Found(songs, page.next_cursor)


async def _forgiven(on: Runs, book: dict[str, Any], asked: Asked, songs: list[Song], limit: int) -> Found:
    """The page with songs that may be meant; they have no second page."""
    within = asking.scope(**book)
    query = asking.forgiving_query(asked, await typos.near(on, asked), within)
    given = {"query": query, "text": " ".join(asked.words), "start": "", "until": "", "likeness": 1001}
    nowhere = dict(zip(("artist_key", "title_key", "after"), START, strict=True))
    hits = await WORDED(on, **book, **given, **nowhere, most=WORDED_MAX, max_rows=FORGIVEN_MAX)
    known = {song.id for song in songs}
    near = [
        (typos.likeness(asked, words := folding.words(h.artist, h.title)), h, words) for h in hits if h.id not in known
    ]
    near.sort(key=lambda one: (-one[0], -one[1].likeness, one[1].at, one[1].beside, one[1].id))
    found = songs + [_song(hit, likeness / 2) for likeness, hit, _ in near]
    return Found(found[:limit], None, typos.meant(asked, near[0][2]) if near and not songs else None)


def _is_sure(asked: Asked, songs: list[Song]) -> bool:
    """Whether some song has every word as it is typed, so that nobody needs to guess."""
    typed = set(asked.words)
    return any(typed <= set(folding.words(song.artist, song.title)) for song in songs)


def _page(hits: list[Hit], limit: int) -> Found:
    page = paging.page(hits, limit, lambda hit: (hit.at, hit.beside, hit.id))
    return Found([_song(hit, UNSET) for hit in page.items], page.next_cursor)


def _song(hit: Hit, score: Any) -> Song:
    return Song(hit.id, hit.artist, hit.title, hit.combined, hit.system_id, score)
