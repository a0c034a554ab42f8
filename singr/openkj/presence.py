"""Polls leave a stamp: singers see whether the KJ's computer is connected, hosts when it last collected."""

from __future__ import annotations

import asyncio
from uuid import UUID

from msgspec import Struct

from singr.http.call import Call
from singr.infra.kit import Kit
from singr.infra.sql import many
from singr.infra.work import Job
from singr.openkj import desk
from singr.openkj.keys import Key
from singr.realtime import hints

# OpenKJ asks every 30 s unless told otherwise, at most every 10 s; its interval is learned from the stamps.
GRACE_S, INTERVALS = 100, 3
TOGETHER_S, STAMPED_S = 0.5, 30
# A computer that was last seen so long ago is not this night's.
FORGET_AFTER_S = 12 * 3600
AT_ONCE_MAX = 1_000
IN_A_ROW = 50


class Moved(Struct):
    """A venue whose watchers are told that OpenKJ came or went."""

    venue_id: UUID
    epoch: str
    version: int


STAMP = many("openkj_seen", Moved)
SILENT = many("openkj_silent", Moved)


def note(call: Call, key: Key) -> None:
    """Stamp the key and its tenant's venues soon, at most every 10 s: getSerial names no venue. Keys that poll at about
    the same time are stamped together, since most polls leave a stamp."""
    here = desk.of(call.kit)
    if here.is_due(key.id, asyncio.get_running_loop().time()):
        here.unstamped.append(key)
        if len(here.unstamped) == 1 and not _stamping(call.kit, here):
            here.unstamped.clear()


def _stamping(kit: Kit, here: desk.Desk) -> bool:
    return kit.aside.run("openkj_presence", lambda: _stamp_soon(kit, here), timeout_s=STAMPED_S)


async def _stamp_soon(kit: Kit, here: desk.Desk) -> None:
    try:
        await asyncio.sleep(TOGETHER_S)
    finally:
        keys, here.unstamped = here.unstamped, []
    await stamp(kit, *keys)


async def stamp(kit: Kit, *keys: Key) -> None:
    """Keys are in use now: the venues of their tenants whose watchers did not know are told."""
    await _tell(kit, await STAMP(kit.db, tenants=[key.tenant for key in keys], key_ids=[key.id for key in keys]))


async def notice_silence(kit: Kit) -> None:
    """Job: tell the watchers of venues whose OpenKJ no longer polls."""
    await _tell(
        kit,
        await SILENT(kit.db, grace_s=GRACE_S, intervals=INTERVALS, forget_after_s=FORGET_AFTER_S, max_rows=AT_ONCE_MAX),
    )


async def _tell(kit: Kit, moved: list[Moved]) -> None:
    """Early in the evening they are many: others have their turn in between."""
    for place, venue in enumerate(moved, 1):
        hints.tell(kit, venue.venue_id, venue.epoch, venue.version, None)
        if place % IN_A_ROW == 0:
            await asyncio.sleep(0)


JOB = Job("notice_silent_openkj", notice_silence, cron="* * * * * */10")
