"""What somebody may do changes while they are signed in: their tokens end, in every process."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from singr.core.settings import Settings
from singr.identity import epochs
from tests.house import House, opened
from tests.identity.visits import bearer, post, profile, refused, sign_in

# Whatever changes what the host may do, without asking us.
CHANGES = {
    "global role": "DELETE FROM user_roles WHERE users_id = $1",
    "hold": "UPDATE users SET disabled_at = now() WHERE users_id = $1",
    "organization on hold": "UPDATE customer_profiles SET suspended_at = now() WHERE users_id = $1",
    "the role's permissions": "DELETE FROM role_permissions USING roles r WHERE r.roles_id = role_permissions.roles_id"
    " AND r.slug = 'customer_owner' AND $1::uuid IS NOT NULL",
    "account": "DELETE FROM users WHERE users_id = $1",
    "membership": "INSERT INTO organization_users (customer_profiles_id, users_id, status)"
    " SELECT customer_profiles_id, $1, 'active' FROM customer_profiles LIMIT 1",
}
NO_CHANGE = "UPDATE users SET last_login_at = now(), name = 'Other' WHERE users_id = $1"


async def epoch_of(link: Any, user_id: str) -> int:
    found = await link.fetchval("SELECT epoch FROM auth_epochs WHERE users_id = $1", user_id)
    return int(found or 0)


async def host(house: House) -> dict[str, Any]:
    status, session = await sign_in(house, house.demo.host.email, house.demo.host.password)
    assert status == 200
    return dict(session)


@pytest.mark.parametrize("change", CHANGES)
async def test_a_change_behind_our_back_ends_access_tokens(change: str, home: House) -> None:
    session = await host(home)
    link = await asyncpg.connect(home.kit.settings.database_url, timeout=10)
    try:
        await link.execute(CHANGES[change], session["user"]["id"])
    finally:
        await link.close(timeout=10)
    await refused(home, session)


async def test_what_changes_nothing_that_one_may_do_ends_no_token(home: House) -> None:
    session = await host(home)
    link = await asyncpg.connect(home.kit.settings.database_url, timeout=10)
    try:
        before = await epoch_of(link, session["user"]["id"])
        await link.execute(NO_CHANGE, session["user"]["id"])
        assert await epoch_of(link, session["user"]["id"]) == before
    finally:
        await link.close(timeout=10)


async def test_a_refresh_after_a_change_brings_what_one_may_do_now(home: House) -> None:
    session = await host(home)
    await home.value("UPDATE customer_profiles SET suspended_at = now() RETURNING 1")
    await refused(home, session)
    status, renewed = await post(home, "refresh", refreshToken=session["refreshToken"])
    assert status == 200
    _, seen = await profile(home, renewed)
    assert (seen["activeContext"], seen["permissions"]) == (None, [])
    assert seen["organizations"][0]["status"] == "suspended"


async def test_nobody_on_hold_signs_in_or_refreshes(home: House) -> None:
    session = await host(home)
    await home.value("UPDATE users SET disabled_at = now() RETURNING 1")
    assert (await post(home, "refresh", refreshToken=session["refreshToken"]))[0] == 401
    assert (await sign_in(home, home.demo.host.email, home.demo.host.password))[0] == 401


async def test_signing_out_everywhere_ends_all_sessions_in_every_process(mailing: Settings, home: House) -> None:
    async with opened(mailing) as other:
        one, two = await host(home), await host(other)
        assert (await profile(other, two))[0] == 200
        assert (await post(home, "signout/everywhere", bearer(one)))[0] == 204
        await refused(other, two)
        for session in (one, two):
            assert (await post(home, "refresh", refreshToken=session["refreshToken"]))[0] == 401
        assert (await profile(other, await host(other)))[0] == 200


async def test_what_is_heard_while_the_truth_is_read_stays(home: House) -> None:
    copy = epochs.Epochs(home.kit.db, home.kit.settings)
    session = await host(home)
    user = session["user"]["id"]
    reading = asyncio.ensure_future(copy.refresh())
    await asyncio.sleep(0)
    copy.hear(f'{{"{user}": 7}}'.encode())
    await reading
    assert copy.has_passed(UUID(user), 6)
    assert not copy.has_passed(UUID(user), 7)
