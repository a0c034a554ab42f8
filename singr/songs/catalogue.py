"""An organization's own songs, as its console reads them: one system's book, or all of them."""

from __future__ import annotations

from singr.core import paging
from singr.core.errors import NotFound
from singr.core.paging import Id
from singr.http.call import Call
from singr.infra.sql import many
from singr.songs import book
from singr.songs.shapes import Found, OwnSearch, Song, SongQuery

NUMBERS = many("book_numbers", int)

# A page of a search that hits nowhere looks into so many books and then says where to go on.
BOOKS_MAX = 20


async def list_of_system(call: Call, system_id: int, *, query: SongQuery) -> Found:
    """One system's book (OpenKJ's number), searched or listed by artist."""
    given = OwnSearch(query.q, query.artist, query.limit, query.cursor, system_id=system_id)
    await check_system(call, system_id)
    return await list_own(call, query=given)


async def check_system(call: Call, system_id: int) -> None:
    """See that the organization has this system; raises NotFound."""
    if not await NUMBERS(call.kit.db, tenant=call.tenant, system=system_id, after=0, max_rows=1):
        raise NotFound("no such system")


async def list_own(call: Call, *, query: OwnSearch) -> Found:
    """The organization's songs, system by system; a page with a cursor may be short."""
    first, inner = paging.position(query.cursor, tuple[Id, str]) or (0, "")
    given = {"tenant": call.tenant, "system": query.system_id, "after": first}
    numbers = await NUMBERS(call.kit.db, **given, max_rows=BOOKS_MAX + 1)
    songs: list[Song] = []
    for n, number in enumerate(numbers):
        if len(songs) == query.limit or n == BOOKS_MAX:
            return Found(songs, paging.cursor(number, ""))
        after = inner or None if number == first else None
        left = query.limit - len(songs)
        found = await book.search(call.kit.db, call.tenant, number, query.q, left, after, artist=query.artist)
        songs += found.items
        if found.next_cursor:
            return Found(songs, paging.cursor(number, found.next_cursor))
        if query.system_id is not None:
            return found
    return Found(songs)
