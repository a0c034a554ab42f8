"""Syncs gone quiet: OpenKJ announces no end, so after 20 silent seconds one is published, or held for the host."""

from __future__ import annotations

import logging

from singr.core.actor import Actor
from singr.core.errors import Problem
from singr.http.call import Call
from singr.infra.kit import Kit
from singr.infra.sql import many, value
from singr.infra.work import Job
from singr.songs import generations, rules
from singr.songs.generations import PUBLISH_TIMEOUT_S, QUIET_S
from singr.songs.shapes import Generation

log = logging.getLogger("singr.songs")

AT_ONCE_MAX = 100

QUIET = many("generations_quiet", Generation)
STAGED = value("generation_songs_counted", int)


async def settle(call: Call, generation: int, quiet_s: float = QUIET_S) -> None:
    """Publish or hold a sync whose last document is `quiet_s` old; leaves any other as it is."""
    async with call.kit.db.transaction(call.actor, timeout_s=PUBLISH_TIMEOUT_S) as tx:
        sync = await generations.LOCKED(tx, generation=generation, quiet_s=quiet_s)
        if sync is None or sync.status != "open" or not sync.is_quiet:
            return
        songs = await STAGED(tx, generation=generation)
        if rules.verdict(sync, songs) == "publish":
            await generations.publish_locked(tx, sync)
        else:
            await generations.hold_locked(tx, sync, songs)


async def publish_generation(kit: Kit, *, generation: int) -> None:
    """Job posted with each document: settles the sync if nothing followed."""
    await settle(_as_job(kit, "publish_generation"), generation)


async def publish_quiet_generations(kit: Kit, quiet_s: float = QUIET_S) -> None:
    """Sweep: settles what jobs lost with Redis have left behind."""
    call = _as_job(kit, "publish_quiet_generations")
    for sync in await QUIET(kit.db, quiet_s=quiet_s, max_rows=AT_ONCE_MAX):
        try:
            await settle(call, sync.id, quiet_s)
        except Problem as problem:
            log.warning("sync not settled", extra={"generation": sync.id, "error": problem.detail})


def _as_job(kit: Kit, name: str) -> Call:
    return Call(Actor(kind="job", id=name), kit)


JOBS = (
    Job("publish_generation", publish_generation),
    Job("publish_quiet_generations", publish_quiet_generations, cron="* * * * * */5"),
)
