"""Syncs gone quiet: OpenKJ announces no end, so after 20 silent seconds one is published, or held for the host."""

from __future__ import annotations

import logging
from uuid import UUID

from singr.core.actor import Actor
from singr.core.errors import Problem
from singr.http import kept
from singr.http.call import Call
from singr.infra.kit import Kit
from singr.infra.sql import many, none, value
from singr.infra.work import Job
from singr.songs import generations, rules
from singr.songs.generations import PUBLISH_TIMEOUT_S, QUIET_S
from singr.songs.shapes import Generation

log = logging.getLogger("singr.songs")

AT_ONCE_MAX = 100
KEEP = 50
KEEP_DAYS = 90
FORGET_MAX = 1_000

QUIET = many("generations_quiet", Generation)
STAGED = value("generation_songs_counted", int)
FORGET = none("generations_forgotten")


async def settle(call: Call, tenant: UUID, generation: int, quiet_s: float = QUIET_S) -> None:
    """Publish or hold a sync that has ended or is quiet for `quiet_s`; leaves any other as it is."""
    async with call.kit.db.transaction(call.actor, timeout_s=PUBLISH_TIMEOUT_S) as tx:
        sync = await generations.LOCKED(tx, tenant=tenant, generation=generation, quiet_s=quiet_s)
        if sync is None or sync.status != "open" or not sync.is_quiet:
            return
        songs = await STAGED(tx, tenant=tenant, generation=generation)
        if rules.verdict(sync, songs) == "publish":
            await generations.publish_locked(tx, sync)
        else:
            await generations.hold_locked(tx, sync, songs)
    call.kit.cache.forget(kept.book(tenant, sync.system))


async def publish_generation(kit: Kit, *, tenant: str, generation: int) -> None:
    """Job posted with each document: settles the sync if nothing followed."""
    await settle(_as_job(kit, "publish_generation"), UUID(tenant), generation)


async def publish_quiet_generations(kit: Kit, quiet_s: float = QUIET_S) -> None:
    """Sweep: settles what jobs lost with Redis have left behind."""
    call = _as_job(kit, "publish_quiet_generations")
    for sync in await QUIET(kit.db, quiet_s=quiet_s, max_rows=AT_ONCE_MAX):
        try:
            await settle(call, sync.tenant, sync.id, quiet_s)
        except Problem as problem:
            log.warning("sync not settled", extra={"generation": sync.id, "error": problem.detail})


async def forget_old_syncs(kit: Kit) -> None:
    """Drop finished syncs beyond a system's newest 50, and those older than 90 days."""
    janitor = _as_job(kit, "forget_old_syncs").actor
    forgotten = FORGET_MAX
    while forgotten == FORGET_MAX:
        async with kit.db.transaction(janitor) as tx:
            forgotten = await FORGET(tx, keep=KEEP, keep_days=KEEP_DAYS, max_rows=FORGET_MAX)


def _as_job(kit: Kit, name: str) -> Call:
    return Call(Actor(kind="job", id=name), kit)


JOBS = (
    Job("publish_generation", publish_generation),
    Job("publish_quiet_generations", publish_quiet_generations, cron="* * * * * */5"),
    Job("forget_old_syncs", forget_old_syncs, cron="27 * * * *"),
)
