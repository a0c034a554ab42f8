"""Work after the answer: a bounded set of background tasks that ends with the process.

For what may be lost without harm (hints, stamps): beyond `most` at once new work is dropped and counted.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from singr.telemetry import metrics

log = logging.getLogger("singr.aside")


class Aside:
    def __init__(self, most: int = 1000) -> None:
        self._most = most
        self._tasks: set[asyncio.Task[None]] = set()

    def run(self, what: str, work: Callable[[], Awaitable[object]], timeout_s: float = 5) -> None:
        """Start `work()`; it is cancelled after `timeout_s`, and a failure is logged and counted under `what`."""
        if len(self._tasks) >= self._most:
            metrics.ASIDE_FAILED.labels(what).inc()
            return
        task = asyncio.get_running_loop().create_task(_bounded(what, work, timeout_s))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

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


@asynccontextmanager
async def opened() -> AsyncIterator[Aside]:
    aside = Aside()
    try:
        yield aside
    finally:
        await aside.settle()
