"""Systems are made, renamed and removed with their books."""

from __future__ import annotations

import asyncio

from singr.imports import jobs
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
    assert (again["id"], again["name"], again["songs"]) == (2, "D", 0)


async def test_a_system_is_searched_by_its_public_id(house: House) -> None:
    _, page = await house.call("GET", PATH, headers=await house.sign_in())
    asked = f"/v1/public/songs/search?system={page['items'][0]['publicId']}&q=a"
    assert (await house.call("GET", asked))[1]["items"]


async def test_a_system_is_renamed_and_the_audit_says_by_whom(house: House) -> None:
    headers = await house.sign_in()
    status, system = await house.call("PATCH", f"{PATH}/1", json={"name": "Main"}, headers=headers)
    assert (status, system["name"]) == (200, "Main")
    assert system["songs"] > 0
    actor = await house.value("SELECT actor FROM audit_logs WHERE table_name = 'systems' AND operation = 'UPDATE'")
    assert actor.startswith("user:")
    assert (await house.call("PATCH", f"{PATH}/9", json={"name": "x"}, headers=headers))[0] == 404
    assert (await house.call("PATCH", f"{PATH}/1", json={"name": " "}, headers=headers))[0] == 422


async def test_nothing_is_listed_of_a_system_that_is_not_there(house: House) -> None:
    headers = await house.sign_in()
    for what in ("songs", "syncs", "songs/export.json"):
        assert (await house.call("GET", f"{PATH}/77/{what}", headers=headers))[0] == 404
        assert (await house.call("GET", f"{PATH}/1/{what}", headers=headers))[0] == 200


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


async def test_removing_takes_imports_along_before_they_bring_anything(house: House) -> None:
    headers = await house.sign_in()
    await house.call("POST", PATH, json={"name": "Other"}, headers=headers)
    _, begun = await house.call("POST", f"{PATH}/2/songs/import", data=b"Queen,Innuendo\n", headers=headers)
    status, problem = await house.call("DELETE", f"{PATH}/2", headers=headers)
    assert (status, "1 imports under way" in problem["detail"]) == (409, True)
    assert (await house.call("DELETE", f"{PATH}/2?confirm", headers=headers))[0] == 204
    tenant = str(await house.value("SELECT customer_profiles_id FROM venues"))
    await jobs.run_import(house.kit, tenant=tenant, import_id=begun["id"])
    assert (await house.call("GET", f"/v1/customer/songdb/imports/{begun['id']}", headers=headers))[0] == 404
    assert await house.value("SELECT count(*) FROM songdb WHERE openkj_system_id = 2") == 0


async def test_a_venue_sings_from_a_system_that_is_there(house: House) -> None:
    headers, venues = await house.sign_in(), "/v1/customer/venues"
    await house.call("POST", PATH, json={"name": "Other"}, headers=headers)
    _, first = await house.call("POST", venues, json={"name": "First"}, headers=headers)
    assert first["currentSystemId"] == 1
    for venue in (first["id"], await house.venue_id()):
        await house.call("PATCH", f"{venues}/{venue}", json={"currentSystemId": 2}, headers=headers)
    assert (await house.call("DELETE", f"{PATH}/1?confirm", headers=headers))[0] == 204
    _, second = await house.call("POST", venues, json={"name": "Second"}, headers=headers)
    assert second["currentSystemId"] == 2
    gone = {"name": "Third", "currentSystemId": 1}
    for method, path in (("POST", venues), ("PATCH", f"{venues}/{first['id']}")):
        status, problem = await house.call(method, path, json=gone, headers=headers)
        assert (status, problem["errors"][0]["field"]) == (422, "currentSystemId")
    assert await numbers(house) == [2]
