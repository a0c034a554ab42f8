"""Hints: after a commit, the venue's watchers are told what changed. A lost hint costs latency, never truth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from singr.http import kept
from singr.infra.kit import Kit
from singr.realtime.source import channel


class Hint(Struct):
    """What travels on a venue's channel. `ops` is None when the change cannot be told in operations: read again."""

    epoch: str
    prev: int
    version: int
    ops: Sequence[Any] | None


def tell(kit: Kit, venue_id: UUID, epoch: str, version: int, ops: Sequence[Struct] | None) -> None:
    """Publish a change that was committed as `version`, without keeping the caller waiting; what was answered about
    the venue before is answered no more."""
    kit.cache.forget(kept.venue(venue_id))
    payload = msgspec.json.encode(Hint(epoch, version - 1, version, ops))
    name = channel(venue_id)
    if not kit.bus.post(name, payload):
        kit.aside.run("hint", lambda: kit.bus.publish(name, payload), timeout_s=1)
