"""The queue as the realtime stage knows it: hints out, snapshots and deltas in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from singr.core.settings import Settings
from singr.http.call import Call
from singr.infra.kit import Kit
from singr.infra.sql import many, maybe
from singr.queue import admission, faces
from singr.queue.shapes import ChangedRequest, RequestRow, VenueKey
from singr.realtime import hints
from singr.realtime.messages import View
from singr.realtime.state import VENUE, Delta, Faces, Gone, Item, News, Position, Snapshot, Viewer
from singr.venues import venues
from singr.venues.shapes import LiveVenue, VenueOp

# Beyond this a change is not told in operations; rooms read the queue again.
OPS_MAX = 50


class SnapshotRow(Struct):
    epoch: str
    version: int
    url_name: str
    name: str
    accepting_requests: bool
    message: str | None
    openkj_connected: bool | None
    rules: dict[str, Any]
    time_zone: str
    queue_privacy: str
    requests: list[dict[str, object]]


class StreamRow(Struct):
    venue_id: UUID
    epoch: str
    version: int


SNAPSHOT = maybe("venue_snapshot", SnapshotRow)
VERSIONS = many("venue_versions", StreamRow)
BY_URL_NAME = maybe("venue_stream_by_url_name", VenueKey)


class Upsert(Struct, tag_field="op", tag="upsert"):
    request: RequestRow


class Remove(Struct, tag_field="op", tag="remove"):
    request: RequestRow


class Told(Struct):
    """A hint as the queue reads it."""

    epoch: str
    prev: int
    version: int
    ops: list[Upsert | Remove | VenueOp] | None


read_hint = msgspec.json.Decoder(Told).decode


def tell(kit: Kit, rows: Sequence[ChangedRequest]) -> None:
    """Hint every venue among `rows`, which one statement changed."""
    for venue_id, changed in groupby(sorted(rows, key=lambda r: (r.venue_id, r.id)), key=lambda r: r.venue_id):
        told = list(changed)
        ops = [Upsert(row) if row.status == "pending" else Remove(row) for row in told]
        hints.tell(kit, venue_id, told[0].epoch, told[0].version, ops if len(ops) <= OPS_MAX else None)


class Source:
    """Where the hub reads venues (`realtime.source.Source`). Privacy settings are remembered from the last snapshot:
    changing one makes every room read again."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._privacy: dict[str, str] = {}

    async def find(self, url_name: str) -> UUID | None:
        venue = await BY_URL_NAME(self._kit.db, url_name=url_name)
        return venue.id if venue else None

    async def snapshot(self, venue_id: UUID) -> Snapshot | None:
        row = await SNAPSHOT(self._kit.db, venue_id=venue_id)
        if row is None:
            return None
        self._privacy[row.epoch] = row.queue_privacy
        venue = _venue(venues.watched(row))
        waiting = msgspec.convert(row.requests, list[RequestRow])
        requests = (faces.item(r, row.queue_privacy, self._kit.settings) for r in waiting)
        return Snapshot(row.epoch, row.version, (venue, *requests))

    async def versions(self, venue_ids: list[UUID]) -> dict[UUID, Position]:
        rows = await VERSIONS(self._kit.db, venue_ids=venue_ids)
        return {row.venue_id: Position(row.epoch, row.version) for row in rows}

    def delta(self, payload: bytes) -> Delta:
        told = read_hint(payload)
        privacy = self._privacy.get(told.epoch)
        ops = None if told.ops is None or privacy is None else tuple(_ops(told.ops, privacy, self._kit.settings))
        return Delta(told.epoch, told.prev, told.version, ops)

    async def admit(self, call: Call, venue_id: UUID, view: View) -> Viewer:
        return await admission.viewer(call, venue_id, view)


def _ops(ops: list[Upsert | Remove | VenueOp], privacy: str, settings: Settings) -> Iterable[Item | Gone]:
    for op in ops:
        if isinstance(op, VenueOp):
            yield _venue(op.venue)
        elif isinstance(op, Upsert):
            yield faces.item(op.request, privacy, settings)
        else:
            yield faces.gone(op.request, settings)


def _venue(venue: LiveVenue) -> Item:
    face = msgspec.json.encode(venue)
    news = None if venue.accepting_requests else News("venueClosed")
    return Item(VENUE, Faces(face, face, face, face), news=news)
