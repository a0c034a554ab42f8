"""One person, several hats."""

from __future__ import annotations

from uuid import uuid4

from tests.house import House
from tests.identity.visits import bearer, post, profile, sign_in

SING = (
    "INSERT INTO singer_profiles (users_id) SELECT users_id FROM users WHERE email = '{}' RETURNING singer_profiles_id"
)


async def test_a_host_who_sings_switches_and_stays_switched(home: House) -> None:
    singer_id = await home.value(SING.format(home.demo.host.email))
    _, session = await sign_in(home, home.demo.host.email, home.demo.host.password)
    tenant = (await profile(home, session))[1]["activeContext"]
    assert tenant["type"] == "customer"
    status, switched = await post(home, "context", bearer(session), type="singer", id=str(singer_id))
    assert (status, switched["tokenType"], switched["expiresIn"]) == (200, "Bearer", 900)
    _, seen = await profile(home, switched)
    assert (seen["activeContext"], seen["permissions"]) == ({"type": "singer", "id": str(singer_id)}, [])
    assert (await home.call("GET", "/v1/customer/venues", headers=bearer(switched)))[0] == 403
    _, renewed = await post(home, "refresh", refreshToken=session["refreshToken"])
    assert (await profile(home, renewed))[1]["activeContext"]["type"] == "singer"
    _, back = await post(home, "context", bearer(renewed), **tenant)
    assert (await home.call("GET", "/v1/customer/venues", headers=bearer(back)))[0] == 200


async def test_nobody_switches_to_what_is_not_theirs(home: House) -> None:
    _, session = await sign_in(home, home.demo.singer.email, home.demo.singer.password)
    tenant = await home.value("SELECT customer_profiles_id FROM customer_profiles")
    for wanted in (
        {"type": "customer", "id": str(tenant)},
        {"type": "admin", "id": session["user"]["id"]},
        {"type": "singer", "id": str(uuid4())},
    ):
        assert (await post(home, "context", bearer(session), **wanted))[0] == 404


async def test_an_ended_session_does_not_come_back_by_switching(home: House) -> None:
    _, session = await sign_in(home, home.demo.host.email, home.demo.host.password)
    tenant = (await profile(home, session))[1]["activeContext"]
    async for key in home.kit.redis.scan_iter("refresh:*"):
        await home.kit.redis.delete(key)
    assert (await post(home, "context", bearer(session), **tenant))[0] == 401
    assert (await post(home, "refresh", refreshToken=session["refreshToken"]))[0] == 401
