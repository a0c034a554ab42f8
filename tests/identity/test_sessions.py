"""Signing in, staying signed in, signing out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from argon2 import PasswordHasher

from singr.core.settings import Settings
from singr.identity import refresh
from singr.seed.baseline import ADMIN_EMAIL
from tests.house import House, opened

Session = dict[str, Any]


async def signed_in(house: House) -> Session:
    login = {"email": house.demo.host.email, "password": house.demo.host.password}
    status, session = await house.call("POST", "/v1/auth/signin", json=login)
    assert status == 200
    return dict(session)


async def renew(house: House, session: Session) -> tuple[int, Session]:
    return await house.call("POST", "/v1/auth/refresh", json={"refreshToken": session["refreshToken"]})


async def profile(house: House, session: Session) -> int:
    bearer = {"Authorization": f"Bearer {session['accessToken']}"}
    return (await house.call("GET", "/v1/auth/profile", headers=bearer))[0]


async def sign_out(house: House, session: Session) -> int:
    bearer = {"Authorization": f"Bearer {session['accessToken']}"}
    return (await house.call("POST", "/v1/auth/signout", headers=bearer))[0]


@pytest.fixture
async def link(house: House) -> AsyncIterator[asyncpg.Connection]:
    """The database, as its owner."""
    connection = await asyncpg.connect(house.kit.settings.database_url, timeout=10)
    await connection.execute("SELECT set_config('app.actor', 'test', false)")
    yield connection
    await connection.close(timeout=10)


async def test_who_knows_the_password_gets_a_session(house: House) -> None:
    session = await signed_in(house)
    assert session.keys() == {"accessToken", "refreshToken", "expiresIn", "tokenType", "user"}
    assert (session["tokenType"], session["expiresIn"]) == ("Bearer", 900)
    assert UUID(session["user"].pop("id"))
    assert session["user"] == {"email": house.demo.host.email, "name": "Test Customer", "roles": ["customer_owner"]}
    assert await profile(house, session) == 200


async def test_addresses_are_written_in_any_case(house: House) -> None:
    login = {"email": house.demo.host.email.upper(), "password": house.demo.host.password}
    assert (await house.call("POST", "/v1/auth/signin", json=login))[0] == 200


async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(house: House) -> None:
    answers = []
    for email in (house.demo.host.email, "nobody@example.com"):
        status, problem = await house.call("POST", "/v1/auth/signin", json={"email": email, "password": "wrong"})
        assert status == 401
        answers.append({name: said for name, said in problem.items() if name != "requestId"})
    assert answers[0] == answers[1]


async def test_an_account_without_a_password_lets_nobody_in(house: House, link: asyncpg.Connection) -> None:
    await link.execute("UPDATE users SET password_hash = NULL WHERE email = $1", ADMIN_EMAIL)
    for password in (house.demo.admin.password, "None", "x"):
        login = {"email": ADMIN_EMAIL, "password": password}
        assert (await house.call("POST", "/v1/auth/signin", json=login))[0] == 401


async def test_somebody_whose_account_is_gone_is_signed_out(house: House, link: asyncpg.Connection) -> None:
    session = await signed_in(house)
    await link.execute("DELETE FROM users WHERE email = $1", house.demo.host.email)
    assert await profile(house, session) == 401
    assert (await renew(house, session))[0] == 401


async def test_a_profile_says_who_one_is_and_where(house: House) -> None:
    headers = await house.sign_in()
    status, shown = await house.call("GET", "/v1/auth/profile", headers=headers)
    assert status == 200
    assert shown["activeContext"] == {"type": "customer", "id": shown["customerProfile"]["id"]}
    assert [(o["name"], o["role"], o["status"]) for o in shown["organizations"]] == [
        ("Test Karaoke LLC", "customer_owner", "active")
    ]
    assert "requests:process" in shown["permissions"]
    _, singer = await house.call("GET", "/v1/auth/profile", headers=await house.sign_in("singer"))
    assert (singer["activeContext"]["type"], singer["singerProfile"]["nickname"]) == ("singer", "RockStar")
    assert singer["permissions"] == []


async def test_outdated_parameters_are_replaced_at_the_next_sign_in(house: House, link: asyncpg.Connection) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(house.demo.host.password)
    await link.execute("UPDATE users SET password_hash = $1 WHERE email = $2", weak, house.demo.host.email)
    await signed_in(house)
    stored = "SELECT password_hash FROM users WHERE email = $1"
    renewed = await link.fetchval(stored, house.demo.host.email)
    assert renewed != weak
    assert renewed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    await signed_in(house)
    assert await link.fetchval(stored, house.demo.host.email) == renewed


async def test_no_password_hash_is_in_the_audit_log(house: House, link: asyncpg.Connection) -> None:
    await signed_in(house)
    rows = await link.fetch("SELECT old_data::text, new_data::text FROM audit_logs WHERE table_name = 'users'")
    assert rows
    assert any("last_login_at" in row["new_data"] and row["old_data"] for row in rows), "the sign-in is there"
    assert not [row for row in rows if "$argon2id$" in f"{row['old_data']}{row['new_data']}"]


async def test_a_session_is_renewed_with_another_token_each_time(house: House) -> None:
    first = await signed_in(house)
    status, second = await renew(house, first)
    assert status == 200
    assert second["refreshToken"] != first["refreshToken"]
    assert second["user"] == first["user"]
    assert (await renew(house, second))[0] == 200
    assert await profile(house, second) == 200


async def test_a_session_ends_however_often_it_is_renewed(house: House) -> None:
    first, left_s = await signed_in(house), 600
    [key] = [key async for key in house.kit.redis.scan_iter("refresh:*")]
    await house.kit.redis.hincrby(key, "started_s", left_s - house.kit.settings.session_ttl_s)
    status, second = await renew(house, first)
    assert (status, 0 < await house.kit.redis.ttl(key) <= left_s) == (200, True)
    await house.kit.redis.hincrby(key, "started_s", -left_s)
    _, last = await renew(house, second)
    assert (await renew(house, last))[0] == 401


async def test_who_did_not_get_the_answer_may_ask_again(house: House) -> None:
    first = await signed_in(house)
    _, second = await renew(house, first)
    status, again = await renew(house, first)
    assert (status, again["refreshToken"]) == (200, second["refreshToken"])
    assert (await renew(house, second))[0] == 200


async def ten_seconds_later(house: House) -> None:
    """Moves all rotations into the past."""
    async for key in house.kit.redis.scan_iter("refresh:*"):
        await house.kit.redis.hincrby(key, "rotated_ms", -refresh.GRACE_MS)


async def test_a_token_used_again_later_ends_the_whole_session(house: House) -> None:
    first = await signed_in(house)
    _, second = await renew(house, first)
    await ten_seconds_later(house)
    status, problem = await renew(house, first)
    assert (status, problem["title"]) == (401, refresh.TokenReused.title)
    assert (await renew(house, second))[0] == 401, "whoever holds the newer token is out too"
    assert [await profile(house, session) for session in (first, second)] == [401, 401]


async def test_an_older_token_ends_the_session_at_once(house: House) -> None:
    first = await signed_in(house)
    _, second = await renew(house, first)
    _, third = await renew(house, second)
    assert (await renew(house, first))[0] == 401
    assert (await renew(house, third))[0] == 401


async def test_one_session_ending_leaves_the_others(house: House) -> None:
    one, other = await signed_in(house), await signed_in(house)
    assert await sign_out(house, one) == 204
    assert await profile(house, other) == 200
    assert (await renew(house, other))[0] == 200


@pytest.mark.parametrize("made_up", ["x", "a.1", "a.1.c2ln", "1", "é.1.x"])
async def test_a_made_up_refresh_token_is_refused(made_up: str, house: House) -> None:
    assert (await renew(house, {"refreshToken": made_up}))[0] == 401


async def test_redis_knows_sessions_by_their_hash_alone(house: House) -> None:
    session = await signed_in(house)
    family = session["refreshToken"].split(".")[0]
    stored = [key async for key in house.kit.redis.scan_iter("refresh:*")]
    assert stored
    contents = [await house.kit.redis.hgetall(key) for key in stored]
    assert family not in repr(stored) + repr(contents)
    assert all([0 < await house.kit.redis.ttl(key) <= 604_800 for key in stored])


async def test_after_signing_out_nothing_of_the_session_works_anywhere(settings: Settings) -> None:
    async with opened(settings) as here, opened(settings) as there:
        session = await signed_in(here)
        assert await profile(there, session) == 200
        assert await sign_out(here, session) == 204
        assert await profile(here, session) == 401
        assert (await renew(there, session))[0] == 401


async def test_one_person_renews_sixty_times_an_hour_on_all_devices_together(house: House) -> None:
    one, other = await signed_in(house), await signed_in(house)
    for _ in range(30):
        (status, one), (also, other) = await renew(house, one), await renew(house, other)
        assert (status, also) == (200, 200)
    house.client.session.cookie_jar.clear()
    for session in (one, other):
        async with house.client.post("/v1/auth/refresh", json={"refreshToken": session["refreshToken"]}) as answer:
            assert answer.status == 429
            assert int(answer.headers["Retry-After"]) >= 1
    singer = {"email": house.demo.singer.email, "password": house.demo.singer.password}
    _, somebody = await house.call("POST", "/v1/auth/signin", json=singer)
    assert (await renew(house, somebody))[0] == 200
