"""What ended early ends in every process: told by the bus, found by the sweep, never forgotten by mistake."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from singr.core.settings import Settings
from singr.identity import revocations
from singr.identity.revocations import KEY, Revocations
from singr.infra import redis
from singr.infra.bus import Bus
from singr.infra.redis import Client
from tests.house import opened
from tests.identity.test_sessions import profile, renew, sign_out, signed_in
from tests.services import Server

WITHIN_S = 30


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    deadline_s = asyncio.get_running_loop().time() + WITHIN_S
    while not await true():
        assert asyncio.get_running_loop().time() < deadline_s
        await asyncio.sleep(0.01)


@pytest.fixture
async def client(redis_url: str) -> AsyncIterator[Client]:
    async with redis.opened(redis_url) as opened_client:
        yield opened_client


async def test_another_process_hears_of_it_by_the_bus(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revocations, "SWEEP_S", 3600)
    async with opened(settings) as here, opened(settings) as there:
        session = await signed_in(here)
        assert await profile(there, session) == 200
        await sign_out(here, session)

        async def refused() -> bool:
            return await profile(there, session) == 401

        await until(refused)


async def test_another_process_finds_it_by_the_sweep_when_the_bus_is_lost(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lose(_bus: Bus, _channel: str, _payload: bytes) -> None: ...

    monkeypatch.setattr(Bus, "publish", lose)
    monkeypatch.setattr(revocations, "SWEEP_S", 0.05)
    async with opened(settings) as here, opened(settings) as there:
        session = await signed_in(here)
        assert await profile(there, session) == 200
        await sign_out(here, session)

        async def refused() -> bool:
            return await profile(there, session) == 401

        await until(refused)


async def test_a_process_that_starts_knows_what_ended_before(settings: Settings) -> None:
    async with opened(settings) as here:
        session = await signed_in(here)
        await sign_out(here, session)
    async with opened(settings) as later:
        assert await profile(later, session) == 401


async def test_a_process_that_starts_without_redis_takes_no_token_before_it_knows_what_ended(
    demo_url: str, redis_server: Server
) -> None:
    settings = Settings(database_url=demo_url, redis_url=redis_server.url, singr_env="test", database_pool_size=4)
    async with opened(settings) as house:
        session, ended = await signed_in(house), await signed_in(house)
        await sign_out(house, ended)
    redis_server.pause()
    async with opened(settings) as later:
        assert [await profile(later, one) for one in (session, ended)] == [503, 503]
        assert (await later.call("GET", "/v1/auth/well-known/jwks.json"))[0] == 200
        redis_server.resume()

        async def known() -> bool:
            return await profile(later, session) == 200

        await until(known)
        assert await profile(later, ended) == 401


async def test_what_was_heard_outlasts_a_redis_that_forgot_it(client: Client) -> None:
    copy = Revocations(client)
    copy.hear(b'{"session": %d}' % (time.time() + 900))
    await copy.refresh()
    assert copy.has("session")


async def test_what_would_have_expired_anyway_is_dropped(client: Client) -> None:
    copy = Revocations(client)
    await client.zadd(KEY, {"old": time.time() - 1, "new": time.time() + 900})
    copy.hear(b'{"older": 1}')
    await copy.refresh()
    assert [copy.has(name) for name in ("old", "older", "new")] == [False, False, True]
    assert await client.zcard(KEY) == 1


async def test_without_redis_sessions_neither_begin_nor_end_but_go_on(demo_url: str, redis_server: Server) -> None:
    settings = Settings(database_url=demo_url, redis_url=redis_server.url, singr_env="test", database_pool_size=4)
    async with opened(settings) as house:
        session, ended = await signed_in(house), await signed_in(house)
        await sign_out(house, ended)
        await asyncio.to_thread(redis_server.stop)
        login = {"email": house.demo.host.email, "password": house.demo.host.password}
        async with house.client.post("/v1/auth/signin", json=login) as answer:
            assert answer.status == 503
            assert int(answer.headers["Retry-After"]) >= 1
        assert (await renew(house, session))[0] == 503
        assert await sign_out(house, session) == 503
        assert await profile(house, session) == 200
        assert await profile(house, ended) == 401
        await asyncio.to_thread(redis_server.start)

        async def renewed() -> bool:
            return (await renew(house, session))[0] == 200

        await until(renewed)
