"""Commands of phone apps written for the PHP request server. It had one venue: without a name the first is meant."""

from __future__ import annotations

from msgspec.structs import replace

from singr.core.errors import NotFound
from singr.core.secrets import digest
from singr.core.text import normalise
from singr.openkj import answers
from singr.openkj.actions import venue_of
from singr.openkj.ask import Ask
from singr.openkj.keys import Key
from singr.openkj.reading import shaped
from singr.openkj.shapes import Bare, Search, SubmitRequest, WhichVenue
from singr.queue import requests
from singr.queue.shapes import NewRequest
from singr.songs import book

SONGS_MAX = 200


async def search(ask: Ask[Search, Key]) -> bytes:
    """Songs that can be asked for at the venue."""
    venue = await venue_of(ask.call.kit.db, ask.key, ask.given.venue_id, ask.given.venueUrlName)
    found = await book.search(ask.call.kit.db, ask.key.tenant, venue.system, ask.given.searchString, SONGS_MAX)
    songs = [{"song_id": song.id, "artist": song.artist, "title": song.title} for song in found.items]
    return answers.member("songs", songs)


async def submit_request(ask: Ask[SubmitRequest, Key]) -> bytes:
    """A singer's request; closed venues take none. These apps name nobody's phone: house rules and blocks go by the
    singer's name."""
    venue = await venue_of(ask.call.kit.db, ask.key, ask.given.venue_id, ask.given.venueUrlName)
    given = ask.given
    asked = {"singerName": given.singerName, "songId": given.songId, "keyChange": given.keyChange}
    body = shaped(asked, NewRequest)
    singer = replace(ask.call, device=f"name:{digest(normalise(body.singer_name))}")
    await requests.submit(singer, ask.key.tenant, venue.id, body)
    return answers.member("success", True)


async def venue_exists(ask: Ask[WhichVenue, Key]) -> bytes:
    """Whether the key has such a venue."""
    try:
        await venue_of(ask.call.kit.db, ask.key, ask.given.venue_id, ask.given.venueUrlName)
    except NotFound:
        return answers.member("exists", False)
    return answers.member("exists", True)


async def get_accepting(ask: Ask[WhichVenue, Key]) -> bytes:
    """Whether a venue takes requests; venueAccepting asks the same."""
    venue = await venue_of(ask.call.kit.db, ask.key, ask.given.venue_id, ask.given.venueUrlName)
    return answers.member("accepting", venue.accepting) + answers.member("venue_id", venue.number)


async def connection_test(_ask: Ask[Bare, Key]) -> bytes:
    return answers.member("connection", "ok")
