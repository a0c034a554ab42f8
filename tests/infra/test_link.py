"""One connection for many commands: each caller gets its own answer; what is lost is dialled anew."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from redis.exceptions import RedisError, ResponseError

from singr.infra import link, redis
from singr.infra.redis import AWAY, Client, Linked
from tests.services import Server


@pytest.fixture
async def client(redis_url: str) -> AsyncIterator[Client]:
    async with redis.opened(redis_url) as opened:
        yield opened


async def test_each_of_many_commands_at_once_gets_its_own_answer(client: Client) -> None:
    await asyncio.gather(*(client.set(f"k{n}", n) for n in range(500)))
    assert await asyncio.gather(*(client.get(f"k{n}") for n in range(500))) == [b"%d" % n for n in range(500)]
    named = [told["name"] for told in await client.client_list() if told["cmd"].startswith("client")]
    assert len(named) == 1


async def test_a_refused_command_is_its_callers_mistake_alone(client: Client) -> None:
    await client.set("text", "a")
    refused, kept = await asyncio.gather(client.incr("text"), client.get("text"), return_exceptions=True)
    assert isinstance(refused, ResponseError)
    assert kept == b"a"


async def test_the_answer_to_a_caller_who_is_gone_reaches_nobody_else(client: Client) -> None:
    await client.mset({"one": 1, "two": 2})
    gone, stays = (asyncio.ensure_future(client.get(key)) for key in ("one", "two"))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays == b"2"
    assert await client.get("one") == b"1"


async def test_scripts_and_commands_of_two_words_work_as_ever(client: Client) -> None:
    script = client.register_script("return redis.call('GET', KEYS[1])")
    await client.set("k", "v")
    assert await script(keys=["k"]) == b"v"
    assert "id" in await client.client_info()


async def test_a_silent_redis_costs_its_limit_and_is_dialled_anew(redis_server: Server) -> None:
    silent = Linked.from_url(redis_server.url, socket_timeout=0.2)
    try:
        await silent.set("k", "v")
        await asyncio.to_thread(redis_server.pause)
        asked = await asyncio.gather(*(silent.get("k") for _ in range(50)), return_exceptions=True)
        assert all(isinstance(answer, AWAY) for answer in asked)
        await asyncio.to_thread(redis_server.resume)
        assert await _answer(silent) == b"v"
    finally:
        await silent.aclose()


async def test_a_redis_that_was_restarted_is_dialled_anew(redis_server: Server) -> None:
    async with redis.opened(redis_server.url) as client:
        await client.set("k", "v")
        await asyncio.to_thread(redis_server.kill)
        await asyncio.to_thread(redis_server.start)
        await _answer(client)
        await client.set("k", "w")
        assert await client.get("k") == b"w"


async def test_what_waits_for_redis_is_bounded(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "UNANSWERED_MAX", 10)
    await client.ping()
    asked = await asyncio.gather(*(client.ping() for _ in range(20)), return_exceptions=True)
    assert [isinstance(answer, RedisError) for answer in asked] == [False] * 10 + [True] * 10


async def _answer(client: Client) -> Any:
    async with asyncio.timeout(30):
        while True:
            try:
                answer = await client.get("k")
            except AWAY:
                await asyncio.sleep(0.02)
            else:
                return answer
