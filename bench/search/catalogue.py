"""A book of songs as a KJ has one: real artists and titles, and as many again that might be, the same in every run."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

HERE = Path(__file__).parent
SEED = 7
FIRST, LAST, GROUP, WORDS = (line.split() for line in (HERE / "invented.txt").read_text("utf-8").splitlines())
LITTLE = ("in the", "of the", "on a", "for you", "to me", "and", "with", "without", "like a", "(Live)", "of my")


class Song(Struct, frozen=True):
    artist: str
    title: str


class Query(Struct, frozen=True):
    """What somebody typed, and the song they meant."""

    kind: str
    text: str
    song: str


def real() -> list[Song]:
    """The songs of `names.txt`: an artist, then titles."""
    lines = (line.partition("|") for line in (HERE / "names.txt").read_text("utf-8").splitlines())
    return [Song(artist, title) for artist, _, titles in lines for title in titles.split(";")]


def queries() -> list[Query]:
    return [Query(*line.split("|")) for line in (HERE / "queries.txt").read_text("utf-8").splitlines()]


def book(size: int) -> list[Song]:
    """`size` different songs, the real ones among them."""
    songs = dict.fromkeys(real())
    for song in _invented(random.Random(SEED)):  # noqa: S311
        if len(songs) >= size:
            break
        songs[song] = None
    return list(songs)


def _invented(by: random.Random) -> Iterator[Song]:
    known = [song.artist for song in real()]
    while True:
        artist = by.choice(known) if by.random() < 0.15 else _artist(by)
        for _ in range(by.randint(1, 12)):
            yield Song(artist, _title(by))


def _artist(by: random.Random) -> str:
    if by.random() < 0.3:
        return f"The {by.choice(WORDS).title()} {by.choice(GROUP)}"
    together = f" & {by.choice(FIRST)} {by.choice(LAST)}" if by.random() < 0.05 else ""
    return f"{by.choice(FIRST)} {by.choice(LAST)}{together}"


def _title(by: random.Random) -> str:
    words = [by.choice(WORDS) for _ in range(by.choice((1, 2, 2, 3, 3, 4)))]
    if by.random() < 0.4:
        words.insert(by.randint(0, len(words)), by.choice(LITTLE))
    return " ".join(words).title()
