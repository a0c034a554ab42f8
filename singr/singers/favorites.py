"""Songs and venues a singer likes. A song is kept as itself, not as a line of a book, so no sync of a book loses it."""

from __future__ import annotations

from uuid import UUID

from msgspec import UNSET

from singr.core import paging
from singr.core.errors import Conflict, FieldError, NotFound, ValidationFailed
from singr.core.paging import Page
from singr.core.text import clean
from singr.http.call import Call
from singr.infra.sql import Runs, many, maybe, none
from singr.singers import profile, singer
from singr.singers.shapes import (
    FavoriteRow,
    FavoriteSong,
    FavoriteSongs,
    FavoriteVenue,
    FavoriteVenues,
    Kept,
    NamedVenue,
    NewFavorite,
)
from singr.songs.spelling import Odd, spell

SONGS = many("favorite_songs", FavoriteRow)
KEEP_SONG = maybe("favorite_song_kept", FavoriteRow)
DROP_SONG = none("favorite_song_dropped")
VENUES = many("favorite_venues", FavoriteVenue)
KEEP_VENUE = maybe("favorite_venue_kept", Kept)
DROP_VENUE = none("favorite_venue_dropped")

SONGS_MAX = 2_000


class FavoritesFull(Conflict):
    title = "You keep as many songs as can be kept"


async def list_songs(call: Call, *, query: FavoriteSongs) -> Page[FavoriteSong]:
    """The caller's songs, the newest first; with a venue, which of them can be sung there tonight."""
    place = await singer.venue(call, NamedVenue(query.venue)) if query.venue else None
    if query.available is not None and place is None:
        raise ValidationFailed(errors=(FieldError("venue", "where? name a venue"),))
    before_at, before_id = singer.before(query.cursor)
    rows = await SONGS(
        call.kit.db,
        singer=call.singer,
        venue_id=place.id if place else None,
        available=query.available,
        before_at=before_at,
        before_id=before_id,
        max_rows=query.limit + 1,
    )
    found = paging.page(rows, query.limit, lambda row: (row.created_at.isoformat(), str(row.id)))
    return Page([_shown(row, at_venue=place is not None) for row in found.items], found.next_cursor)


async def keep_song(call: Call, *, body: NewFavorite) -> FavoriteSong:
    """Keep a song with the key the caller likes. One that is kept already gets this key."""
    try:
        spelt = spell({"artist": clean(body.artist), "title": clean(body.title)})
    except Odd as exc:
        raise ValidationFailed(errors=(FieldError("title", str(exc)),)) from exc
    async with call.kit.db.transaction(call.actor) as tx:
        row = await KEEP_SONG(
            tx,
            singer=call.singer,
            artist=spelt.artist,
            title=spelt.title,
            key_change=body.key_change,
            normalized=spelt.normalized,
            most=SONGS_MAX,
        )
    if row is None:
        await profile.show(call)
        raise FavoritesFull(f"you keep {SONGS_MAX} songs: let one go first")
    return _shown(row, at_venue=False)


async def drop_song(call: Call, favorite_id: UUID) -> None:
    """Keep a song no longer."""
    async with call.kit.db.transaction(call.actor) as tx:
        if not await DROP_SONG(tx, singer=call.singer, favorite_id=favorite_id):
            raise NotFound("no such favourite of yours")


async def list_venues(call: Call, *, query: FavoriteVenues) -> Page[FavoriteVenue]:
    """The caller's venues, the newest first."""
    rows = await _venues(call.kit.db, call.singer, query.cursor, query.limit + 1)
    return paging.page(rows, query.limit, lambda row: (row.favorite_since.isoformat(), str(row.id)))


async def keep_venue(call: Call, *, body: NamedVenue) -> FavoriteVenue:
    """Keep a venue. Doing so twice is fine."""
    place = await singer.venue(call, body)
    async with call.kit.db.transaction(call.actor) as tx:
        if await KEEP_VENUE(tx, singer=call.singer, venue_id=place.id) is None:
            raise NotFound("your singer profile is gone")
        (found,) = await _venues(tx, call.singer, venue_id=place.id)
    return found


async def drop_venue(call: Call, venue_id: UUID) -> None:
    """Keep a venue no longer."""
    async with call.kit.db.transaction(call.actor) as tx:
        if not await DROP_VENUE(tx, singer=call.singer, venue_id=venue_id):
            raise NotFound("no such favourite of yours")


async def _venues(
    on: Runs, who: UUID, cursor: str | None = None, most: int = 1, *, venue_id: UUID | None = None
) -> list[FavoriteVenue]:
    before_at, before_id = singer.before(cursor)
    return await VENUES(on, singer=who, venue_id=venue_id, before_at=before_at, before_id=before_id, max_rows=most)


def _shown(row: FavoriteRow, *, at_venue: bool) -> FavoriteSong:
    song_id = row.song_id if at_venue else UNSET
    return FavoriteSong(row.id, row.artist, row.title, row.key_change, row.created_at, song_id)
