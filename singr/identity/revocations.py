"""Tokens and sessions that ended early, known in every process within two seconds.

Truth is a Redis sorted set (name → when it would have expired anyway); each process keeps a copy, told at once by the
bus and refreshed by a sweep. With Redis away the copy stays as it is: nothing fails open that was closed before.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.asyncio import Redis

from singr.infra.aside import ended
from singr.infra.bus import BusDown
from singr.infra.kit import Kit
from singr.infra.redis import AWAY, reachable

KEY = "auth:revoked"
CHANNEL = "singr:auth:revoked"
SWEEP_S = 2
MOST = 100_000

log = logging.getLogger("singr.identity")


async def revoke(kit: Kit, *names: str, for_s: int) -> None:
    """Revoke token ids or sessions for `for_s`, the longest that one may still be valid. Redis away: 503."""
    with reachable():
        await kit.redis.zadd(KEY, dict.fromkeys(names, time.time() + for_s))
    await kit.bus.publish(CHANNEL, b"")


class Revocations:
    """This process' copy."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._ended: dict[str, float] = {}

    def has(self, name: str) -> bool:
        """Whether this token id or session was revoked."""
        return name in self._ended

    async def refresh(self) -> None:
        """Read the truth again."""
        now = time.time()
        await self._redis.zremrangebyscore(KEY, 0, now)
        rows: list[tuple[bytes, float]] = await self._redis.zrange(KEY, 0, MOST - 1, withscores=True)  # type: ignore[assignment]
        self._ended = {name.decode(): until for name, until in rows}


@asynccontextmanager
async def watching(kit: Kit) -> AsyncIterator[Revocations]:
    """A process' copy, kept fresh while the context is open."""
    revocations = Revocations(kit.redis)
    told = asyncio.Event()
    sweep = asyncio.create_task(_sweep(revocations, told))
    try:
        await kit.bus.subscribe(CHANNEL, lambda _payload: told.set())
    except BusDown:
        log.warning("revocations are not told live; the sweep finds them")
    try:
        yield revocations
    finally:
        await ended(sweep)


async def _sweep(revocations: Revocations, told: asyncio.Event) -> None:
    while True:
        try:
            await revocations.refresh()
        except AWAY as exc:
            log.warning("revocations not refreshed", extra={"error": repr(exc)})
        told.clear()
        try:
            async with asyncio.timeout(SWEEP_S):
                await told.wait()
        except TimeoutError:
            continue
