"""Work after the answer: bounded in number and in time, its failures counted, all of it ended with the process."""

from __future__ import annotations

import asyncio

from singr.infra import aside
from singr.infra.aside import Aside
from singr.telemetry import metrics


def failures(what: str) -> float:
    return float(metrics.ASIDE_FAILED.labels(what)._value.get())


async def test_what_is_started_is_done_by_the_time_it_settles() -> None:
    done: list[int] = []

    async def work(number: int) -> None:
        await asyncio.sleep(0)
        done.append(number)

    async with aside.opened() as tasks:
        for number in range(3):
            tasks.run("work", lambda number=number: work(number))  # type: ignore[misc]
        assert done == []
    assert done == [0, 1, 2]


async def test_a_failure_is_counted_and_hurts_nobody() -> None:
    async def fail() -> None:
        raise RuntimeError

    tasks, before = Aside(), failures("failing")
    tasks.run("failing", fail)
    await tasks.settle()
    assert failures("failing") == before + 1


async def test_what_takes_too_long_is_ended_and_counted() -> None:
    tasks, before, ended = Aside(), failures("endless"), asyncio.Event()

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    tasks.run("endless", endless, timeout_s=0.01)
    await tasks.settle()
    assert ended.is_set()
    assert failures("endless") == before + 1


async def test_beyond_the_most_at_once_work_is_dropped_and_counted() -> None:
    tasks, go, done = Aside(most=2), asyncio.Event(), list[int]()
    before = failures("crowded")

    async def work() -> None:
        await go.wait()
        done.append(1)

    for _ in range(3):
        tasks.run("crowded", work)
    assert failures("crowded") == before + 1
    go.set()
    await tasks.settle()
    assert len(done) == 2
    tasks.run("crowded", work)
    await tasks.settle()
    assert len(done) == 3


async def test_work_started_by_work_is_waited_for_too() -> None:
    tasks, done = Aside(), list[str]()

    async def second() -> None:
        done.append("second")

    async def first() -> None:
        tasks.run("second", second)

    tasks.run("first", first)
    await tasks.settle()
    assert done == ["second"]
