"""The queue as the realtime stage knows it: hints out, snapshots and deltas in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

import msgspec
from msgspec import Struct

from singr.core.settings import Settings
from singr.http.call import Call
from singr.infra.kit import Kit
from singr.infra.sql import each, many, maybe
from singr.queue import admission, arranging, faces
from singr.queue.shapes import ChangedRequest, RequestRow, VenueKey
from singr.realtime import hints
from singr.realtime.messages import View
from singr.realtime.state import Delta, Gone, Item, Position, Snapshot, Viewer
from singr.venues import venues
from singr.venues.live_shapes import ChangedVenue, VenueOp

# Beyond this a change is not told in operations; rooms read the queue again.
OPS_MAX = 50


class SnapshotRow(ChangedVenue):
    requests: list[dict[str, object]]
    sung: list[dict[str, object]]


class StreamRow(Struct):
    venue_id: UUID
    epoch: str
    version: int


SNAPSHOT = maybe("venue_snapshot", SnapshotRow)
VERSIONS = many("venue_versions", StreamRow)
BY_URL_NAME = each("venue_stream_by_url_name", VenueKey)
BY_ID = each("venue_stream_by_id", VenueKey)
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


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


async def find(kit: Kit, named: str) -> VenueKey | None:
    """The venue with that urlName, or with that id, which pages keep to: a name may change while they sleep."""
    if ID.fullmatch(named) and (venue := await BY_ID(kit.db, named)):
        return venue
    return await BY_URL_NAME(kit.db, named)


def tell(kit: Kit, rows: Sequence[ChangedRequest]) -> None:
    """Hint every venue among `rows`, which one statement changed."""
    for venue_id, changed in groupby(sorted(rows, key=lambda r: (r.venue_id, r.id)), key=lambda r: r.venue_id):
        told = list(changed)
        ops = [Upsert(row) if row.status == "pending" else Remove(row) for row in told]
        hints.tell(kit, venue_id, told[0].epoch, told[0].version, ops if len(ops) <= OPS_MAX else None)


@dataclass(frozen=True, slots=True)
class Manner:
    """How a venue shows its requests. Only where it `rotates` anybody needs to know what was sung."""

    privacy: str
    rotates: bool
    settings: Settings

    def waiting(self, row: RequestRow) -> Item:
        return faces.item(row, self.privacy, self.settings, arranging.asked(row) if self.rotates else None)

    def sung(self, row: RequestRow) -> Item:
        return arranging.sung(row, self.privacy, self.settings)


class Source:
    """Where the hub reads venues (`realtime.source.Source`). How a venue shows its requests is remembered from the last
    snapshot: changing that makes every room read again."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._manners: dict[str, Manner] = {}

    async def find(self, named: str) -> UUID | None:
        venue = await find(self._kit, named)
        return venue.id if venue else None

    async def snapshot(self, venue_id: UUID) -> Snapshot | None:
        row = await SNAPSHOT(self._kit.db, venue_id=venue_id)
        if row is None:
            return None
        manner = self._manners[row.epoch] = Manner(row.queue_privacy, row.rotation != "off", self._kit.settings)
        venue = arranging.venue(venues.watched(row))
        requests = map(manner.waiting, msgspec.convert(row.requests, list[RequestRow]))
        sung = map(manner.sung, msgspec.convert(row.sung, list[RequestRow]))
        return Snapshot(row.epoch, row.version, (venue, *requests, *sung))

    async def versions(self, venue_ids: list[UUID]) -> dict[UUID, Position]:
        rows = await VERSIONS(self._kit.db, venue_ids=venue_ids)
        return {row.venue_id: Position(row.epoch, row.version) for row in rows}

    def delta(self, payload: bytes) -> Delta:
        told = read_hint(payload)
        manner = self._manners.get(told.epoch)
        ops = None if told.ops is None or manner is None else tuple(_ops(told.ops, manner))
        return Delta(told.epoch, told.prev, told.version, ops)

    def arrange(self, items: Mapping[int | str, Item]) -> Item | None:
        return arranging.arrange(items)

    async def admit(self, call: Call, venue_id: UUID, view: View) -> Viewer:
        return await admission.viewer(call, venue_id, view)


def _ops(ops: list[Upsert | Remove | VenueOp], manner: Manner) -> Iterable[Item | Gone]:
    for op in ops:
        if isinstance(op, VenueOp):
            yield arranging.venue(op.venue)
        elif isinstance(op, Upsert):
            yield manner.waiting(op.request)
            if manner.rotates:
                yield arranging.unsung(op.request)  # it may have been put back
        else:
            yield faces.gone(op.request, manner.settings)
            if manner.rotates and op.request.status == "processed":
                yield manner.sung(op.request)
