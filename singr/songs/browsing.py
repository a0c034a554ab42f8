"""Ways into a venue's book for who does not search: artists by letter, what is new, what is asked for most."""

from __future__ import annotations

from singr.core import paging
from singr.core.errors import FieldError, ValidationFailed
from singr.core.paging import Id, Page
from singr.http import kept
from singr.http.call import Call
from singr.infra.cache import Keep
from singr.infra.sql import many
from singr.songs import book, folding
from singr.songs.letters import LETTERS, Letter
from singr.songs.shapes import (
    Artist,
    ArtistQuery,
    ArtistRow,
    Artists,
    AskedFor,
    Book,
    Hit,
    Listing,
    NewSong,
    NewSongRow,
    Text,
    Top,
    TopSong,
)

ARTISTS = many("artists_listed", ArtistRow)
LETTERS_USED = many("letters_used", str)
NEW = many("songs_new", NewSongRow)
ASKED_MOST = many("songs_asked_most", AskedFor)
BY_NAMES = many("songs_by_names", Hit)

DAYS = 90
# A request more changes little: an answer may be as old as the route says.
AS_TOLD = Keep(fresh_s=60, stale_s=300)
# Some of what is asked for is not in the book (any more).
ASKED_MAX = 300
LAST_ID = 2**63 - 1


async def list_artists(call: Call, url_name: str, *, query: ArtistQuery) -> Artists:
    """A venue's artists with the number of their songs, in alphabetical order without leading articles."""
    sung = await book.sung_at(call, url_name)
    tag = kept.book(sung.tenant, sung.system)
    key = f"artists:{tag}:{kept.digest(query)}"
    page: Artists = await kept.answer(call, key, tag, make=lambda: _artists(call, sung, query))
    return page


async def _artists(call: Call, sung: Book, query: ArtistQuery) -> Artists:
    letter = _letter(query.letter)
    begun = folding.key(query.q) if query.q.strip() else ""
    after = paging.position(query.cursor, tuple[Text])
    rows = await ARTISTS(
        call.kit.db,
        tenant=sung.tenant,
        system=sung.system,
        start=max(letter.start, begun),
        until=min(letter.until, begun + book.HIGHEST),
        after=after[0] if after else "",
        max_rows=query.limit + 1,
    )
    page = paging.page(rows, query.limit, lambda row: (row.key,))
    letters = await LETTERS_USED(
        call.kit.db,
        tenant=sung.tenant,
        system=sung.system,
        letters=list(LETTERS),
        starts=[one.start for one in LETTERS.values()],
        untils=[one.until for one in LETTERS.values()],
    )
    return Artists([Artist(row.name, row.songs) for row in page.items], page.next_cursor, letters)


async def list_new(call: Call, url_name: str, *, query: Listing) -> Page[NewSong]:
    """Songs that came to a venue's book in the last 90 days, after its first sync, the newest first."""
    sung = await book.sung_at(call, url_name)
    tag = kept.book(sung.tenant, sung.system)
    key = f"new:{tag}:{kept.digest(query)}"
    page: Page[NewSong] = await kept.answer(call, key, tag, make=lambda: _new(call, sung, query))
    return page


async def _new(call: Call, sung: Book, query: Listing) -> Page[NewSong]:
    before = paging.position(query.cursor, tuple[Id])
    rows = await NEW(
        call.kit.db,
        tenant=sung.tenant,
        system=sung.system,
        days=DAYS,
        before=before[0] if before else LAST_ID,
        max_rows=query.limit + 1,
    )
    page = paging.page(rows, query.limit, lambda row: (row.id,))
    songs = [NewSong(r.id, r.artist, r.title, r.combined, r.system_id, added_at=r.added_at) for r in page.items]
    return Page(songs, page.next_cursor)


async def list_top(call: Call, url_name: str, *, query: Top) -> Page[TopSong]:
    """Songs of a venue's book that were asked for most in the last 90 days; there is one page."""
    sung = await book.sung_at(call, url_name)
    tag = kept.book(sung.tenant, sung.system)
    key = f"top:{sung.venue_id}:{tag}:{query.limit}"
    page: Page[TopSong] = await kept.answer(call, key, tag, make=lambda: _top(call, sung, query), keep=AS_TOLD)
    return page


async def _top(call: Call, sung: Book, query: Top) -> Page[TopSong]:
    asked = await ASKED_MOST(call.kit.db, venue_id=sung.venue_id, days=DAYS, max_rows=ASKED_MAX)
    keys = [(folding.key(song.artist), folding.key(song.title)) for song in asked]
    artists, titles = [artist for artist, _ in keys], [title for _, title in keys]
    found = await BY_NAMES(call.kit.db, tenant=sung.tenant, system=sung.system, artist_keys=artists, title_keys=titles)
    songs = {(hit.at, hit.beside): hit for hit in found}
    top = [
        TopSong(hit.id, hit.artist, hit.title, hit.combined, hit.system_id, requests=song.requests)
        for song, key in zip(asked, keys, strict=True)
        if (hit := songs.pop(key, None))
    ]
    return Page(top[: query.limit])


def _letter(name: str | None) -> Letter:
    if not name:
        return Letter("", "\x01", book.HIGHEST)
    if letter := LETTERS.get(name.upper()):
        return letter
    raise ValidationFailed(errors=(FieldError("letter", "not one of the letters"),))
