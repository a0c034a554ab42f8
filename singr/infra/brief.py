"""Answers that one process keeps for itself, for a second: where Redis is away, and where asking it costs as much."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterable, Sequence

from msgspec import Struct

KEPT_S = 1.0
MOST = 1_000


class Place(Struct, eq=False):
    """Where an answer is kept once it is made."""

    tags: Sequence[str]
    until_s: float = 0.0
    body: bytes = b""

    def put(self, body: bytes) -> None:
        """Of several who make it at once the first counts: a later one may have read earlier."""
        if not self.until_s:
            self.body, self.until_s = body, time.monotonic() + KEPT_S


class Brief:
    """Forgets by tag at once, and the oldest where there are too many."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Place] = OrderedDict()
        self._of_tag: dict[str, set[str]] = {}

    def get(self, key: str) -> bytes | None:
        place = self._kept.get(key)
        return place.body if place and place.until_s > time.monotonic() else None

    def expect(self, key: str, tags: Sequence[str]) -> Place:
        """A place for an answer that is about to be made. Where it is forgotten meanwhile, nobody looks there."""
        place = self._kept.get(key)
        if place and not place.until_s:
            return place
        self._drop(key)
        place = self._kept[key] = Place(tags)
        for tag in tags:
            self._of_tag.setdefault(tag, set()).add(key)
        if len(self._kept) > MOST:
            self._drop(next(iter(self._kept)))
        return place

    def give_up(self, key: str, place: Place) -> None:
        """No answer was made."""
        if self._kept.get(key) is place and not place.until_s:
            self._drop(key)

    def forget(self, tags: Iterable[str]) -> None:
        for tag in tags:
            for key in self._of_tag.get(tag, set()).copy():
                self._drop(key)

    def _drop(self, key: str) -> None:
        if place := self._kept.pop(key, None):
            for tag in place.tags:
                keys = self._of_tag[tag]
                keys.discard(key)
                if not keys:
                    del self._of_tag[tag]
