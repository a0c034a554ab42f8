"""What every reader gives, and the words by which columns are known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from singr.core.text import normalise

LINE_MAX = 65_536
ROWS_MAX = 1_000_000

ARTISTS = frozenset((
    "artist", "artist name", "artists", "artistname", "performer", "singer", "band", "interpret", "interpreter",
    "kunstler", "interprete", "artista", "artiest", "artyst", "wykonawca", "utforare", "исполнитель",
    "アーティスト", "歌手",
))  # fmt: skip
TITLES = frozenset((
    "title", "song title", "songtitle", "song name", "songname", "song", "track", "track name", "track title", "name",
    "titel", "titre", "titulo", "titolo", "tytuł", "cancion", "chanson", "название", "песня", "タイトル", "曲名",
))  # fmt: skip
DISCS = frozenset({"discid", "disc id", "disc"})
# OpenKJ marks so what it has dropped from its library, and what it cannot play.
NO_SONGS = frozenset({"!!DROPPED!!", "!!BAD!!"})
# Between artist and title in lines of text.
DASHES = (" - ", " – ", " — ")
UNREADABLE = "\ufffd"


class Row(Struct):
    """A song of the file, as it stands there."""

    line: int
    artist: object
    title: object


class Bad(Struct):
    """A line that is no song, and why: the kind of fault for programs, a sentence for people."""

    line: int
    kind: str
    message: str


class Broken(Exception):
    """From a line on the file cannot be read at all."""

    def __init__(self, line: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.line, self.kind = line, kind


class Columns(Struct):
    """Where in a record artist, title and disc stand; `named` if the file said so itself."""

    artist: int = 0
    title: int = 1
    disc: int | None = None
    named: bool = False


def columns(cells: Sequence[str]) -> Columns | None:
    """The columns a header names; None when it is none."""
    words = [normalise(cell) for cell in cells]
    artist, title, disc = (_first(words, known) for known in (ARTISTS, TITLES, DISCS))
    if artist is None or title is None:
        return None
    return Columns(artist, title, disc, named=True)


def _first(words: Iterable[str], known: frozenset[str]) -> int | None:
    return next((place for place, word in enumerate(words) if word in known), None)
