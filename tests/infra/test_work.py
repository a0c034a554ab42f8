"""Jobs: posted without ever failing the caller, run by the worker, and run again when a worker dies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
from saq.job import Status

from singr import table
from singr.core.settings import Settings
from singr.infra import work
from singr.infra.kit import Kit
from singr.infra.work import Job, Jobs
from singr.telemetry import metrics
from singr.worker import working
from tests.services import Server

WITHIN_S = 30


class Ran:
    """A job that notes what it was given."""

    def __init__(self) -> None:
        self.given: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def run(self, _kit: Kit, **given: Any) -> None:
        self.given.put_nowait(given)

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(WITHIN_S):
            return await self.given.get()


def lost(name: str) -> float:
    return float(metrics.JOBS_LOST.labels(name)._value.get())


def kit_on(redis_url: str) -> Kit:
    """As much of a kit as the worker itself needs."""
    nobody = cast(Any, None)
    settings = Settings(redis_url=redis_url)
    return Kit(settings, db=nobody, redis=nobody, bus=nobody, limits=nobody, jobs=nobody, aside=nobody, cache=nobody)


@pytest.fixture
async def jobs(redis_url: str) -> AsyncIterator[Jobs]:
    async with work.opened(redis_url) as opened:
        yield opened


async def test_a_job_that_is_posted_is_run_by_the_worker(jobs: Jobs, redis_url: str) -> None:
    ran = Ran()
    async with working(kit_on(redis_url), [Job("note", ran.run)]):
        assert await jobs.post("note", number=7, words=["a"])
        assert await ran.next() == {"number": 7, "words": ["a"]}


async def test_a_job_posted_before_the_worker_came_waits_for_it(jobs: Jobs, redis_url: str) -> None:
    ran = Ran()
    await jobs.post("note", number=1)
    async with working(kit_on(redis_url), [Job("note", ran.run)]):
        assert await ran.next() == {"number": 1}


async def test_a_key_that_waits_already_is_not_posted_twice(jobs: Jobs, redis_url: str) -> None:
    ran = Ran()
    assert await jobs.post("note", key="same", number=1)
    assert await jobs.post("note", key="same", number=2)
    await jobs.post("note", number=3)
    async with working(kit_on(redis_url), [Job("note", ran.run)]):
        assert sorted([(await ran.next())["number"], (await ran.next())["number"]]) == [1, 3]
    # A worker that ends may run once more what it has just run, but not what was never posted.
    while not ran.given.empty():
        assert (await ran.next())["number"] != 2


async def test_a_job_for_later_is_not_run_now(jobs: Jobs) -> None:
    await jobs.post("note", key="later", after_s=3600)
    assert await jobs.saq.count("queued") == 0
    assert await jobs.saq.count("incomplete") == 1
    job = await jobs.saq.job("later")
    assert job
    assert job.scheduled > job.queued / 1000 + 3500


async def test_every_job_may_be_tried_again_and_none_runs_for_ever(jobs: Jobs) -> None:
    await jobs.post("note", key="k")
    job = await jobs.saq.job("k")
    assert job
    assert job.retries > 1
    assert job.timeout


async def test_a_job_survives_the_death_of_its_worker(jobs: Jobs, redis_url: str) -> None:
    await jobs.post("note", key="k", number=7)
    taken = await jobs.saq.dequeue(timeout=WITHIN_S)
    assert taken
    long_ago_ms = 1000
    await jobs.saq.update(taken, status=Status.ACTIVE, started=long_ago_ms, touched=long_ago_ms, attempts=1)
    ran = Ran()
    async with working(kit_on(redis_url), [Job("note", ran.run)]) as worker:
        await worker.queue.sweep(lock=1, abort=0.01)
        assert await ran.next() == {"number": 7}


async def test_a_job_that_fails_is_counted_and_tried_again(jobs: Jobs, redis_url: str) -> None:
    ran = Ran()
    failed = metrics.JOBS.labels("shaky", "failed")._value.get()

    async def shaky(kit: Kit, **given: Any) -> None:
        await ran.run(kit, **given)
        if ran.given.qsize() == 1 and not again.is_set():
            again.set()
            raise RuntimeError("the first time")

    again = asyncio.Event()
    async with working(kit_on(redis_url), [Job("shaky", shaky)]):
        await jobs.post("shaky", number=1)
        assert [await ran.next(), await ran.next()] == [{"number": 1}] * 2
    assert metrics.JOBS.labels("shaky", "failed")._value.get() == failed + 1


async def test_jobs_with_a_timetable_are_registered_with_it(redis_url: str) -> None:
    async with working(kit_on(redis_url), table.JOBS) as worker:
        timetables = {cron.function.__qualname__: cron.cron for cron in worker.cron_jobs or ()}
    assert timetables == {job.name: job.cron for job in table.JOBS if job.cron}
    assert timetables
    assert set(worker.functions) >= {job.name for job in table.JOBS}


async def test_a_job_on_a_timetable_comes_by_itself(redis_url: str) -> None:
    ran = Ran()
    async with working(kit_on(redis_url), [Job("every-second", ran.run, cron="* * * * * *")]):
        assert await ran.next() == {}


async def test_the_worker_gives_jobs_under_way_their_time(jobs: Jobs, redis_url: str) -> None:
    started, done = asyncio.Event(), asyncio.Event()

    async def slow(_kit: Kit) -> None:
        started.set()
        await asyncio.sleep(0.05)
        done.set()

    async with working(kit_on(redis_url), [Job("slow", slow)]):
        await jobs.post("slow")
        async with asyncio.timeout(WITHIN_S):
            await started.wait()
    assert done.is_set()


async def test_without_redis_a_job_is_lost_counted_and_nobody_fails(redis_server: Server) -> None:
    async with work.opened(redis_server.url) as jobs:
        assert await jobs.post("note")
        await asyncio.to_thread(redis_server.stop)
        before = lost("note")
        assert not await jobs.post("note")
        assert lost("note") == before + 1


async def test_a_redis_that_swallows_everything_costs_the_caller_little(redis_server: Server) -> None:
    async with work.opened(redis_server.url) as jobs:
        await jobs.post("note")
        redis_server.pause()
        before = lost("note")
        async with asyncio.timeout(WITHIN_S):
            assert not await jobs.post("note")
        assert lost("note") == before + 1
        redis_server.resume()
