"""Systems are made, renamed and removed with their books."""

from __future__ import annotations

import asyncio

from tests.house import House

PATH = "/v1/customer/systems"


async def numbers(house: House) -> list[int]:
    _, page = await house.call("GET", PATH, headers=await house.sign_in())
    return [system["id"] for system in page["items"]]


async def test_systems_are_numbered_without_holes(house: House) -> None:
    headers = await house.sign_in()
    made = await asyncio.gather(*(house.call("POST", PATH, json={"name": n}, headers=headers) for n in "ABC"))
    assert [status for status, _ in made] == [201, 201, 201]
    assert await numbers(house) == [1, 2, 3, 4]
    await house.call("DELETE", f"{PATH}/2?confirm", headers=headers)
    _, again = await house.call("POST", PATH, json={"name": "D"}, headers=headers)
    assert again == {"id": 2, "name": "D", "songs": 0}


async def test_a_system_is_renamed_and_the_audit_says_by_whom(house: House) -> None:
    headers = await house.sign_in()
    status, system = await house.call("PATCH", f"{PATH}/1", json={"name": "Main"}, headers=headers)
    assert (status, system["name"]) == (200, "Main")
    assert system["songs"] > 0
    actor = await house.value("SELECT actor FROM audit_logs WHERE table_name = 'systems' AND operation = 'UPDATE'")
    assert actor.startswith("user:")
    assert (await house.call("PATCH", f"{PATH}/9", json={"name": "x"}, headers=headers))[0] == 404
    assert (await house.call("PATCH", f"{PATH}/1", json={"name": " "}, headers=headers))[0] == 422


async def test_a_system_venues_sing_from_stays(house: House) -> None:
    headers = await house.sign_in()
    status, problem = await house.call("DELETE", f"{PATH}/1?confirm", headers=headers)
    assert status == 409
    assert "Test Karaoke Bar" in problem["detail"]
    assert await numbers(house) == [1]


async def test_removing_says_how_many_songs_go_and_takes_them_when_confirmed(house: House) -> None:
    headers, venue = await house.sign_in(), f"/v1/customer/venues/{await house.venue_id()}"
    await house.call("POST", PATH, json={"name": "Other"}, headers=headers)
    await house.call("PATCH", venue, json={"currentSystemId": 2}, headers=headers)
    songs = await house.value("SELECT count(*) FROM songdb")
    status, problem = await house.call("DELETE", f"{PATH}/1", headers=headers)
    assert (status, f"{songs} songs" in problem["detail"]) == (409, True)
    assert await house.value("SELECT count(*) FROM songdb") == songs
    assert (await house.call("DELETE", f"{PATH}/1?confirm=true", headers=headers))[0] == 204
    assert await house.value("SELECT count(*) FROM songdb") == 0
    assert await numbers(house) == [2]
