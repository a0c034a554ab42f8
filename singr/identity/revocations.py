"""Tokens and sessions that ended early, known in every process within two seconds.

Truth is a Redis sorted set (name → when it would have expired anyway); each process keeps a copy, told at once by the
bus and refreshed by a sweep. With Redis away, or empty after an accident, the copy stays: nothing opens again. And a
process that starts without Redis has no copy yet, and takes no token until it has.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

from singr.core.errors import UpstreamUnavailable
from singr.infra.aside import ended
from singr.infra.bus import BusDown
from singr.infra.kit import Kit
from singr.infra.redis import AWAY, Client, reachable

KEY = "auth:revoked"
CHANNEL = "singr:auth:revoked"
SWEEP_S = 1
MOST = 100_000

log = logging.getLogger("singr.identity")


async def revoke(kit: Kit, *names: str, for_s: int) -> None:
    """Revoke token ids or sessions for `for_s`, the longest that one may still be valid. Redis away: 503."""
    revoked = dict.fromkeys(names, time.time() + for_s)
    with reachable():
        await kit.redis.zadd(KEY, revoked)
    await kit.bus.publish(CHANNEL, msgspec.json.encode(revoked))


class Revocations:
    """This process' copy, not known (None) before the truth was read once."""

    def __init__(self, redis: Client, known: dict[str, float] | None = None) -> None:
        self._redis = redis
        self._ended, self._is_known = known or {}, known is not None

    def check_known(self) -> None:
        """Raises UpstreamUnavailable while nobody here can tell what has ended."""
        if not self._is_known:
            raise UpstreamUnavailable("a service we need is away", retry_after_s=SWEEP_S)

    def has(self, name: str) -> bool:
        """Whether this token id or session was revoked."""
        return name in self._ended

    def hear(self, told: bytes) -> None:
        """What another process (or this one) has just revoked."""
        self._ended |= msgspec.json.decode(told, type=dict[str, float])

    async def refresh(self) -> None:
        """Read the truth again."""
        now = time.time()
        await self._redis.zremrangebyscore(KEY, 0, now)
        rows: list[tuple[bytes, float]] = await self._redis.zrange(KEY, 0, MOST - 1, withscores=True)  # type: ignore[assignment]
        self._ended = {name: until for name, until in self._ended.items() if until > now}
        self._ended |= {name.decode(): until for name, until in rows}
        self._is_known = True


@asynccontextmanager
async def watching(kit: Kit) -> AsyncIterator[Revocations]:
    """A process' copy, kept fresh while the context is open."""
    revocations = Revocations(kit.redis)
    try:
        await kit.bus.subscribe(CHANNEL, revocations.hear)
    except BusDown:
        log.warning("revocations are not told live; the sweep finds them")
    await _refresh(revocations)
    sweep = asyncio.create_task(_sweep(revocations))
    try:
        yield revocations
    finally:
        await ended(sweep)


async def _sweep(revocations: Revocations) -> None:
    while True:
        await asyncio.sleep(SWEEP_S)
        await _refresh(revocations)


async def _refresh(revocations: Revocations) -> None:
    try:
        await revocations.refresh()
    except AWAY as exc:
        log.warning("revocations not refreshed", extra={"error": repr(exc)})
