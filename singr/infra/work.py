"""Jobs: posted by name to SAQ, run by the worker (`singr.worker`).

Posting never fails the caller: a job that could not be posted is counted, and every job here has a cron sweep or a
next occasion that does its work later.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis
from saq import Queue
from saq.queue.redis import RedisQueue

from singr.infra.aside import ended
from singr.infra.redis import AWAY, single
from singr.telemetry import metrics

QUEUE_NAME = "singr"
POST_TIMEOUT_S = 0.5
CLOSE_TIMEOUT_S = 2
JOB_TIMEOUT_S = 120
# SAQ's retries=1 would abort a job whose worker died.
RETRIES = 3

log = logging.getLogger("singr.work")


def queue(redis: Redis) -> RedisQueue:
    return RedisQueue(redis, name=QUEUE_NAME)


async def close(saq: RedisQueue) -> None:
    """End a queue and its client, with Redis there or away. SAQ cancels its listener once and forgets it, but redis-py
    may swallow that, and then the listener waits for ever."""
    listener = saq._pubsub._daemon_task
    with suppress(*AWAY):
        async with asyncio.timeout(CLOSE_TIMEOUT_S):
            await saq.disconnect()
    if listener:
        await ended(listener)
    with suppress(*AWAY):
        await saq.redis.aclose()


@dataclass(frozen=True, slots=True)
class Job:
    """A row of the job table: `run(kit, **given)`, posted by `name`, or also by `cron` (five fields, or six with
    seconds last)."""

    name: str
    run: Callable[..., Awaitable[None]]
    cron: str | None = None


class Jobs:
    """Posts jobs; an instance a process."""

    def __init__(self, saq: Queue) -> None:
        self.saq = saq

    async def post(
        self, name: str, *, key: str | None = None, after_s: float = 0, timeout_s: int = JOB_TIMEOUT_S, **given: Any
    ) -> bool:
        """Run job `name` with `given` after `after_s`, for `timeout_s` at most. A `key` that waits already makes
        this a no-op."""
        options: dict[str, Any] = {"timeout": timeout_s, "retries": RETRIES, "kwargs": given}
        if key:
            options["key"] = key
        if after_s:
            options["scheduled"] = int(time.time() + after_s)
        try:
            async with asyncio.timeout(POST_TIMEOUT_S):
                await self.saq.enqueue(name, **options)
        except AWAY as exc:
            metrics.JOBS_LOST.labels(name).inc()
            log.warning("job not posted", extra={"job": name, "error": repr(exc)})
            return False
        return True


@asynccontextmanager
async def opened(redis_url: str) -> AsyncIterator[Jobs]:
    saq = queue(single(redis_url))
    try:
        yield Jobs(saq)
    finally:
        await close(saq)
