"""A host reads how the nights went."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.analytics.nights import Asked, recount, write
from tests.house import House
from tests.queue.test_guests import slug

PATH = "/v1/customer/analytics"
QUESTIONS = ("daily-stats", "top-songs", "singers", "peak-hours", "venues")
JULY = {"from": "2026-07-01", "to": "2026-07-31"}
EVENING = datetime(2026, 7, 4, 1, 30, tzinfo=UTC)  # 21:30 on 3 July in New York, a Friday


@pytest.fixture
async def july(house: House) -> House:
    """Three nights at the demo venue, one at another."""
    headers = await house.sign_in()
    await house.call("POST", "/v1/customer/venues", json={"name": "Second"}, headers=headers)
    first, second = await house.value("SELECT array_agg(venues_id ORDER BY openkj_venue_id) FROM venues")
    day = timedelta(days=1)
    asked = [
        Asked(first, 1, "Ann", "Halo", "processed", EVENING, 100),
        Asked(first, 2, "ann", "Halo", "processed", EVENING + timedelta(hours=5), 300),  # 02:30
        Asked(first, 3, "Ben", "Jolene", "rejected", EVENING, 5),
        Asked(first, 4, "Ben", "Halo", "withdrawn", EVENING + day, 5),
        Asked(first, 5, "Cleo", "=Fever", "pending", EVENING + 2 * day, 5),
        Asked(second, 6, "Ann", "Jolene", "processed", EVENING, 200),
    ]
    await write(house, asked)
    await recount(house)
    return house


async def told(house: House, question: str, **query: Any) -> Any:
    status, answer = await house.call("GET", f"{PATH}/{question}", params=JULY | query, headers=await house.sign_in())
    assert status == 200, answer
    return answer


async def test_nights_are_told_one_by_one(july: House) -> None:
    days = (await told(july, "daily-stats"))["items"]
    assert days[0] == {
        "night": "2026-07-03",
        "requests": 4,
        "processed": 3,
        "rejected": 1,
        "withdrawn": 0,
        "singers": 2,
        "meanWaitS": 200,
    }
    assert [(day["night"], day["requests"], day["meanWaitS"]) for day in days[1:]] == [
        ("2026-07-04", 1, None),
        ("2026-07-05", 1, None),
    ]
    (only,) = (await told(july, "daily-stats", to="2026-07-03", venueId=await july.venue_id()))["items"]
    assert (only["requests"], only["meanWaitS"]) == (3, 200)


async def test_songs_and_singers_are_told_by_how_often(july: House) -> None:
    songs = (await told(july, "top-songs"))["items"]
    assert [(song["title"], song["requests"], song["processed"], song["nights"]) for song in songs] == [
        ("Halo", 3, 2, 2),
        ("Jolene", 2, 1, 1),
        ("=Fever", 1, 0, 1),
    ]
    names = (await told(july, "singers"))["items"]
    assert {(name["singer"], name["requests"], name["processed"]) for name in names} == {
        ("ann", 3, 3),
        ("ben", 2, 0),
        ("cleo", 1, 0),
    }


async def test_hours_are_told_in_a_nights_order(july: House) -> None:
    hours = await told(july, "peak-hours")
    assert [hour["hour"] for hour in hours] == [*range(5, 24), *range(5)]
    assert {hour["hour"]: hour["requests"] for hour in hours if hour["requests"]} == {21: 5, 2: 1}
    friday = await told(july, "peak-hours", weekday="5")
    assert {hour["hour"]: hour["requests"] for hour in friday if hour["requests"]} == {21: 3, 2: 1}


async def test_venues_stand_side_by_side(july: House) -> None:
    await july.call("POST", "/v1/customer/venues", json={"name": "Quiet"}, headers=await july.sign_in())
    venues = (await told(july, "venues"))["items"]
    shown = [(v["name"], v["nights"], v["requests"], v["singers"], v["meanWaitS"]) for v in venues]
    assert shown == [("Test Karaoke Bar", 3, 5, 3, 200), ("Second", 1, 1, 1, 200), ("Quiet", 0, 0, 0, None)]


@pytest.mark.parametrize("question", ["daily-stats", "top-songs", "singers", "venues"])
async def test_a_list_goes_on_from_its_cursor(question: str, july: House) -> None:
    everything, seen, cursor = (await told(july, question))["items"], [], ""
    while cursor is not None:
        page = await told(july, question, limit="1", **({"cursor": cursor} if cursor else {}))
        seen += page["items"]
        cursor = page["nextCursor"]
    assert seen == everything
    assert len(seen) > 1


@pytest.mark.parametrize("question", QUESTIONS)
async def test_every_question_is_answered_for_spreadsheets_too(question: str, july: House) -> None:
    headers = await july.sign_in()
    for query, some in ((JULY, True), ({"from": "2020-01-01", "to": "2020-01-02"}, question in QUESTIONS[3:])):
        given = {**query, "format": "csv"}
        async with july.client.get(f"{PATH}/{question}", params=given, headers=headers) as answer:
            assert answer.content_type == "text/csv"
            lines = list(csv.reader((await answer.read()).decode("utf-8-sig").splitlines()))
        assert "requests" in lines[0]
        assert bool(lines[1:]) is some
        assert not any(cell.startswith("=") for line in lines for cell in line)


@pytest.mark.parametrize("question", QUESTIONS)
async def test_nobody_reads_another_organizations_nights(question: str, july: House) -> None:
    status, answer = await july.call("GET", f"{PATH}/{question}", params=JULY, headers=july.stranger())
    assert status == 200
    assert sum(hour["requests"] for hour in answer) == 0 if question == "peak-hours" else answer["items"] == []
    query = JULY | {"venueId": await july.venue_id()}
    status, problem = await july.call("GET", f"{PATH}/{question}", params=query, headers=july.stranger())
    assert (status, slug(problem)) == (404, "not-found")


@pytest.mark.parametrize(
    "query",
    [
        "from=2026-07-02&to=2026-07-01",
        "from=2025-01-01&to=2026-07-01",
        "from=july",
        "from=0001-01-01&to=9999-12-31",
        "to=0001-01-01",
        "from=9999-12-01",
        "cursor=nonsense",
        "limit=101",
    ],
)
async def test_nights_that_cannot_be_meant_are_told(query: str, house: House) -> None:
    status, _ = await house.call("GET", f"{PATH}/daily-stats?{query}", headers=await house.sign_in())
    assert status == 422


@pytest.mark.parametrize("query", ["", "from=2026-01-01", "to=2026-01-01"])
async def test_nights_need_not_be_named(query: str, house: House) -> None:
    await house.ask()
    await recount(house)
    for question in QUESTIONS:
        assert (await house.call("GET", f"{PATH}/{question}?{query}", headers=await house.sign_in()))[0] == 200
