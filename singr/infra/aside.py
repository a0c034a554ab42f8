"""Work after the answer: a bounded set of background tasks that ends with the process.

For what may be lost without harm (hints, stamps): beyond `most` at once new work is dropped and counted.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from singr.telemetry import metrics

log = logging.getLogger("singr.aside")

CANCELLATIONS_AT_MOST = 10


class Aside:
    def __init__(self, most: int = 1000) -> None:
        self._most = most
        self._tasks: set[asyncio.Task[None]] = set()

    def run(self, what: str, work: Callable[[], Awaitable[object]], timeout_s: float = 5) -> bool:
        """Start `work()`; it is cancelled after `timeout_s`, and a failure is logged and counted under `what`. False
        where there is too much already."""
        if len(self._tasks) >= self._most:
            metrics.ASIDE_FAILED.labels(what).inc()
            return False
        task = asyncio.get_running_loop().create_task(_bounded(what, work, timeout_s))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def settle(self) -> None:
        """Wait until everything started so far has ended."""
        while self._tasks:
            await asyncio.wait(self._tasks)


async def _bounded(what: str, work: Callable[[], Awaitable[object]], timeout_s: float) -> None:
    try:
        async with asyncio.timeout(timeout_s):
            await work()
    except Exception as exc:
        metrics.ASIDE_FAILED.labels(what).inc()
        log.warning("aside failed", extra={"what": what, "error": repr(exc)})


async def ended(*tasks: asyncio.Task[Any]) -> None:
    """Cancel tasks until they have ended. Once is not enough: redis-py (8.1) now and then swallows a cancellation
    that arrives while it waits for an answer, and the task goes on."""
    for _ in range(CANCELLATIONS_AT_MOST):
        if not (going_on := [task for task in tasks if not task.done()]):
            break
        for task in going_on:
            task.cancel()
        await asyncio.wait(going_on, timeout=1)


@asynccontextmanager
async def opened() -> AsyncIterator[Aside]:
    aside = Aside()
    try:
        yield aside
    finally:
        await aside.settle()
