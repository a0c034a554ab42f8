"""Songs as OpenKJ sends them, made fit to store: verbatim for OpenKJ, combined, sorted and in words for singers."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from msgspec import Struct

from singr.core.text import clean, normalise
from singr.songs import folding

TEXT_MAX = 255
# PostgreSQL indexes no value over 2,704 bytes, and one character may normalise to eighteen.
NORMALIZED_MAX_BYTES = 2_000
SEPARATOR = " - "
# A document of 16 MB would stop the event loop for seconds; between batches others have their turn.
BATCH = 250

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Spelt(Struct, frozen=True):
    """A song's texts. Artist and title are verbatim, so that OpenKJ finds what it sent; `normalized` tells songs
    apart, and depends on `combined` alone, since a book is unique in both. Keys and `words` are what it is sorted and
    found by (`singr.songs.folding`)."""

    artist: str
    title: str
    combined: str
    normalized: str
    artist_key: str
    title_key: str
    words: list[str]


class Odd(Exception):
    """A song that cannot be stored; the message says why."""


def spell(song: Any) -> Spelt:
    """A member of a document's `songs` as it is stored; raises Odd."""
    if not isinstance(song, dict):
        raise Odd("not an object")
    artist, title = _text(song, "artist"), _text(song, "title")
    combined = SEPARATOR.join(part for part in (clean(artist), clean(title)) if part)
    if not combined:
        raise Odd("neither artist nor title")
    keys = folding.key(artist), folding.key(title)
    return Spelt(artist, title, combined, _normalized(combined), *keys, folding.words(artist, title))


def storable(text: str) -> str:
    """`text` without what PostgreSQL takes in no text: NUL and lone surrogates."""
    return _UNSTORABLE.sub("", text)


async def spell_all(songs: list[Any]) -> tuple[list[Spelt], list[str]]:
    """The songs that can be stored, each once, and for every other one why not."""
    found: dict[str, Spelt] = {}
    odd: list[str] = []
    for number, song in enumerate(songs, 1):
        try:
            spelt = spell(song)
            found.setdefault(spelt.normalized, spelt)
        except Odd as why:
            odd.append(f"song {number}: {why}")
        if number % BATCH == 0:
            await asyncio.sleep(0)
    return list(found.values()), odd


def _text(song: dict[str, Any], field: str) -> str:
    text = song.get(field)
    if text is None:
        return ""
    if not isinstance(text, str):
        raise Odd(f"{field} is not a text")
    text = storable(text)
    cleaned = clean(text)
    if len(cleaned) > TEXT_MAX:
        raise Odd(f"{field} is longer than {TEXT_MAX} characters")
    return text if len(text) <= TEXT_MAX else cleaned


def _normalized(combined: str) -> str:
    text = " ".join(normalise(part) for part in combined.split(SEPARATOR))
    return text.encode()[:NORMALIZED_MAX_BYTES].decode(errors="ignore")
