"""Guessing gets slower, then stops; nobody learns from it which accounts exist."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from singr.core.settings import Settings
from singr.identity import throttle
from tests.house import House, opened
from tests.identity.visits import sign_in
from tests.services import Server


async def failed(home: House, email: str, attempts: int) -> None:
    """As after so many failures, when their waiting time is over."""
    await home.kit.redis.hset(throttle.key(email), mapping={"attempts": attempts, "closed_until_ms": 0})


@pytest.mark.parametrize("email", ["customer@example.com", "nobody@example.com"])
async def test_the_fourth_failure_begins_to_cost_time(email: str, home: House) -> None:
    for _ in range(4):
        assert (await sign_in(home, email, "wrong"))[0] == 401
    status, problem = await sign_in(home, email, "wrong")
    assert (status, problem["title"]) == (429, "Too many failed attempts")


@pytest.mark.parametrize("email", ["customer@example.com", "nobody@example.com"])
async def test_the_tenth_failure_locks_even_for_the_right_password(email: str, home: House) -> None:
    await failed(home, email, 9)
    assert (await sign_in(home, email, "wrong"))[0] == 401
    assert (await sign_in(home, email, home.demo.host.password))[0] == 429
    left_ms = float(await home.kit.redis.hget(throttle.key(email), "closed_until_ms"))  # type: ignore[arg-type]
    seconds, microseconds = await home.kit.redis.time()
    assert left_ms - seconds * 1000 - microseconds / 1000 > throttle.LOCKED_MS / 2


async def test_the_right_password_forgets_the_failures(home: House) -> None:
    await failed(home, home.demo.host.email, 9)
    assert (await sign_in(home, home.demo.host.email, home.demo.host.password))[0] == 200
    assert not await home.kit.redis.exists(throttle.key(home.demo.host.email))


async def test_guesses_at_the_same_time_do_not_get_through_together(home: House) -> None:
    await failed(home, "customer@example.com", 5)
    answers = await asyncio.gather(*(sign_in(home, "Customer@Example.com", "wrong") for _ in range(5)))
    assert sorted(status for status, _ in answers) == [401, 429, 429, 429, 429]


@pytest.fixture
async def without_redis(settings: Settings, redis_server: Server) -> AsyncIterator[House]:
    async with opened(replace(settings, redis_url=redis_server.url)) as one:
        redis_server.stop()
        yield one


async def test_nobody_signs_in_while_failures_cannot_be_counted(without_redis: House) -> None:
    body = {"email": without_redis.demo.host.email, "password": without_redis.demo.host.password}
    async with without_redis.client.post("/v1/auth/signin", json=body) as answer:
        assert answer.status == 503
        assert "Retry-After" in answer.headers
