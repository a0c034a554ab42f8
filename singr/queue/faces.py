"""What each kind of watcher sees of a request: everything, its own, or what the venue's privacy setting allows."""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec import UNSET, Struct, UnsetType

from singr.queue import tracking
from singr.queue.shapes import RequestRow
from singr.realtime.state import Faces, Gone, Item


class Stranger(Struct, rename="camel"):
    """A request as others see it: always its place, a first name and the song only where the venue allows."""

    id: int
    status: str
    requested_at: datetime
    singer_name: str | UnsetType = UNSET
    artist: str | UnsetType = UNSET
    title: str | UnsetType = UNSET


def item(row: RequestRow, privacy: str) -> Item:
    """A waiting request as a room's item."""
    return Item(row.id, _faces(row, privacy), owners(row))


def gone(row: RequestRow) -> Gone:
    """A request that left the queue; hosts and its owner learn how it ended."""
    full = _full(row)
    return Gone(row.id, Faces(host=full, own=full), owners(row))


def owners(row: RequestRow) -> frozenset[str]:
    """The keys by which a watcher may claim a request as the own one."""
    keys = {f"request:{row.id}"}
    if row.device_id:
        keys.add(f"device:{row.device_id}")
    if row.user_id:
        keys.add(f"user:{row.user_id}")
    return frozenset(keys)


def stranger(row: RequestRow, privacy: str) -> Stranger:
    """A request as others see it under `privacy`."""
    seen = Stranger(row.id, row.status, row.requested_at)
    if privacy != "hidden":
        seen.artist, seen.title = row.artist, row.title
    if privacy == "first_names":
        seen.singer_name = (row.singer_name.split() or [""])[0]
    return seen


def _faces(row: RequestRow, privacy: str) -> Faces:
    full, masked = _full(row), msgspec.json.encode(stranger(row, privacy))
    return Faces(host=full, singer=masked, own=full, display=masked)


def _full(row: RequestRow) -> bytes:
    return msgspec.json.encode(tracking.shown(row))
