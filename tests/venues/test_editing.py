"""A host makes, changes and removes venues."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from singr.core import clock
from singr.venues import editing
from tests.house import SONG, VENUE, House
from tests.live import watching

PATH = "/v1/customer/venues"
BAR = {
    "name": "Josie’s Café",
    "address": "2 Main Street",
    "city": "Nashville",
    "state": "TN",
    "phoneNumber": "+1 (615) 555-1234",
    "latitude": 36.16,
    "longitude": -86.78,
}


async def make(house: House, **given: Any) -> tuple[int, Any]:
    return await house.call("POST", PATH, json=BAR | given, headers=await house.sign_in())


async def change(house: House, venue_id: str, **given: Any) -> tuple[int, Any]:
    return await house.call("PATCH", f"{PATH}/{venue_id}", json=given, headers=await house.sign_in())


async def test_a_new_venue_gets_a_number_a_name_for_addresses_and_its_place(house: House) -> None:
    status, venue = await make(house)
    assert status == 201
    shown = {k: venue[k] for k in ("openkjVenueId", "urlName", "phoneNumber", "latitude", "longitude")}
    assert shown == {
        "openkjVenueId": 1002,
        "urlName": "josies-cafe",
        "phoneNumber": "+16155551234",
        "latitude": 36.16,
        "longitude": -86.78,
    }
    assert (await house.call("GET", f"/v1/public/venues/{venue['urlName']}"))[0] == 200


async def test_the_same_name_again_gets_another_address(house: House) -> None:
    made = await asyncio.gather(*(make(house, name="Test Karaoke Bar") for _ in range(4)))
    assert {status for status, _ in made} == {201}
    names = {venue["urlName"] for _, venue in made}
    assert names == {f"test-karaoke-bar-{n}" for n in (2, 3, 4, 5)}
    assert {venue["openkjVenueId"] for _, venue in made} == {1002, 1003, 1004, 1005}


@pytest.mark.parametrize(("name", "slug"), [("山田", "venue"), ("Nearby", "nearby-2"), ("!!", "venue"), ("Ö-B", "o-b")])
async def test_every_name_gives_an_address(name: str, slug: str, house: House) -> None:
    _, venue = await make(house, name=name)
    assert (venue["name"], venue["urlName"]) == (name, slug)


async def test_a_given_address_that_is_taken_is_a_conflict(house: House) -> None:
    status, problem = await make(house, urlName="test-karaoke-bar")
    assert (status, problem["type"].rpartition("/")[2]) == (409, "conflict")
    _, venue = await make(house)
    assert (await change(house, venue["id"], urlName="test-karaoke-bar"))[0] == 409


async def test_there_are_so_many_venues_and_no_more(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(editing, "VENUES_MAX", 2)
    assert (await make(house))[0] == 201
    status, problem = await make(house)
    assert (status, problem["detail"]) == (409, "at most 2: remove one first")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"urlName": "Josie"}, "urlName"),
        ({"urlName": "nearby"}, "urlName"),
        ({"latitude": 91}, "latitude"),
        ({"latitude": None}, "latitude"),
        ({"longitude": None}, "longitude"),
        ({"phoneNumber": "555-1234"}, "phoneNumber"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"currentSystemId": 7}, "currentSystemId"),
        ({"queuePrivacy": "none"}, "queuePrivacy"),
    ],
)
async def test_a_mistake_is_named_by_its_field(wrong: dict[str, Any], field: str, house: House) -> None:
    status, problem = await make(house, **wrong)
    assert (status, problem["errors"][0]["field"]) == (422, field)
    assert await house.value("SELECT count(*) FROM venues") == 1


async def test_only_what_is_given_changes(house: House) -> None:
    _, venue = await make(house)
    _, changed = await change(house, venue["id"], city="Memphis", phoneNumber=None)
    assert changed == venue | {"city": "Memphis", "phoneNumber": None}
    _, moved = await change(house, venue["id"], latitude=None, longitude=None)
    assert (moved["latitude"], moved["longitude"]) == (None, None)
    path, headers = f"{PATH}/{venue['id']}", await house.sign_in()
    assert (await house.call("PUT", path, json={"state": "AR"}, headers=headers))[1]["state"] == "AR"


async def test_the_version_moves_when_watchers_would_see_it(house: House) -> None:
    venue_id = await house.venue_id()
    async with watching(house) as screen:
        await change(house, venue_id, address="elsewhere", website="https://example.org")
        assert await house.value("SELECT version FROM venue_streams") == 0
        await change(house, venue_id, name="New Name", urlName="new-name")
        await screen.until(lambda s: s.venue["name"] == "New Name")
        assert screen.venue["urlName"] == "new-name"
    assert await house.value("SELECT version FROM venue_streams") == 1


async def test_a_request_under_way_survives_the_renaming_of_its_venue(house: House) -> None:
    venue_id = await house.venue_id()
    answers = await asyncio.gather(
        *(house.call("POST", f"{VENUE}/requests", json={"singerName": "Al", "artist": "A", "title": t}) for t in "ABC"),
        change(house, venue_id, urlName="new-name"),
    )
    statuses = [status for status, _ in answers]
    assert set(statuses) <= {201, 404, 200}
    assert await house.value("SELECT count(*) FROM requests") == statuses.count(201)
    assert (await house.call("GET", "/v1/public/venues/new-name"))[0] == 200


async def test_removing_says_first_what_goes_along(house: House) -> None:
    await house.ask()
    path, headers = f"{PATH}/{await house.venue_id()}", await house.sign_in()
    status, problem = await house.call("DELETE", path, headers=headers)
    assert status == 409
    assert "1 waiting and 0 earlier requests" in problem["detail"]
    assert await house.value("SELECT count(*) FROM venues") == 1


async def test_a_removed_venue_is_gone_for_everybody_and_its_number_is_not_used_again(house: House) -> None:
    _, venue = await make(house)
    headers = await house.sign_in()
    assert (await house.call("DELETE", f"{PATH}/{venue['id']}?confirm", headers=headers))[0] == 204
    assert (await house.call("DELETE", f"{PATH}/{venue['id']}?confirm", headers=headers))[0] == 404
    assert (await house.call("GET", f"/v1/public/venues/{venue['urlName']}"))[0] == 404
    assert (await make(house))[1]["openkjVenueId"] == venue["openkjVenueId"] + 1
    actor = await house.value("SELECT actor FROM audit_logs WHERE table_name = 'venues' AND operation = 'DELETE'")
    assert actor.startswith("user:")


async def test_watchers_of_a_removed_venue_are_told(house: House) -> None:
    headers, venue_id = await house.sign_in(), await house.venue_id()
    async with house.client.ws_connect("/v1/live") as socket:
        await socket.send_json({"type": "hello", "venue": "test-karaoke-bar", "view": "display"})
        assert (await socket.receive_json(timeout=30))["type"] in ("welcome", "snapshot", "ready")
        await house.call("DELETE", f"{PATH}/{venue_id}?confirm", headers=headers)
        async with asyncio.timeout(30):
            async for _ in socket:
                pass
        assert socket.close_code


async def test_todays_counts_tell_how_the_night_goes(house: House) -> None:
    path, headers = f"{PATH}/{await house.venue_id()}", await house.sign_in()
    receipts = [await house.ask(title=title) for title in "ABC"]
    receipts.append(await house.ask(title="D", singerName="Ben"))
    for receipt, status in zip(receipts, ("processed", "rejected"), strict=False):
        await house.call("PATCH", f"/v1/customer/requests/{receipt['id']}", json={"status": status}, headers=headers)
    await house.value("UPDATE requests SET requested_at = now() - interval '2 days' WHERE title = 'C' RETURNING 1")
    _, venue = await house.call("GET", path, headers=headers)
    assert venue["stats"] == {
        "waiting": 2,
        "requestsToday": 3,
        "processedToday": 1,
        "rejectedToday": 1,
        "withdrawnToday": 0,
        "singersToday": 2,
    }


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Nowhere/Land", "America/New_York"])
async def test_a_night_began_at_five_in_the_morning_where_the_organization_is(zone: str, house: House) -> None:
    known = zone if zone != "Nowhere/Land" else "UTC"
    local = f"night_began('{zone}') AT TIME ZONE '{known}'"
    assert await house.value(f"SELECT extract(hour FROM {local})") == 5  # noqa: S608
    began = f"night_began('{zone}')"
    assert await house.value(f"SELECT {began} <= now() AND now() < {began} + interval '25 hours'")


async def test_a_venue_may_have_a_time_zone_of_its_own(house: House) -> None:
    path, headers = f"/v1/customer/venues/{await house.venue_id()}", await house.sign_in()
    for given, zone in (("Asia/Tokyo", "Asia/Tokyo"), (None, "America/New_York")):
        status, venue = await house.call("PATCH", path, json={"timeZone": given}, headers=headers)
        assert (status, venue["timeZone"]) == (200, zone)
        assert (await house.call("GET", "/v1/public/venues/test-karaoke-bar"))[1]["timeZone"] == zone
    status, problem = await house.call("PATCH", path, json={"timeZone": "Nowhere/Land"}, headers=headers)
    assert (status, problem["errors"][0]["field"]) == (422, "timeZone")


async def test_a_night_is_that_of_the_venues_clock(house: House) -> None:
    path, headers = f"/v1/customer/venues/{await house.venue_id()}", await house.sign_in()
    began = {name: clock.night_began(ZoneInfo(name)) for name in ("Asia/Tokyo", "America/New_York")}
    first, second = sorted(began, key=began.__getitem__)
    await house.ask()
    between = began[second] - timedelta(minutes=1)
    await house.value("UPDATE requests SET requested_at = $1 RETURNING 1", between)
    house.client.session.cookie_jar.clear()
    for zone, status in ((first, 409), (second, 201)):
        body = {"timeZone": zone, "rules": {"songOncePerNight": True}}
        assert (await house.call("PATCH", path, json=body, headers=headers))[0] == 200
        assert (await house.call("POST", f"{VENUE}/requests", json=SONG))[0] == status
