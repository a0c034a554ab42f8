"""Anybody finds a venue, by name, by town and by what is near, and the database reads no more than it must."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import orjson
import pytest
import pytest_asyncio

from singr.infra.sql import QUERIES
from tests.house import House

PATH = "/v1/public/venues"
HERE = {"lat": 36.1627, "lon": -86.7816}

MANY = """
INSERT INTO venues (customer_profiles_id, openkj_venue_id, url_name, name, address, city, state, postal_code,
                    accepting_requests, location)
SELECT c.customer_profiles_id, 2000 + n, 'venue-' || n, 'Venue ' || md5(n::text), '', 'City ' || n % 500,
       'S' || n % 50, '', n % 4 > 0, ST_Point(-89 + n % 200 * 0.02, 35.2 + n / 200 * 0.02)::geography
FROM (SELECT customer_profiles_id FROM customer_profiles LIMIT 1) AS c, generate_series(0, 19999) AS n
"""


async def add(house: House, *venues: tuple[str, str, str, float, float, bool]) -> None:
    headers = await house.sign_in()
    for name, city, state, latitude, longitude, accepting in venues:
        place = {"latitude": latitude, "longitude": longitude, "acceptingRequests": accepting}
        body = {"name": name, "city": city, "state": state, **place}
        status, _ = await house.call("POST", "/v1/customer/venues", json=body, headers=headers)
        assert status == 201


@pytest.fixture
async def town(house: House) -> House:
    await add(
        house,
        ("Alley Cat", "Nashville", "TN", 36.17, -86.78, True),
        ("Broken Spoke", "Nashville", "TN", 36.30, -86.78, False),
        ("100% Karaoke", "Memphis", "TN", 35.15, -90.05, True),
        ("Nashville Nights", "Nashville", "AR", 33.94, -93.85, True),
    )
    return house


async def names(house: House, path: str = "", **query: Any) -> list[str]:
    status, page = await house.call("GET", PATH + path, params={k: str(v) for k, v in query.items()})
    assert status == 200, page
    return [venue["name"] for venue in page["items"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"city": "nashville", "state": "tn"}, ["Alley Cat", "Broken Spoke", "Test Karaoke Bar"]),
        ({"city": "Nashville", "state": "AR"}, ["Nashville Nights"]),
        ({"state": "AR"}, ["Nashville Nights"]),
        ({"q": "karaoke"}, ["100% Karaoke", "Test Karaoke Bar"]),
        ({"q": "0%"}, ["100% Karaoke"]),
        ({"q": "karaoke", "city": "Memphis"}, ["100% Karaoke"]),
        ({"accepting": "false"}, ["Broken Spoke"]),
        ({"q": "nowhere"}, []),
    ],
)
async def test_venues_are_found_by_name_and_town(query: dict[str, str], found: list[str], town: House) -> None:
    assert await names(town, **query) == found


async def test_the_list_goes_on_from_its_cursor(town: House) -> None:
    everything, cursor, seen = await names(town), "", []
    while cursor is not None:
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        _, page = await town.call("GET", PATH, params=query)
        seen += [venue["name"] for venue in page["items"]]
        cursor = page["nextCursor"]
    assert seen == everything
    assert len(seen) == 5


async def test_what_is_near_comes_in_order_with_its_distance(town: House) -> None:
    _, page = await town.call("GET", f"{PATH}/nearby", params={k: str(v) for k, v in HERE.items()})
    assert [venue["name"] for venue in page["items"]] == ["Test Karaoke Bar", "Alley Cat", "Broken Spoke"]
    distances = [venue["distanceMeters"] for venue in page["items"]]
    assert distances[0] == 0
    assert 800 < distances[1] < 840
    assert 15_200 < distances[2] < 15_300


async def test_radius_limit_and_accepting_narrow_what_is_near(town: House) -> None:
    assert await names(town, "/nearby", **HERE, radius=1) == ["Test Karaoke Bar", "Alley Cat"]
    assert await names(town, "/nearby", **HERE, limit=1) == ["Test Karaoke Bar"]
    assert await names(town, "/nearby", **HERE, accepting="true") == ["Test Karaoke Bar", "Alley Cat"]
    assert await names(town, "/nearby", **HERE, accepting="false") == ["Broken Spoke"]
    assert len(await names(town, "/nearby", **HERE, radius=200)) == 3


@pytest.mark.parametrize(
    "query", ["lat=91&lon=0", "lat=0", "lat=0&lon=181", "lat=0&lon=0&radius=201", "lat=x&lon=0", "lat=nan&lon=0"]
)
async def test_a_place_that_is_none_is_told(query: str, house: House) -> None:
    assert (await house.call("GET", f"{PATH}/nearby?{query}"))[0] == 422


async def test_a_list_that_did_not_change_is_not_sent_again(town: House) -> None:
    await town.call("GET", PATH)
    async with town.client.get(PATH) as first:
        etag = first.headers["ETag"]
    async with town.client.get(PATH, headers={"If-None-Match": etag}) as again:
        assert again.status == 304


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def crowded(module_database_url: str) -> AsyncIterator[Any]:
    """A database with 20,000 venues."""
    link = await asyncpg.connect(module_database_url, timeout=10)
    await link.execute("INSERT INTO users (email) VALUES ('x@example.com')")
    await link.execute("INSERT INTO customer_profiles (users_id) SELECT users_id FROM users")
    await link.execute(MANY)
    await link.execute("VACUUM ANALYZE venues")
    yield link
    await link.close(timeout=10)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("name", "given", "index"),
    [
        ("venues_listed", {"accepting": None}, "idx_venues_name"),
        ("venues_in_city", {"accepting": None, "city": "city 7", "state": None}, "idx_venues_city"),
        ("venues_in_state", {"accepting": True, "state": "s7"}, "idx_venues_state"),
        (
            "venues_named",
            {"accepting": None, "pattern": "%c4ca4238a0%", "city": None, "state": None},
            "idx_venues_name_trgm",
        ),
        ("venues_nearby", {"lat": 36.2, "lon": -86.8, "radius_m": 200_000.0, "accepting": None}, "idx_venues_location"),
        (
            "venues_nearby_accepting",
            {"lat": 36.2, "lon": -86.8, "radius_m": 200_000.0},
            "idx_venues_location_accepting",
        ),
    ],
)
async def test_every_question_has_its_index(name: str, given: dict[str, Any], index: str, crowded: Any) -> None:
    query = QUERIES[name]
    args = {"name": "", "url_name": "", "max_rows": 50} | given
    found = await crowded.fetchval(f"EXPLAIN (FORMAT JSON) {query.text}", *(args[p] for p in query.params))
    nodes = list(_nodes(orjson.loads(found)[0]["Plan"]))
    assert "Seq Scan" not in {node["Node Type"] for node in nodes}
    assert index in {node.get("Index Name") for node in nodes}
    if name.startswith("venues_nearby"):
        assert any("<->" in node.get("Order By", "") for node in nodes)


def _nodes(plan: dict[str, Any]) -> Any:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from _nodes(inner)
