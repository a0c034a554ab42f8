"""API keys are issued, rotated and revoked, and OpenKJ's door knows at once."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest

from singr.core.settings import Settings
from singr.keys import keys
from tests.house import House, opened
from tests.openkj.asking import ask

PATH = "/v1/customer/api-keys"


async def issue(house: House, **given: Any) -> dict[str, Any]:
    body = {"description": "Laptop"} | given
    status, key = await house.call("POST", PATH, json=body, headers=await house.sign_in())
    assert status == 201, key
    return dict(key)


async def turn(house: House, key: dict[str, Any], verb: str) -> tuple[int, Any]:
    return await house.call("POST", f"{PATH}/{key['id']}/{verb}", headers=await house.sign_in())


async def told(house: House, key: str, command: str = "getSerial", **given: Any) -> str:
    """What OpenKJ reads of a refusal, empty for an answer."""
    answer = orjson.loads(await ask(house, command, api_key=key, **given))
    return str(answer["errorString"]) if answer["error"] else ""


async def listed(house: House) -> list[dict[str, Any]]:
    _, page = await house.call("GET", PATH, headers=await house.sign_in())
    return list(page["items"])


async def test_a_key_is_shown_once_and_kept_as_its_hash(house: House) -> None:
    key = await issue(house)
    assert key["key"].startswith("skj_")
    assert len(key["key"]) == 47  # 256 bits
    assert key["prefix"] == key["key"][:8]
    assert await told(house, key["key"]) == ""
    assert all("key" not in shown for shown in await listed(house))
    stored = await house.value("SELECT string_agg(api_keys::text, '') FROM api_keys")
    log = await house.value("SELECT string_agg(audit_logs::text, '') FROM audit_logs WHERE table_name = 'api_keys'")
    assert key["key"] not in stored + log


async def test_the_list_goes_on_from_its_cursor(house: House) -> None:
    made = [(await issue(house, description=f"Key {n}"))["id"] for n in range(4)]
    headers, cursor, seen = await house.sign_in(), "", []
    while cursor is not None:
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        _, page = await house.call("GET", PATH, params=query, headers=headers)
        seen += [key["id"] for key in page["items"]]
        cursor = page["nextCursor"]
    assert seen[:4] == made[::-1]
    assert len(seen) == len(set(seen)) == 5


async def test_a_revoked_key_polls_no_more_in_any_process(house: House, settings: Settings) -> None:
    key = await issue(house)
    async with opened(settings) as other:
        assert await told(other, key["key"]) == ""
        assert (await turn(house, key, "revoke"))[1]["status"] == "revoked"
        for process in (house, other):
            assert "revoked" in await told(process, key["key"])
    assert (await turn(house, key, "revoke"))[0] == 200
    assert (await house.call("GET", f"/api/requests/{key['key']}"))[0] == 401


async def test_polls_that_race_a_revocation_are_answered_or_refused_and_then_only_refused(house: House) -> None:
    key = await issue(house)
    polls = [told(house, key["key"]) for _ in range(10)]
    *answers, _ = await asyncio.gather(*polls, turn(house, key, "revoke"))
    assert all(answer == "" or "revoked" in str(answer) for answer in answers)
    assert "revoked" in await told(house, key["key"])


async def test_after_a_rotation_both_keys_work_for_ten_minutes(house: House) -> None:
    old = await issue(house, scopes=["requests"])
    status, new = await turn(house, old, "rotate")
    assert (status, new["description"], new["scopes"]) == (201, "Laptop", ["requests"])
    assert await told(house, old["key"]) == await told(house, new["key"]) == ""
    left = f"SELECT expires_at - now() FROM api_keys WHERE api_keys_id = '{old['id']}'"  # noqa: S608
    assert 590 < (await house.value(left)).total_seconds() <= 600
    await house.value(f"UPDATE api_keys SET expires_at = now() WHERE api_keys_id = '{old['id']}' RETURNING 1")  # noqa: S608
    assert "expired" in await told(house, old["key"])
    assert await told(house, new["key"]) == ""


async def test_a_rotated_key_ends_when_the_earlier_one_would_have(house: House) -> None:
    until = "2999-12-31T00:00:00Z"
    old = await issue(house, expiresAt=until)
    assert (await turn(house, old, "rotate"))[1]["expiresAt"] == until


async def test_of_two_rotations_at_once_one_wins(house: House) -> None:
    key = await issue(house)
    answers = await asyncio.gather(*(turn(house, key, "rotate") for _ in range(3)))
    assert sorted(status for status, _ in answers) == [201, 409, 409]
    assert len(await listed(house)) == 3


async def test_a_key_out_of_use_is_not_rotated(house: House) -> None:
    key = await issue(house)
    await turn(house, key, "revoke")
    status, problem = await turn(house, key, "rotate")
    assert (status, problem["detail"]) == (409, "it is revoked")


@pytest.mark.parametrize(
    ("change", "status"), [("status = 'suspended'", "suspended"), ("expires_at = now()", "expired")]
)
async def test_suspended_and_expired_keys_are_refused_and_shown_as_such(change: str, status: str, house: House) -> None:
    key = await issue(house)
    await house.value(f"UPDATE api_keys SET {change} WHERE api_keys_id = '{key['id']}' RETURNING 1")  # noqa: S608
    assert status in await told(house, key["key"])
    assert [shown["status"] for shown in await listed(house) if shown["id"] == key["id"]] == [status]


async def test_there_are_so_many_live_keys_and_no_more(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "LIVE_MAX", 2)
    second, headers = await issue(house), await house.sign_in()
    assert (await turn(house, second, "rotate"))[0] == 201
    status, problem = await house.call("POST", PATH, json={"description": "Third"}, headers=headers)
    assert (status, problem["detail"]) == (409, "at most 2: revoke one first")
    for key in await listed(house):
        await turn(house, key, "revoke")
    await issue(house)


async def test_a_key_is_suspended_for_a_while(house: House) -> None:
    key, headers = await issue(house), await house.sign_in()
    for wanted, refusal in (("suspended", "suspended"), ("suspended", "suspended"), ("active", ""), ("active", "")):
        turned = await house.call("PATCH", f"{PATH}/{key['id']}", json={"status": wanted}, headers=headers)
        assert (turned[0], turned[1]["status"]) == (200, wanted)
        assert refusal in await told(house, key["key"])
    assert await told(house, key["key"]) == ""
    await turn(house, key, "revoke")
    status, problem = await house.call("PATCH", f"{PATH}/{key['id']}", json={"status": "active"}, headers=headers)
    assert (status, problem["detail"]) == (409, "it is revoked")
    stranger = house.stranger()
    answer = await house.call("PATCH", f"{PATH}/{key['id']}", json={"status": "active"}, headers=stranger)
    assert answer[0] == 404


async def test_a_key_does_only_what_it_was_issued_for(house: House) -> None:
    collects, syncs = await issue(house, scopes=["requests"]), await issue(house, scopes=["songs"])
    songs = {"songs": [{"artist": "A", "title": "B"}], "system_id": 1}
    assert await told(house, collects["key"]) == await told(house, syncs["key"], "addSongs", **songs) == ""
    assert "not issued for songs" in await told(house, collects["key"], "addSongs", **songs)
    assert "not issued for requests" in await told(house, syncs["key"])
    assert (await house.call("GET", f"/api/requests/{syncs['key']}"))[0] == 403


@pytest.mark.parametrize(
    "wrong", [{"description": " "}, {"scopes": []}, {"scopes": ["all"]}, {"expiresAt": "2020-01-01T00:00:00Z"}]
)
async def test_a_key_that_could_do_nothing_is_not_issued(wrong: dict[str, Any], house: House) -> None:
    body = {"description": "Laptop"} | wrong
    assert (await house.call("POST", PATH, json=body, headers=await house.sign_in()))[0] == 422


async def test_another_organizations_keys_are_not_found(house: House) -> None:
    key = await issue(house)
    for verb in ("rotate", "revoke"):
        status, _ = await house.call("POST", f"{PATH}/{key['id']}/{verb}", headers=house.stranger())
        assert status == 404
    assert await house.call("GET", PATH, headers=house.stranger()) == (200, {"items": [], "nextCursor": None})
    assert await told(house, key["key"]) == ""
