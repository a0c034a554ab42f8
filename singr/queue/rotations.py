"""A host chooses how singers take turns, and holds on to who comes next."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from singr.core.errors import FieldError, NotFound, ValidationFailed
from singr.http.call import Call
from singr.infra.sql import maybe, value
from singr.queue import arranging, rotation
from singr.queue.arranging import Asker
from singr.queue.rotation import Waiting
from singr.venues import editing
from singr.venues.live_shapes import Rotation as Preset


class RotationRow(Struct):
    """Columns of `rotation_of_venue`."""

    preset: Preset
    next_up: int | None
    waiting: list[dict[str, object]]
    sung: list[dict[str, object]]


class Upcoming(Struct, rename="camel"):
    """`turn` counts the singer's songs of tonight with this one."""

    request_id: int
    turn: int


class Rotation(Struct, rename="camel"):
    """`order` begins with the next one and is empty while the preset is off; `locked` stays next whoever comes."""

    preset: Preset
    locked: int | None
    order: list[Upcoming]


class RotationPatch(Struct, rename="camel", forbid_unknown_fields=True):
    """Only what is given changes; `locked` null lets the preset decide again. Presets: arrival, first_timers (whoever
    has not sung tonight), fewest (songs of tonight), and off where somebody else keeps the order."""

    preset: Preset | UnsetType = UNSET
    locked: Annotated[int, Meta(ge=1, le=2**63 - 1)] | UnsetType | None = UNSET


OF_VENUE = maybe("rotation_of_venue", RotationRow)
WAITS = value("request_waits", bool)


async def show(call: Call, venue_id: UUID) -> Rotation:
    """In which order a venue's singers come up."""
    row = await OF_VENUE(call.kit.db, tenant=call.tenant, venue_id=venue_id)
    if row is None:
        raise NotFound("no such venue")
    waiting = [Waiting(asker.id, arranging.singer(asker)) for asker in _askers(row.waiting)]
    sung = Counter(arranging.singer(asker) for asker in _askers(row.sung))
    turns = rotation.order(row.preset, waiting, sung, row.next_up)
    locked = row.next_up if turns and turns[0].id == row.next_up else None
    return Rotation(row.preset, locked, [Upcoming(*turn) for turn in turns])


async def change(call: Call, venue_id: UUID, *, body: RotationPatch) -> Rotation:
    """Choose a preset, or who is next; singers, hosts and the screen see it at once."""
    given: dict[str, Any] = {}
    if body.preset is not UNSET:
        given["rotation"] = body.preset
    if body.locked is not UNSET:
        given["next_up"] = body.locked
    if body.locked:
        where = {"tenant": call.tenant, "venue_id": venue_id}
        if not await WAITS(call.kit.db, **where, request_id=body.locked):
            await show(call, venue_id)
            raise ValidationFailed(errors=(FieldError("locked", "does not wait here"),))
    await editing.put(call, call.tenant, venue_id, given)
    return await show(call, venue_id)


def _askers(rows: list[dict[str, object]]) -> list[Asker]:
    return msgspec.convert(rows, list[Asker])
