"""A singer's profile: made, replaced, changed; and never another's."""

from __future__ import annotations

from typing import Any

import pytest

from tests.house import House
from tests.singers.stage import singer

PATH = "/v1/singer/profile"


async def test_somebody_without_a_profile_makes_one_and_sings(house: House) -> None:
    headers = await house.sign_in("admin")
    assert (await house.call("GET", PATH, headers=headers))[0] == 403
    status, made = await house.call("POST", PATH, json={"nickname": " Bo "}, headers=headers)
    assert (status, made["nickname"], made["preferences"]) == (
        201,
        "Bo",
        {"language": "en", "notificationsEnabled": True},
    )
    assert (await house.call("POST", PATH, json={}, headers=headers))[0] == 409
    switch = {"type": "singer", "id": made["id"]}
    _, switched = await house.call("POST", "/v1/auth/context", json=switch, headers=headers)
    singing = {"Authorization": f"Bearer {switched['accessToken']}"}
    assert await house.call("GET", PATH, headers=singing) == (200, made)


async def test_put_replaces_and_patch_changes(house: House) -> None:
    bo = await singer(house)
    picture = {"avatarUrl": "https://example.com/bo.png"}
    _, profile = await house.call("PATCH", PATH, json=picture, headers=bo)
    assert (profile["nickname"], profile["avatarUrl"]) == ("Bo", picture["avatarUrl"])
    preferences = {"language": "de-AT", "notificationsEnabled": False}
    _, profile = await house.call("PATCH", PATH, json={"preferences": preferences}, headers=bo)
    assert (profile["avatarUrl"], profile["preferences"]) == (picture["avatarUrl"], preferences)
    _, profile = await house.call("PUT", PATH, json={"nickname": "B"}, headers=bo)
    assert (profile["nickname"], profile["avatarUrl"], profile["preferences"]["language"]) == ("B", None, "en")
    _, profile = await house.call("PATCH", PATH, json={"nickname": None}, headers=bo)
    assert profile["nickname"] is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"nickname": ""}, "nickname"),
        ({"avatarUrl": "javascript:alert(1)"}, "avatarUrl"),
        ({"preferences": {"language": "?"}}, "preferences.language"),
        ({"userId": "x"}, ""),
    ],
)
async def test_a_mistake_is_named(change: dict[str, Any], field: str, house: House) -> None:
    status, problem = await house.call("PATCH", PATH, json=change, headers=await singer(house))
    assert (status, problem["errors"][0]["field"]) == (422, field)


async def test_a_profile_that_is_gone_is_not_found(house: House) -> None:
    bo = await singer(house)
    await house.value("DELETE FROM singer_profiles WHERE nickname = 'Bo' RETURNING 1")
    calls: list[tuple[str, str, Any]] = [
        ("GET", PATH, None),
        ("PATCH", PATH, {}),
        ("GET", "/v1/singer/history", None),
        ("POST", "/v1/singer/favorites/songs", {"artist": "A", "title": "B"}),
        ("POST", "/v1/singer/favorites/venues", {"venue": "test-karaoke-bar"}),
    ]
    for method, path, body in calls:
        assert (await house.call(method, path, json=body, headers=bo))[0] == 404, path
