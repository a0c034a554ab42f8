"""A host finds requests again: by singer, words, time and phone, in either order, and no question reads too much."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from singr.infra.sql import QUERIES
from tests.house import SONG, VENUE, House
from tests.queue.test_guests import slug

PATH = "/v1/customer/requests"


async def settle(house: House, receipt: dict[str, Any], status: str) -> None:
    body, headers = {"status": status}, await house.sign_in()
    assert (await house.call("PATCH", f"{PATH}/{receipt['id']}", json=body, headers=headers))[0] == 200


async def titles(house: House, **query: Any) -> list[str]:
    given = {name.rstrip("_"): str(value) for name, value in query.items()}
    status, page = await house.call("GET", PATH, params=given, headers=await house.sign_in())
    assert status == 200, page
    return [request["title"] for request in page["items"]]


@pytest.fixture
async def night(house: House) -> House:
    """Ann's A waits, Ben's B was sung, Cleo's C is two days old and was rejected; Ann and Ben share a phone."""
    await house.ask(singerName="Ann", artist="Abba", title="A")
    await settle(house, await house.ask(singerName="Ben", artist="Blur", title="B"), "processed")
    house.client.session.cookie_jar.clear()
    await settle(house, await house.ask(singerName="Cleo", artist="Cher", title="C"), "rejected")
    await house.value("UPDATE requests SET requested_at = now() - interval '2 days' WHERE title = 'C' RETURNING 1")
    return house


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["A"]),
        ({"status": "all"}, ["C", "A", "B"]),
        ({"status": "all", "order": "newest"}, ["B", "A", "C"]),
        ({"status": "processed"}, ["B"]),
        ({"status": "all", "singer": "EN"}, ["B"]),
        ({"status": "all", "q": "cher"}, ["C"]),
        ({"status": "all", "q": "ann"}, ["A"]),
        ({"status": "all", "q": "b"}, ["A", "B"]),
        ({"q": "cher"}, []),
        ({"singer": "ann", "order": "newest"}, ["A"]),
        ({"status": "all", "q": "%"}, []),
    ],
)
async def test_requests_are_found_by_what_is_known_of_them(
    query: dict[str, str], found: list[str], night: House
) -> None:
    assert await titles(night, **query) == found
    assert await titles(night, venueId=await night.venue_id(), **query) == found


async def test_requests_are_found_by_when_they_came(night: House) -> None:
    yesterday = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    assert await titles(night, status="all", to=yesterday) == ["C"]
    assert await titles(night, status="all", from_=yesterday) == ["A", "B"]
    assert await titles(night, from_=yesterday, to=yesterday) == []
    assert (await night.call("GET", f"{PATH}?from=2026-11-21T10:00:00", headers=await night.sign_in()))[0] == 422


async def test_requests_are_found_by_the_phone_and_the_account_that_asked(night: House) -> None:
    _, page = await night.call("GET", PATH, headers=await night.sign_in())
    assert await titles(night, status="all", device=page["items"][0]["device"]) == ["A", "B"]
    await night.call("POST", f"{VENUE}/requests", json=SONG, headers=await night.sign_in("singer"))
    raw = await night.value("SELECT device_id FROM requests WHERE title = 'A'")
    for wrong in (raw, "x" * 40):
        status, problem = await night.call("GET", f"{PATH}?device={wrong}", headers=await night.sign_in())
        assert (status, problem["errors"][0]["field"]) == (422, "device")


@pytest.mark.parametrize("order", ["oldest", "newest"])
@pytest.mark.parametrize("status", ["pending", "all"])
async def test_the_list_goes_on_from_its_cursor_in_both_orders(status: str, order: str, house: House) -> None:
    for title in "ABCDE":
        await house.ask(title=title)
    # Of those that came at one instant none is lost or doubled.
    await house.value("UPDATE requests SET requested_at = '2026-01-01' WHERE title < 'D' RETURNING 1")
    query, headers = {"status": status, "order": order, "limit": "2"}, await house.sign_in()
    seen, cursor = [], ""
    while cursor is not None:
        given = query | ({"cursor": cursor} if cursor else {})
        _, page = await house.call("GET", PATH, params=given, headers=headers)
        seen += [request["title"] for request in page["items"]]
        cursor = page["nextCursor"]
    assert seen == sorted("ABCDE", reverse=order == "newest")


async def test_a_cursor_of_another_list_is_told(house: House) -> None:
    for title in "AB":
        await house.ask(title=title)
    headers = await house.sign_in()
    _, page = await house.call("GET", f"{PATH}?limit=1", headers=headers)
    status, problem = await house.call("GET", f"{PATH}?status=all&cursor={page['nextCursor']}", headers=headers)
    assert (status, problem["errors"][0]["field"]) == (422, "cursor")


async def test_the_export_is_narrowed_like_the_list(night: House) -> None:
    headers, venue_id = await night.sign_in(), await night.venue_id()
    for query, count in (({}, 3), ({"status": "processed"}, 1), ({"singer": "ann"}, 1), ({"q": "cher"}, 1)):
        given = {"venueId": venue_id, **query}
        async with night.client.get(f"{PATH}/export.csv", params=given, headers=headers) as answer:
            assert len((await answer.text()).splitlines()) == 1 + count, query


async def test_other_organizations_find_nothing(night: House) -> None:
    for query in ("", "?status=all", "?status=all&order=newest"):
        answer = await night.call("GET", PATH + query, headers=night.stranger())
        assert answer == (200, {"items": [], "nextCursor": None})
    status, problem = await night.call("GET", f"{PATH}?venueId={await night.venue_id()}", headers=night.stranger())
    assert (status, slug(problem)) == (404, "not-found")


async def test_names_of_one_phone_are_shown_together_to_hosts_alone(house: House) -> None:
    await house.ask(singerName="Ann", title="A")
    await house.ask(singerName="ann", title="B")
    token = (await house.ask(singerName="Ben", title="C"))["trackingToken"]
    headers = await house.sign_in()
    _, page = await house.call("GET", PATH, headers=headers)
    assert [request["alsoAskedAs"] for request in page["items"]] == [[], [], ["ann"]]
    assert len({request["device"] for request in page["items"]}) == 1
    assert page["items"][0]["device"] != await house.value("SELECT device_id FROM requests LIMIT 1")
    _, own = await house.call("GET", f"/v1/public/requests/{token}")
    assert not own.keys() & {"device", "account", "alsoAskedAs"}


async def test_names_of_other_phones_and_other_nights_stay_apart(house: House) -> None:
    await house.ask(singerName="Ann", title="A")
    await house.value("UPDATE requests SET requested_at = now() - interval '25 hours' RETURNING 1")
    await house.ask(singerName="Ben", title="B")
    house.client.session.cookie_jar.clear()
    await house.ask(singerName="Cleo", title="C")
    _, page = await house.call("GET", PATH, headers=await house.sign_in())
    assert [request["alsoAskedAs"] for request in page["items"]] == [[], [], []]
    assert len({request["device"] for request in page["items"]}) == 2


async def test_a_name_that_was_changed_is_still_shown_to_hosts(house: House) -> None:
    path = f"/v1/public/requests/{(await house.ask(singerName='Ann'))['trackingToken']}"
    for name in ("Ben", "ben", "Ann", "Cleo"):
        assert (await house.call("PATCH", path, json={"singerName": name}))[0] == 200
    _, page = await house.call("GET", PATH, headers=await house.sign_in())
    assert (page["items"][0]["singerName"], page["items"][0]["alsoAskedAs"]) == ("Cleo", ["Ann", "ben"])


MANY = """
INSERT INTO requests (customer_profiles_id, venues_id, request_number, singer_name, artist, title, status, processed,
                      requested_at, device_id, song_fingerprint)
SELECT v.customer_profiles_id, v.venues_id, 1 + n, 'Singer ' || n % 100, 'Artist', 'Title ' || n,
       CASE WHEN n % 100 < 98 THEN 'processed' ELSE 'pending' END, n % 100 < 98,
       now() - make_interval(mins => n), 'device ' || n % 500, n
FROM (SELECT *, row_number() OVER (ORDER BY openkj_venue_id) AS place FROM venues) AS v
JOIN generate_series(0, 39999) AS n ON v.place = 1 + n % 4
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def crowded(module_database_url: str) -> AsyncIterator[Any]:
    """A database with 40,000 requests at four venues."""
    link = await asyncpg.connect(module_database_url, timeout=10)
    await link.execute("INSERT INTO users (email) VALUES ('x@example.com')")
    await link.execute("INSERT INTO customer_profiles (users_id) SELECT users_id FROM users")
    await link.execute(
        "INSERT INTO venues (customer_profiles_id, openkj_venue_id, url_name, name, address, city, state, postal_code)"
        " SELECT customer_profiles_id, n, 'v' || n, '', '', '', '', ''"
        " FROM customer_profiles, generate_series(1001, 1004) AS n"
    )
    await link.execute(MANY)
    await link.execute("VACUUM ANALYZE requests, venues")
    yield link
    await link.close(timeout=10)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("requests_waiting", "requests_pending"),
        ("requests_history_oldest", "requests_history"),
        ("requests_history_newest", "requests_history"),
    ],
)
async def test_every_list_is_read_along_its_index(name: str, index: str, mode: str, crowded: Any) -> None:
    query = QUERIES[name]
    tenant, venue_id = await crowded.fetchrow("SELECT customer_profiles_id, venues_id FROM venues LIMIT 1")
    given = {"tenant": tenant, "venue_id": venue_id, "direction": 1, "after": 0, "max_rows": 21, "id": 0}
    given |= {"at": datetime.now(UTC) - timedelta(days=3)}
    args = [given.get(name) for name in query.params]
    await crowded.execute(f"SET plan_cache_mode = {mode}")
    await crowded.fetch(query.text, *args)
    prepared = await crowded.prepare(query.text)
    nodes = list(_nodes((await prepared.explain(*args, analyze=True))[0]["Plan"]))
    used = {node["Index Name"] for node in nodes if "Index Name" in node and "requests" in node["Index Name"]}
    assert used == {index}
    assert "Seq Scan" not in {node["Node Type"] for node in nodes if node.get("Relation Name") == "requests"}
    assert max(node["Actual Rows"] for node in nodes) <= 1_000


def _nodes(plan: dict[str, Any]) -> Any:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from _nodes(inner)
