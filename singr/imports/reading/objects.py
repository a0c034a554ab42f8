"""Songs as JSON: an array of objects, one object a line, or `{"songs": […]}`. Read an object at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, TextIO

from singr.core.text import normalise
from singr.imports.reading.rows import ARTISTS, LINE_MAX, TITLES, Bad, Broken, Row

BLOCK = 1 << 16
OPENING = re.compile(r'\s*(?:\[|\{\s*"songs"\s*:\s*\[)')
BETWEEN = re.compile(r"[\s,]*")
DECODER = json.JSONDecoder()


class Source:
    """The text not yet read, at most two blocks of it."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self.rest = text.read(BLOCK)
        self.line = 1

    def skip(self, count: int) -> str:
        """Go on by `count` characters; those."""
        passed, self.rest = self.rest[:count], self.rest[count:]
        self.line += passed.count("\n")
        return passed

    def fill(self) -> bool:
        """Read on; False at the end, or where there is enough to tell that this is no song."""
        if len(self.rest) > LINE_MAX:
            return False
        block = self._text.read(BLOCK)
        self.rest += block
        return bool(block)


def objects(text: TextIO) -> Iterator[Row | Bad | None]:
    """The songs of a JSON file. A bad line among lines is one; raises Broken where an array cannot be read on."""
    source = Source(text)
    opening = OPENING.match(source.rest)
    if opening:
        source.skip(opening.end())
    while True:
        _between(source)
        if not source.rest or (opening and source.rest[0] == "]"):
            if opening and not source.rest:
                raise Broken(source.line, "cut_off", "the file ends in the middle")
            return
        line = source.line
        try:
            yield _song(line, _value(source))
        except ValueError as exc:
            if opening:
                raise Broken(line, "not_json", "not valid JSON from here on") from exc
            yield Bad(line, "not_json", "not valid JSON")
            _to_next_line(source)


def _between(source: Source) -> None:
    while True:
        passed = BETWEEN.match(source.rest)
        source.skip(passed.end() if passed else 0)
        if source.rest or not source.fill():
            return


def _value(source: Source) -> Any:
    """The next value; raises ValueError where there is none, or none of a song's size."""
    while True:
        try:
            found, end = DECODER.raw_decode(source.rest)
        except (ValueError, RecursionError) as exc:
            if not source.fill():
                raise ValueError("no value") from exc
        else:
            source.skip(end)
            return found


def _to_next_line(source: Source) -> None:
    while (end := source.rest.find("\n")) < 0:
        source.skip(len(source.rest))
        if not source.fill():
            return
    source.skip(end)


def _song(line: int, found: Any) -> Row | Bad:
    if not isinstance(found, dict):
        return Bad(line, "no_song", "not an object with artist and title")
    if "artist" not in found or "title" not in found:
        found = {_role(name): value for name, value in found.items()}
    if "title" not in found:
        return Bad(line, "no_title", "no title")
    return Row(line, _text(found.get("artist", "")), _text(found["title"]))


def _role(name: str) -> str:
    word = normalise(name)
    return "artist" if word in ARTISTS else "title" if word in TITLES else name


def _text(value: Any) -> Any:
    """Some programs write the title 1999 as a number."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
