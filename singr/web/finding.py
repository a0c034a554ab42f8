"""What the singer page lists: songs a search finds, or a way into the book for who does not search.

Ways are plain links; the page's script asks the API the same (`static/singer/book.js`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from string import Template
from typing import Any, TypeVar
from urllib.parse import urlencode

import msgspec

from singr.core.errors import ValidationFailed
from singr.core.paging import Page
from singr.http.call import Call
from singr.songs import book, browsing
from singr.songs.shapes import Artist, ArtistQuery, Artists, Found, Listing, NewSong, Song, Top, TopSong
from singr.venues.shapes import VenueRow
from singr.web.markup import Markup, fill, join
from singr.web.words import Words, say

ROW = Template(
    '<li><button name="song" value="$id"><b dir="auto">$title</b><span dir="auto">$artist</span></button></li>'
)
ARTIST = Template('<li><a class="way" href="?$asked"><b dir="auto">$name</b><span>$songs</span></a></li>')
WAY = Template('<a class="way" href="$address"$current>$label</a>\n')
ASKED = Template('<input type="hidden" name="$name" value="$value">\n')
Shape = TypeVar("Shape")

LISTS = ("top", "new", "artists")
RESULTS = 20
CURRENT, NOT_CURRENT = Markup(' aria-current="true"'), Markup()


@dataclass(frozen=True, slots=True)
class Looking:
    """What is looked for: words, one of `LISTS`, a letter's artists or an artist's songs; `cursor` continues it."""

    q: str = ""
    list: str = ""
    letter: str = ""
    artist: str = ""
    cursor: str | None = None

    @property
    def asked(self) -> dict[str, str]:
        """As it stands in the page's address."""
        given = {name: getattr(self, name) for name in ("q", "list", "letter", "artist")}
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True, slots=True)
class Listed:
    """A list as the template takes it; `none` says so where there is nothing."""

    results: Markup
    cursor: str | None = None
    none: str = ""
    heading: str = ""
    meant: str = ""
    letters: Markup = NOT_CURRENT


async def listed(call: Call, words: Words, venue: VenueRow, looking: Looking) -> Listed:
    """What is looked for; a cursor or a letter from elsewhere begins at the beginning."""
    try:
        return await _listed(call, words, venue, looking)
    except ValidationFailed:
        return await _listed(
            call,
            words,
            venue,
            replace(looking, cursor=None, letter="", list=looking.list or "artists" * bool(looking.letter)),
        )


def ways(words: Words, path: str, looking: Looking) -> Markup:
    """The links to the whole book and to each of its lists."""
    chosen = "artists" if looking.letter or looking.artist else looking.list
    whole = fill(WAY, address=path, current=_current(not looking.asked), label=say(words, "all_songs"))
    lists = (
        fill(WAY, address=f"?list={name}", current=_current(name == chosen), label=say(words, f"list_{name}"))
        for name in LISTS
    )
    return join((whole, *lists))


def hidden(looking: Looking) -> Markup:
    """The question as fields of a form that goes on with it."""
    return join(fill(ASKED, name=name, value=value) for name, value in looking.asked.items())


async def _listed(call: Call, words: Words, venue: VenueRow, looking: Looking) -> Listed:
    if looking.artist:
        found = await _found(call, venue, looking)
        return Listed(_songs(found.items), found.next_cursor, heading=say(words, "songs_by", artist=looking.artist))
    if looking.letter or looking.list == "artists":
        return await _artists(call, words, venue, looking)
    if looking.list == "new":
        latest = Listing(limit=RESULTS, cursor=looking.cursor)
        new = _read(Page[NewSong], await browsing.list_new(call, venue.url_name, query=latest))
        return Listed(_songs(new.items), new.next_cursor, "" if new.items else say(words, "new_none"))
    if looking.list == "top":
        top = _read(Page[TopSong], await browsing.list_top(call, venue.url_name, query=Top(limit=RESULTS)))
        return Listed(_songs(top.items), None, "" if top.items else say(words, "top_none"))
    found = await _found(call, venue, looking)
    none = "" if found.items else say(words, "no_hit" if looking.q else "no_songs", text=looking.q)
    meant = say(words, "meant", text=found.did_you_mean) if found.did_you_mean else ""
    return Listed(_songs(found.items), found.next_cursor, none, meant=meant)


async def _found(call: Call, venue: VenueRow, looking: Looking) -> Found:
    on, book_of = call.kit.db, (venue.tenant, venue.current_system_id)
    return await book.search(on, *book_of, looking.q, RESULTS, looking.cursor, artist=looking.artist or None)


async def _artists(call: Call, words: Words, venue: VenueRow, looking: Looking) -> Listed:
    query = ArtistQuery(letter=looking.letter or None, limit=RESULTS, cursor=looking.cursor)
    page = _read(Artists, await browsing.list_artists(call, venue.url_name, query=query))
    letters = (
        fill(WAY, address=f"?{urlencode({'letter': letter})}", current=_current(letter == looking.letter), label=letter)
        for letter in page.letters
    )
    none = "" if page.items else say(words, "no_songs")
    return Listed(join(_names(words, page.items)), page.next_cursor, none, letters=join(letters))


def _read(shape: type[Shape], answer: Any) -> Shape:
    """What the cache gives comes as it is sent."""
    return msgspec.json.decode(answer, type=shape)


def _songs(songs: Iterable[Song]) -> Markup:
    return join(fill(ROW, id=song.id, title=song.title, artist=song.artist) for song in songs)


def _names(words: Words, artists: Iterable[Artist]) -> Iterator[Markup]:
    for artist in artists:
        asked = urlencode({"artist": artist.name})
        yield fill(ARTIST, asked=asked, name=artist.name, songs=say(words, "found", n=artist.songs))


def _current(is_so: bool) -> Markup:
    return CURRENT if is_so else NOT_CURRENT
