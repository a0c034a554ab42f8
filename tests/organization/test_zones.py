"""An organization's time zone is that of its venues without one of their own; who looks at them sees it change."""

from __future__ import annotations

from tests.house import VENUE, House
from tests.live import watching

ORGANIZATION = "/v1/customer/organization"


async def test_a_new_time_zone_is_that_of_the_venues_without_their_own(house: House) -> None:
    headers, venue_id = await house.sign_in(), await house.venue_id()
    own = {"name": "Own", "timeZone": "Europe/Vienna"}
    _, other = await house.call("POST", "/v1/customer/venues", json=own, headers=headers)
    async with watching(house) as screen:
        status, changed = await house.call("PATCH", ORGANIZATION, json={"timeZone": "Asia/Tokyo"}, headers=headers)
        assert (status, changed["name"], changed["timeZone"]) == (200, "Test Karaoke LLC", "Asia/Tokyo")
        await screen.until(lambda s: s.venue["timeZone"] == "Asia/Tokyo")
    assert (await house.call("GET", VENUE))[1]["timeZone"] == "Asia/Tokyo"
    assert (await house.call("GET", ORGANIZATION, headers=headers))[1] == changed
    _, venue = await house.call("GET", f"/v1/customer/venues/{other['id']}", headers=headers)
    assert venue["timeZone"] == "Europe/Vienna"
    versions = "SELECT version FROM venue_streams WHERE venues_id = $1"
    assert [await house.value(versions, one) for one in (venue_id, other["id"])] == [1, 0]


async def test_a_time_zone_that_is_none_is_refused(house: House) -> None:
    headers = await house.sign_in()
    for wrong in ("Nowhere/Land", "", None, "../etc/passwd", "localtime", "Factory"):
        status, problem = await house.call("PATCH", ORGANIZATION, json={"timeZone": wrong}, headers=headers)
        assert (status, problem["errors"][0]["field"]) == (422, "timeZone")
