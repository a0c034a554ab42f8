"""The rotation as watchers see it: made anew in each room whenever its queue has moved.

A room keeps facts beside the entries: who asked for what waits, and what was sung tonight (under the negative of the
request's id, which nobody sees).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Raw, Struct

from singr.core import clock
from singr.core.settings import Settings
from singr.core.text import normalise
from singr.queue import faces, rotation
from singr.queue.rotation import Turn, Waiting
from singr.queue.shapes import RequestRow
from singr.realtime.state import NO_FACES, VENUE, Faces, Gone, Item, News
from singr.venues.live_shapes import LiveVenue, RotatingVenue

SOON = 5
NULL = Raw(b"null")


class Asker(Struct):
    """Who asked for a request."""

    id: int
    singer_name: str
    device_id: str | None
    user_id: UUID | None


class Asked(Struct, frozen=True):
    """Of a request that waits."""

    singer: str


class Sung(Struct, frozen=True):
    """Of one that was accepted or dealt with; the faces only where the console said so: then it is sung now."""

    singer: str
    asked_at: datetime
    at: datetime
    to_host: bytes | None = None
    to_others: bytes | None = None


class HostRotation(Struct, rename="camel"):
    """`order` are the waiting requests, the next first, `turns` the number of each among its singer's songs tonight.
    `locked` is the one that stays next."""

    preset: str
    locked: int | None
    now: Raw
    order: list[int]
    turns: list[int]


class SoonRotation(Struct, rename="camel"):
    """What everybody may know: `now` as the privacy setting allows, `next` the ids of those who come up soon."""

    now: Raw
    next: list[int]


class WatchedVenue(LiveVenue):
    """`rotation` is null where the order is not known here."""

    rotation: HostRotation | SoonRotation | None


def singer(row: RequestRow | Asker) -> str:
    """Who comes up: a name as it was called out, of one phone or account. People who share a phone take turns."""
    return f"{row.user_id or row.device_id or ''}/{normalise(row.singer_name)}"


def asked(row: RequestRow) -> Asked:
    return Asked(singer(row))


def sung(row: RequestRow, privacy: str, settings: Settings) -> Item:
    """The fact that this was sung."""
    at = row.processed_at or row.requested_at
    fact = Sung(singer(row), row.requested_at, at)
    if row.processed_via == "console":
        to_host, to_others = faces.to_host(row, settings), msgspec.json.encode(faces.stranger(row, privacy))
        fact = Sung(fact.singer, fact.asked_at, at, to_host, to_others)
    return Item(-row.id, NO_FACES, facts=fact)


def unsung(row: RequestRow) -> Gone:
    return Gone(-row.id)


def venue(known: RotatingVenue) -> Item:
    """The venue as an item; `arrange` adds the rotation."""
    shown = {name: getattr(known, name) for name in LiveVenue.__struct_fields__}
    face = msgspec.json.encode(WatchedVenue(**shown, rotation=None))
    news = None if known.accepting_requests else News("venueClosed")
    return Item(VENUE, Faces(face, face, face, face), news=news, facts=known)


def arrange(items: Mapping[int | str, Item]) -> Item | None:
    """The venue with its rotation; None where it has none, and before anything is known."""
    found = items.get(VENUE)
    known = found.facts if found else None
    if found is None or not isinstance(known, RotatingVenue) or known.rotation == "off":
        return None
    waits = [Waiting(int(item.id), item.facts.singer) for item in items.values() if isinstance(item.facts, Asked)]
    tonight = clock.night_began(clock.zone(known.time_zone))
    done = [fact for item in items.values() if isinstance(fact := item.facts, Sung) and fact.asked_at >= tonight]
    turns = rotation.order(known.rotation, waits, Counter(fact.singer for fact in done), known.next_up)
    last = max(done, key=lambda fact: fact.at, default=None)  # whoever OpenKJ took last sings now as far as we know
    return msgspec.structs.replace(found, faces=_faces(known, turns, last), order=tuple(turn.id for turn in turns))


def _faces(known: RotatingVenue, turns: list[Turn], last: Sung | None) -> Faces:
    shown = {name: getattr(known, name) for name in LiveVenue.__struct_fields__}
    ids = [turn.id for turn in turns]
    to_host = HostRotation(
        preset=known.rotation,
        locked=known.next_up if known.next_up in ids else None,
        now=Raw(last.to_host) if last and last.to_host else NULL,
        order=ids,
        turns=[turn.number for turn in turns],
    )
    to_others = SoonRotation(Raw(last.to_others) if last and last.to_others else NULL, ids[:SOON])
    host, others = (msgspec.json.encode(WatchedVenue(**shown, rotation=each)) for each in (to_host, to_others))
    return Faces(host, others, others, others)
