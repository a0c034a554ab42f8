"""Answers that one process keeps for itself, for a second: where Redis is away, and where asking it costs as much."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterable, Sequence

KEPT_S = 1.0
MOST = 1_000


class Brief:
    """Forgets by tag at once, and the oldest where there are too many."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[float, Sequence[str], bytes]] = OrderedDict()
        self._of_tag: dict[str, set[str]] = {}

    def get(self, key: str) -> bytes | None:
        until_s, _, body = self._kept.get(key, (0.0, (), b""))
        return body if until_s > time.monotonic() else None

    def put(self, key: str, tags: Sequence[str], body: bytes) -> None:
        self._drop(key)
        self._kept[key] = (time.monotonic() + KEPT_S, tags, body)
        for tag in tags:
            self._of_tag.setdefault(tag, set()).add(key)
        if len(self._kept) > MOST:
            self._drop(next(iter(self._kept)))

    def forget(self, tags: Iterable[str]) -> None:
        for tag in tags:
            for key in self._of_tag.get(tag, set()).copy():
                self._drop(key)

    def _drop(self, key: str) -> None:
        _, tags, _ = self._kept.pop(key, (0.0, (), b""))
        for tag in tags:
            keys = self._of_tag[tag]
            keys.discard(key)
            if not keys:
                del self._of_tag[tag]
