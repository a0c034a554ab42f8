"""Lines of a text file, of bounded length and counted; those of a record can be read again."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from typing import TextIO

from singr.imports.reading.rows import DASHES, LINE_MAX, NO_SONGS, Bad, Columns, Row, columns
from singr.queue.exports import FORMULA

RECORD_LINES = 20
ENDS = ("\n", "\r")


class TooLong(Exception):
    """A line of more than LINE_MAX characters."""


class Unclosed(Exception):
    """A quoted field that goes on and on."""


class Lines:
    """`number` is that of the last line given. A record may have 20 lines: more is a quote that was never closed."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._ahead: deque[str] = deque()
        self._record: list[str] = []
        self.number = 0

    def begin(self) -> int:
        """Begin a record; the number of its first line."""
        self._record = []
        return self.number + 1

    def resume(self) -> None:
        """Read the lines after the record's first one again."""
        self._ahead.extendleft(reversed(self._record[1:]))
        self.number -= max(len(self._record) - 1, 0)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self._record) >= RECORD_LINES:
            raise Unclosed
        line = self._ahead.popleft() if self._ahead else self._read()
        if line:
            self.number += 1
            self._record.append(line)
            return line
        if self._record:
            raise Unclosed
        raise StopIteration

    def _read(self) -> str:
        line = self._text.readline(LINE_MAX)
        if len(line) < LINE_MAX or line.endswith(ENDS):
            return line
        while rest := self._text.readline(LINE_MAX):
            if rest.endswith(ENDS):
                break
        self.number += 1
        raise TooLong


def table(text: TextIO, delimiter: str) -> Iterator[Row | Bad | None]:
    """The songs of a CSV file; None for lines that say nothing. Without a header: artist, then title."""
    lines, layout = Lines(text), None
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        began = lines.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except Unclosed:
            lines.resume()
            yield Bad(began, "unclosed", "a quoted field begins here and does not end")
        except (TooLong, csv.Error):
            yield Bad(began, "too_long", f"longer than {LINE_MAX} characters")
        else:
            if not any(cell.strip() for cell in cells):
                yield None
            elif layout is None and (named := columns(cells)):
                layout = named
            else:
                layout = layout or Columns()
                yield _song(began, cells, layout)


def _song(line: int, cells: list[str], layout: Columns) -> Row | Bad | None:
    if layout.disc is not None and layout.disc < len(cells) and cells[layout.disc] in NO_SONGS:
        return None
    if max(layout.artist, layout.title) >= len(cells):
        return Bad(line, "few_columns", f"has {len(cells)} of {max(layout.artist, layout.title) + 1} columns")
    return Row(line, _text(cells[layout.artist]), _text(cells[layout.title]))


def _text(cell: str) -> str:
    """A cell without what our own export puts before that which a spreadsheet would compute."""
    text = cell.strip()
    return text[1:] if text.startswith(tuple(f"'{sign}" for sign in FORMULA)) else text


def dashed(text: TextIO) -> Iterator[Row | Bad | None]:
    """The songs of lines "Artist - Title"; None for empty ones."""
    lines = Lines(text)
    while True:
        number = lines.begin()
        try:
            line = next(lines)
        except StopIteration:
            return
        except TooLong:
            yield Bad(number, "too_long", f"longer than {LINE_MAX} characters")
            continue
        dash = min((d for d in (*DASHES, "\t") if d in line.strip()), key=line.index, default=None)
        if dash:
            artist, _, title = line.partition(dash)
            yield Row(number, artist.strip(), title.strip())
        else:
            yield Bad(number, "no_dash", 'no " - " between artist and title') if line.strip() else None
