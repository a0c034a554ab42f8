"""Song libraries, and the documents two programs make of them (openkj.md, part B, "Song sync")."""

from __future__ import annotations

from collections.abc import Iterator
from zlib import crc32

Song = tuple[str, str]
DOCUMENT = 1000


def of(count: int, tag: str = "") -> list[Song]:
    """`count` different songs, sorted as OpenKJ's query sorts them."""
    return sorted(
        ((f"Artist {tag}{n % 400:03d}", f"Song {tag}{n:05d}") for n in range(count)),
        key=lambda song: (ascii_folded(song[0]), ascii_folded(song[1])),
    )


def ascii_folded(text: str) -> str:
    """SQLite's NOCASE folds ASCII only."""
    return "".join(c.lower() if c.isascii() else c for c in text)


def documents_of_openkj(songs: list[Song]) -> Iterator[list[dict[str, str]]]:
    """OpenKJ 2.1: the row after each full document is fetched and thrown away, each document is reversed, and the last
    is not full: an empty one follows a full one."""
    rows = iter(songs)
    while True:
        document: list[dict[str, str]] = []
        for artist, title in rows:
            if len(document) == DOCUMENT:
                break  # this row is lost
            document.insert(0, {"artist": artist, "title": title})
        yield document
        if len(document) < DOCUMENT:
            return


def documents_of_agent(songs: list[Song]) -> Iterator[list[dict[str, str]]]:
    """SongbookAgent 1.1: exactly ceil(N / 1000) documents in no particular order, none for an empty library."""
    shuffled = sorted(songs, key=lambda song: crc32(song[1].encode()))
    rows = [{"artist": artist, "title": title} for artist, title in shuffled]
    for start in range(0, len(rows), DOCUMENT):
        yield rows[start : start + DOCUMENT]


def sent_by_openkj(songs: list[Song]) -> list[Song]:
    """What remains of a library after OpenKJ's own losses."""
    return [song for n, song in enumerate(songs, 1) if n % (DOCUMENT + 1)]
