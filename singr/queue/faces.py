"""What each kind of watcher sees of a request: everything, its own, or what the venue's privacy setting allows."""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec import UNSET, Struct, UnsetType

from singr.core.settings import Settings
from singr.queue import tracking
from singr.queue.shapes import RequestRow
from singr.realtime.state import Faces, Gone, Item, News


class Stranger(Struct, rename="camel"):
    """A request as others see it: always its place and when it was dealt with, a first name and the song only where the
    venue allows."""

    id: int
    status: str
    requested_at: datetime
    processed_at: datetime | UnsetType = UNSET
    singer_name: str | UnsetType = UNSET
    artist: str | UnsetType = UNSET
    title: str | UnsetType = UNSET


def item(row: RequestRow, privacy: str, settings: Settings, facts: object = None) -> Item:
    """A waiting request as a room's item; `facts` are kept with it."""
    masked = msgspec.json.encode(stranger(row, privacy))
    faces = Faces(host=to_host(row, settings), singer=masked, own=_to_owner(row), display=masked)
    return Item(row.id, faces, owners(row), facts=facts)


def gone(row: RequestRow, settings: Settings) -> Gone:
    """A request that left the queue; hosts and its owner learn how it ended."""
    return Gone(row.id, Faces(host=to_host(row, settings), own=_to_owner(row)), owners(row), _news(row))


def _news(row: RequestRow) -> News | None:
    """What its singer is told of the end. OpenKJ does not tell acceptance from rejection, so neither do we then."""
    if row.status == "processed":
        return News("accepted" if row.processed_via == "console" else "dealt")
    return News("rejected", row.reject_reason) if row.status == "rejected" else None


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
    seen = Stranger(row.id, row.status, row.requested_at, row.processed_at or UNSET)
    if privacy != "hidden":
        seen.artist, seen.title = row.artist, row.title
    if privacy == "first_names":
        seen.singer_name = (row.singer_name.split() or [""])[0]
    return seen


def to_host(row: RequestRow, settings: Settings) -> bytes:
    """A request as live views show it to its hosts."""
    shown = tracking.shown_to_host(settings, row)
    shown.account = UNSET  # deleting an account moves no venue's version
    return msgspec.json.encode(shown)


def _to_owner(row: RequestRow) -> bytes:
    return msgspec.json.encode(tracking.shown(row))
