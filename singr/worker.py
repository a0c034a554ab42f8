"""The worker: the job table run by SAQ, with the same kit as the API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialWithJitterBackoff
from saq import CronJob, Worker

from singr.infra.aside import ended
from singr.infra.kit import Kit
from singr.infra.work import JOB_TIMEOUT_S, RETRIES, Job, close, queue
from singr.telemetry import metrics

CONCURRENCY = 8
DEQUEUE_TIMEOUT_S = 5
STOP_GRACE_S = 10
LOOK_S = 0.02


@asynccontextmanager
async def working(kit: Kit, jobs: Sequence[Job]) -> AsyncIterator[Worker[Any]]:
    """Run jobs while the context is open; what is under way at its end gets ten seconds."""
    # SAQ asks again at once when Redis refuses, so its client waits between tries.
    patience = Retry(ExponentialWithJitterBackoff(cap=2, base=0.1), 5)
    redis = Redis.from_url(
        kit.settings.queue_url,
        socket_connect_timeout=2,
        socket_timeout=DEQUEUE_TIMEOUT_S * 2,
        retry=patience,
        retry_on_error=[ConnectionError],
    )
    saq = queue(redis)
    worker: Worker[Any] = Worker(
        saq,
        functions=[(job.name, _runner(kit, job)) for job in jobs],
        cron_jobs=[
            CronJob(_runner(kit, job), cron=job.cron, timeout=JOB_TIMEOUT_S, retries=RETRIES)
            for job in jobs
            if job.cron
        ],
        concurrency=CONCURRENCY,
        dequeue_timeout=DEQUEUE_TIMEOUT_S,
    )
    worker.SIGNALS = []  # composition owns the signals
    running = asyncio.create_task(worker.start())
    try:
        yield worker
    finally:
        await _finish_jobs(worker)
        # SAQ cancels its own loops once, and redis-py may swallow that.
        await ended(running, *worker.tasks)
        await close(saq)


async def _finish_jobs(worker: Worker[Any]) -> None:
    """Give jobs under way their time, until SAQ has noted their end. Its own grace period waits for its idle loops
    too, so it always runs out."""
    try:
        async with asyncio.timeout(STOP_GRACE_S):
            while worker.job_task_contexts:  # noqa: ASYNC110 - SAQ has no event for it
                await asyncio.sleep(LOOK_S)
    except TimeoutError:
        return


def _runner(kit: Kit, job: Job) -> Callable[..., Any]:
    async def run(_context: dict[str, Any], **given: Any) -> None:
        outcome = "failed"
        try:
            await job.run(kit, **given)
            outcome = "done"
        finally:
            metrics.JOBS.labels(job.name, outcome).inc()

    run.__qualname__ = run.__name__ = job.name
    return run
