"""Guessing gets slower, then stops; nobody learns from it which accounts exist."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from singr.core.errors import UpstreamUnavailable
from singr.core.settings import Settings
from singr.identity import passwords, throttle
from tests.house import House, opened
from tests.identity.test_factors import with_factor
from tests.identity.visits import post, sign_in
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


async def counted(home: House, what: str) -> tuple[str, int]:
    """The only device or address that is counted, and how often."""
    [name] = [key async for key in home.kit.redis.scan_iter(f"{{attempts}}:{what}:*")]
    return name.decode(), int(await home.kit.redis.hget(name, "attempts") or 0)


async def set_failures(home: House, name: str, attempts: int) -> None:
    await home.kit.redis.hset(name, mapping={"attempts": attempts, "closed_until_ms": 0})


async def test_a_device_that_tries_many_accounts_is_slowed_down_and_no_other_device_is(home: House) -> None:
    for number in range(throttle.DEVICE.free + 1):
        assert (await sign_in(home, f"{number}@example.com", "wrong"))[0] == 401
    assert (await sign_in(home, home.demo.host.email, home.demo.host.password))[0] == 429
    home.client.session.cookie_jar.clear()
    assert (await sign_in(home, home.demo.host.email, home.demo.host.password))[0] == 200


async def test_a_device_is_locked_at_last(home: House) -> None:
    await sign_in(home, "one@example.com", "wrong")
    device, _ = await counted(home, "device")
    await set_failures(home, device, throttle.DEVICE.locked_at - 1)
    assert (await sign_in(home, "two@example.com", "wrong"))[0] == 401
    status, problem = await sign_in(home, "three@example.com", "wrong")
    assert (status, problem["title"]) == (429, "Too many failed attempts")
    left_ms = float(await home.kit.redis.hget(device, "closed_until_ms"))  # type: ignore[arg-type]
    seconds, _ = await home.kit.redis.time()
    assert left_ms - seconds * 1000 > throttle.LOCKED_MS / 2


async def test_an_account_of_ones_own_does_not_wash_a_device(home: House) -> None:
    for number in range(3):
        await sign_in(home, f"{number}@example.com", "wrong")
    assert (await sign_in(home, home.demo.singer.email, home.demo.singer.password))[0] == 200
    assert (await counted(home, "device"))[1] == 3


async def test_at_an_address_only_failures_count_and_many_are_borne(home: House) -> None:
    for number in range(3):
        home.client.session.cookie_jar.clear()
        await sign_in(home, f"{number}@example.com", "wrong")
        assert (await sign_in(home, home.demo.singer.email, home.demo.singer.password))[0] == 200
    address, failures = await counted(home, "address")
    assert failures == 3
    await set_failures(home, address, throttle.ADDRESS.free - 1)
    assert (await sign_in(home, "four@example.com", "wrong"))[0] == 401
    assert (await sign_in(home, home.demo.singer.email, home.demo.singer.password))[0] == 200
    await set_failures(home, address, throttle.ADDRESS.locked_at - 1)
    assert (await sign_in(home, "five@example.com", "wrong"))[0] == 401
    home.client.session.cookie_jar.clear()
    assert (await sign_in(home, home.demo.singer.email, home.demo.singer.password))[0] == 429


async def test_another_address_is_not_locked_with_it(mailing: Settings) -> None:
    async with opened(replace(mailing, trusted_proxies=("127.0.0.1",))) as home:
        here, there = {"X-Forwarded-For": "198.51.100.1"}, {"X-Forwarded-For": "198.51.100.2"}
        login = {"email": home.demo.host.email, "password": home.demo.host.password}
        await post(home, "signin", here, email="one@example.com", password="wrong")
        await set_failures(home, (await counted(home, "address"))[0], throttle.ADDRESS.locked_at - 1)
        await post(home, "signin", here, email="two@example.com", password="wrong")
        assert (await post(home, "signin", here, **login))[0] == 429
        assert (await post(home, "signin", there, **login))[0] == 200


async def test_guessing_codes_counts_at_the_device_and_the_address(home: House) -> None:
    _, codes, _ = await with_factor(home)
    _, challenge = await sign_in(home, home.demo.host.email, home.demo.host.password)
    guess = {"twoFactorToken": challenge["twoFactorToken"], "code": "000000"}
    _, before = await counted(home, "device")
    assert (await post(home, "2fa/challenge", **guess))[0] == 401
    device, after = await counted(home, "device")
    assert after == before + 1
    address, _ = await counted(home, "address")
    for name, patience in ((device, throttle.DEVICE), (address, throttle.ADDRESS)):
        await set_failures(home, name, patience.locked_at - 1)
        assert (await post(home, "2fa/challenge", **guess))[0] == 401
        assert (await post(home, "2fa/challenge", **(guess | {"code": codes[0]})))[0] == 429
        await home.kit.redis.delete(name)
    assert (await post(home, "2fa/challenge", **(guess | {"code": codes[0]})))[0] == 200


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


async def test_an_attempt_that_nobody_could_judge_does_not_count(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def busy(_stored: str | None, _password: str) -> bool:
        raise UpstreamUnavailable

    with monkeypatch.context() as patience:
        patience.setattr(passwords, "verify", busy)
        for _ in range(throttle.ACCOUNT.locked_at):
            assert (await sign_in(home, home.demo.host.email, home.demo.host.password))[0] == 503
    assert (await sign_in(home, home.demo.host.email, home.demo.host.password))[0] == 200
