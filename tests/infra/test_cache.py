"""The cache: one filler a key, nothing told after it was forgotten, and no stampede when Redis is cold or gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from singr.core.errors import NotFound
from singr.infra import aside, brief, redis
from singr.infra.aside import Aside
from singr.infra.cache import EVERYTHING, OWED_MAX, Cache, Keep, opened
from tests.services import Server

KEEP = Keep(60, 60)


class Source:
    """What answers are made from; counts how often."""

    def __init__(self) -> None:
        self.made = 0
        self.text = "a"
        self.ready = asyncio.Event()
        self.ready.set()

    async def make(self) -> bytes:
        self.made += 1
        text = self.text
        await self.ready.wait()
        return text.encode()


@asynccontextmanager
async def process(url: str) -> AsyncIterator[tuple[Cache, Aside]]:
    """A process' cache."""
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(redis.opened(url))
        later = await stack.enter_async_context(aside.opened())
        yield await stack.enter_async_context(opened(client, later)), later


@pytest.fixture
async def cache(redis_url: str) -> AsyncIterator[Cache]:
    async with process(redis_url) as (one, _):
        yield one


@pytest.fixture
async def other(redis_url: str) -> AsyncIterator[Cache]:
    async with process(redis_url) as (one, _):
        yield one


async def test_an_answer_is_made_once(cache: Cache, other: Cache) -> None:
    source = Source()
    for asked in (cache, cache, other):
        assert await asked.get("k", ["t"], source.make, KEEP) == b"a"
    assert source.made == 1


async def test_callers_of_a_cold_key_share_one_answer_in_all_processes(cache: Cache, other: Cache) -> None:
    source = Source()
    source.ready.clear()
    calls = [asyncio.create_task(asked.get("k", ["t"], source.make, KEEP)) for asked in [cache, other] * 100]
    while not source.made:
        await asyncio.sleep(0)
    source.ready.set()
    assert set(await asyncio.gather(*calls)) == {b"a"}
    assert source.made == 1


async def test_after_a_change_nobody_is_told_what_was(cache: Cache, other: Cache) -> None:
    source = Source()
    await other.get("k", ["t", "u"], source.make, KEEP)
    source.text = "b"
    cache.forget("u")
    assert await cache.get("k", ["t", "u"], source.make, KEEP) == b"b"
    assert await other.get("k", ["t", "u"], source.make, KEEP) == b"b"
    cache.forget("v")
    assert source.made == 2


async def test_an_answer_under_way_when_it_is_forgotten_is_not_kept(cache: Cache, other: Cache) -> None:
    source = Source()
    source.ready.clear()
    before = asyncio.create_task(cache.get("k", ["t"], source.make, KEEP))
    while not source.made:
        await asyncio.sleep(0)
    source.text = "b"
    cache.forget("t")
    after = asyncio.create_task(cache.get("k", ["t"], source.make, KEEP))
    source.ready.set()
    assert (await before, await after) == (b"a", b"b")
    for asked in (cache, other):
        assert await asked.get("k", ["t"], source.make, KEEP) == b"b"


async def test_an_old_answer_is_given_once_more_while_it_is_renewed(redis_url: str) -> None:
    source = Source()
    async with process(redis_url) as (cache, later):
        await cache.get("k", ["t"], source.make, Keep(-1, 60))
        await later.settle()
        source.text = "b"
        assert await cache.get("k", ["t"], source.make, KEEP) == b"a"
        await later.settle()
        assert await cache.get("k", ["t"], source.make, KEEP) == b"b"
    assert source.made == 2


async def test_a_failure_is_told_and_not_kept(cache: Cache) -> None:
    source = Source()

    async def fail() -> bytes:
        raise NotFound

    with pytest.raises(NotFound):
        await cache.get("k", ["t"], fail, KEEP)
    assert await cache.get("k", ["t"], source.make, KEEP) == b"a"


async def test_a_caller_who_goes_away_takes_nobody_along(cache: Cache) -> None:
    source = Source()
    source.ready.clear()
    gone, stays = (asyncio.create_task(cache.get("k", ["t"], source.make, KEEP)) for _ in range(2))
    while not source.made:
        await asyncio.sleep(0)
    gone.cancel()
    source.ready.set()
    assert await stays == b"a"


Harm = Callable[[Server], None]


@pytest.mark.parametrize("harm", [Server.kill, Server.pause], ids=["killed", "silent"])
async def test_without_redis_two_hundred_callers_make_one_answer(harm: Harm, redis_server: Server) -> None:
    source = Source()
    async with process(redis_server.url) as (cache, _):
        await cache.get("warm", [], source.make, KEEP)
        harm(redis_server)
        for _ in range(3):
            got = await asyncio.gather(*(cache.get("k", ["t"], source.make, KEEP) for _ in range(200)))
            assert set(got) == {b"a"}
        assert source.made <= 1 + 3


async def test_a_change_while_redis_is_away_is_not_lost(redis_server: Server) -> None:
    source = Source()
    async with process(redis_server.url) as (cache, later), process(redis_server.url) as (other, _):
        await cache.get("k", ["t"], source.make, KEEP)
        redis_server.pause()
        source.text = "b"
        cache.forget("t")
        assert await cache.get("k", ["t"], source.make, KEEP) == b"b"
        await later.settle()
        redis_server.resume()
        await told(lambda: cache.get("k", ["t"], source.make, KEEP), b"b")
        await told(lambda: other.get("k", ["t"], source.make, KEEP), b"b")


async def told(ask: Callable[[], Awaitable[bytes]], wanted: bytes) -> None:
    async with asyncio.timeout(60):
        while await ask() != wanted:
            await asyncio.sleep(0.05)


async def test_changes_nobody_could_be_told_of_stay_bounded(redis_server: Server) -> None:
    source = Source()
    async with process(redis_server.url) as (cache, later):
        await cache.get("k", ["t"], source.make, KEEP)
        redis_server.kill()
        cache.forget(*(str(n) for n in range(OWED_MAX + 1)))
        assert list(cache._owed) == [EVERYTHING]
        source.text = "b"
        assert await cache.get("k", ["t"], source.make, KEEP) == b"b"
        await later.settle()


async def test_an_answer_kept_alone_is_each_process_own_and_forgotten_at_once(
    cache: Cache, other: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brief, "KEPT_S", 3600)
    source, keep = Source(), Keep(1, 0, alone=True)
    for asked in (cache, cache, other, other):
        assert await asked.get("k", ["t"], source.make, keep) == b"a"
    assert source.made == 2
    source.text = "b"
    cache.forget("t")
    assert await cache.get("k", ["t"], source.make, keep) == b"b"


async def test_what_is_forgotten_while_it_is_made_is_not_kept_alone(
    cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brief, "KEPT_S", 3600)
    source, keep = Source(), Keep(1, 0, alone=True)

    async def old() -> bytes:
        cache.forget("t")
        return b"old"

    assert await cache.get("k", ["t"], old, keep) == b"old"
    assert await cache.get("k", ["t"], source.make, keep) == b"a"


async def test_an_answer_kept_alone_is_not_kept_long(cache: Cache, other: Cache) -> None:
    source, keep = Source(), Keep(1, 0, alone=True)
    await other.get("k", ["t"], source.make, keep)
    source.text = "b"
    cache.forget("t")
    async with asyncio.timeout(30):  # the other process hears nothing of it
        while await other.get("k", ["t"], source.make, keep) != b"b":
            await asyncio.sleep(0.02)


def test_what_is_kept_briefly_is_bounded_and_so_are_its_tags(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(brief, "MOST", 3)
    kept = brief.Brief()
    for n in range(5):
        kept.expect(f"k{n}", ["all", f"t{n}"]).put(b"%d" % n)
    assert [kept.get(f"k{n}") for n in range(5)] == [None, None, b"2", b"3", b"4"]
    kept.forget(["t3", "nothing"])
    assert [kept.get(f"k{n}") for n in range(2, 5)] == [b"2", None, b"4"]
    kept.forget(["all"])
    assert (kept._kept, kept._of_tag) == ({}, {})
