"""Ending a task whose libraries swallow cancellations."""

from __future__ import annotations

import asyncio

from singr.infra.aside import ended


async def _swallowing(times: int) -> None:
    for _ in range(times):
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            continue
    await asyncio.sleep(3600)


async def test_a_task_that_swallows_a_cancellation_ends_all_the_same() -> None:
    tasks = [asyncio.create_task(_swallowing(times)) for times in (0, 1)]
    await asyncio.sleep(0)
    await ended(*tasks)
    assert [task.cancelled() for task in tasks] == [True, True]


async def test_a_task_that_failed_is_left_alone() -> None:
    async def fail() -> None:
        raise ValueError

    task = asyncio.create_task(fail())
    await asyncio.wait([task])
    await ended(task)
    assert isinstance(task.exception(), ValueError)
