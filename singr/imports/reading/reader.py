"""A file's songs in batches, spelt as they will be stored. All of it is plain computing, done in a thread."""

from __future__ import annotations

from collections.abc import Iterator
from io import TextIOWrapper
from itertools import islice
from typing import IO

from msgspec import Struct

from singr.core.text import clean
from singr.imports.reading.guess import Encoding, Format, Shape, shape
from singr.imports.reading.library import library
from singr.imports.reading.lines import dashed, table
from singr.imports.reading.objects import objects
from singr.imports.reading.rows import ROWS_MAX, UNREADABLE, Bad, Broken, Row
from singr.songs.spelling import Odd, Spelt, spell

BATCH = 1_000


class Batch(Struct):
    """`read` counts songs and bad lines; `position` is how many bytes of the file were read so far."""

    songs: list[tuple[int, Spelt]]
    bad: list[Bad]
    read: int
    position: int
    is_last: bool


class Reader:
    """Gives the file's rows, `BATCH` at a time. `path` is the same file's."""

    def __init__(self, file: IO[bytes], path: str, wanted: Format, encoding: Encoding) -> None:
        self._file, self._path = file, path
        self._wanted, self._encoding = wanted, encoding
        self._rows: Iterator[Row | Bad | None] | None = None
        self._total = 0
        self.format: Format = wanted

    def next(self) -> Batch:
        """The next batch; raises Broken."""
        if self._rows is None:
            found = shape(self._file, self._wanted, self._encoding)
            self.format, self._rows = found.format, self._opened(found)
        seen = list(islice(self._rows, BATCH))
        songs: list[tuple[int, Spelt]] = []
        bad: list[Bad] = []
        for row in seen:
            _judge(row, songs, bad)
        read = len(songs) + len(bad)
        self._total += read
        if self._total > ROWS_MAX:
            raise Broken(seen[-1].line if seen[-1] else 0, "too_many", f"more than {ROWS_MAX} songs")
        return Batch(songs, bad, read, self._file.tell(), len(seen) < BATCH)

    def _opened(self, found: Shape) -> Iterator[Row | Bad | None]:
        if found.format == "openkj":
            return library(self._path)
        self._file.seek(0)
        newline = None if found.format == "json" else ""
        # Kept, since a text that is collected closes its file.
        self._text = text = TextIOWrapper(self._file, found.encoding, errors="replace", newline=newline)
        if found.format == "json":
            return objects(text)
        return dashed(text) if found.format == "text" else table(text, found.delimiter)


def _judge(row: Row | Bad | None, songs: list[tuple[int, Spelt]], bad: list[Bad]) -> None:
    found = _spelt(row) if isinstance(row, Row) else row
    if isinstance(found, Bad):
        bad.append(found)
    elif row is not None and found is not None:
        songs.append((row.line, found))


def _spelt(row: Row) -> Spelt | Bad:
    try:
        spelt = spell({"artist": row.artist, "title": row.title})
    except Odd as why:
        return Bad(row.line, "odd", str(why))
    if not clean(spelt.title):
        return Bad(row.line, "no_title", "no title")
    if UNREADABLE in spelt.combined:
        return Bad(row.line, "letters", "has letters that cannot be read: say which encoding the file has")
    return spelt
