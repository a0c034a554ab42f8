"""Guessing a password wherever one is asked for: one counter an account, whoever asks and however it is spelt."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from singr.core.settings import Settings
from singr.identity import throttle
from tests.house import House, opened
from tests.identity.visits import NEW_PASSWORD, bearer, post, sign_in

CONFIRMED: dict[str, dict[str, Any]] = {
    "password/change": {"newPassword": NEW_PASSWORD},
    "email/change": {"newEmail": "else@example.com"},
    "account/delete": {},
    "2fa/setup": {},
    "2fa/disable": {"code": "000000"},
    "2fa/phone": {"phoneNumber": "+436641234567"},
    "2fa/phone/remove": {},
}

WRONG = "not-the-right-one"


async def host(home: House) -> dict[str, str]:
    status, session = await sign_in(home, home.demo.host.email, home.demo.host.password)
    assert status == 200
    return bearer(session)


async def guess(home: House, path: str, headers: dict[str, str], password: str = WRONG) -> tuple[int, Any]:
    name = "currentPassword" if path == "password/change" else "password"
    return await post(home, path, headers, **{name: password}, **CONFIRMED[path])


async def attempts(home: House) -> int:
    return int(await home.kit.redis.hget(throttle.key(home.demo.host.email), "attempts") or 0)


async def fail(home: House, times: int) -> None:
    key = throttle.key(home.demo.host.email)
    await home.kit.redis.hset(key, mapping={"attempts": times, "closed_until_ms": 0})


@pytest.mark.parametrize("path", CONFIRMED)
async def test_confirming_the_own_password_counts_like_signing_in(path: str, home: House) -> None:
    headers = await host(home)
    assert (await guess(home, path, headers))[0] == 403
    assert await attempts(home) == 1
    await fail(home, throttle.ACCOUNT.locked_at - 1)
    assert (await guess(home, path, headers))[0] == 403
    status, problem = await guess(home, path, headers, home.demo.host.password)
    assert (status, problem["title"]) == (429, "Too many failed attempts")
    assert (await sign_in(home, home.demo.host.email, home.demo.host.password))[0] == 429


async def test_the_right_password_forgets_the_wrong_ones(home: House) -> None:
    headers = await host(home)
    await fail(home, throttle.ACCOUNT.locked_at - 1)
    assert (await guess(home, "2fa/setup", headers, home.demo.host.password))[0] == 200
    assert await attempts(home) == 0


@pytest.mark.parametrize("path", CONFIRMED)
async def test_who_has_no_password_is_told_how_to_get_one(path: str, home: House) -> None:
    headers = await host(home)
    await home.value("UPDATE users SET password_hash = NULL WHERE email = $1 RETURNING 1", home.demo.host.email)
    status, problem = await guess(home, path, headers)
    assert (status, problem["title"]) == (403, "This account has no password")
    assert "forgotten password" in problem["detail"]
    assert await attempts(home) == 0


@pytest.mark.parametrize("email", ["sİnger@example.com", "sınger@example.com", "ſinger@example.com", "a@bü.example"])
async def test_an_address_that_only_looks_alike_is_none(email: str, home: House) -> None:
    assert (await sign_in(home, email, home.demo.singer.password))[0] == 422
    assert [key async for key in home.kit.redis.scan_iter("{attempts}:*")] == []


async def test_another_address_of_the_same_line_guesses_no_more(mailing: Settings) -> None:
    async with opened(replace(mailing, trusted_proxies=("127.0.0.1",))) as home:

        async def from_(address: str, password: str) -> int:
            home.client.session.cookie_jar.clear()
            login = {"email": home.demo.host.email, "password": password}
            return (await post(home, "signin", {"X-Forwarded-For": address}, **login))[0]

        assert await from_("2001:db8:1:2::1", "wrong") == 401
        [key] = [key async for key in home.kit.redis.scan_iter("{attempts}:address:*")]
        await home.kit.redis.hset(key, mapping={"attempts": throttle.ADDRESS.locked_at - 1, "closed_until_ms": 0})
        assert await from_("2001:db8:1:2::2", "wrong") == 401
        assert await from_("2001:db8:1:2::3", home.demo.host.password) == 429
        assert await from_("2001:db8:1:3::3", home.demo.host.password) == 200
