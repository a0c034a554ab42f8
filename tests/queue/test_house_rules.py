"""House rules hold for singers, also for two at once, and say in plain words what they ask."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from singr.core import clock
from singr.infra.sql import QUERIES
from tests.databases import WAITING
from tests.house import SONG, VENUE, House
from tests.queue.test_guests import slug

PATH = "/v1/customer/venues"
DEADLINE_S = 20


async def set_rules(house: House, rules: Any) -> Any:
    path, headers = f"{PATH}/{await house.venue_id()}", await house.sign_in()
    status, venue = await house.call("PATCH", path, json={"rules": rules}, headers=headers)
    assert status == 200, venue
    return venue["rules"]


async def ask(house: House, **song: Any) -> tuple[int, Any]:
    return await house.call("POST", f"{VENUE}/requests", json=SONG | song)


async def test_a_singer_has_so_many_songs_waiting_and_no_more(house: House) -> None:
    await set_rules(house, {"requestsPerSinger": 2})
    first = await house.ask(title="A")
    await house.ask(title="B")
    status, problem = await ask(house, title="C")
    assert (status, slug(problem)) == (429, "rate-limited")
    await house.call("DELETE", f"/v1/public/requests/{first['trackingToken']}")
    assert (await ask(house, title="C"))[0] == 201
    house.client.session.cookie_jar.clear()
    assert (await ask(house, title="D"))[0] == 201  # somebody else


async def test_between_two_requests_lies_the_cooldown(house: House) -> None:
    await set_rules(house, {"cooldownMinutes": 10})
    receipt = await house.ask(title="A")
    async with house.client.post(f"{VENUE}/requests", json=SONG | {"title": "B"}) as answer:
        problem = await answer.json()
        assert (answer.status, slug(problem)) == (429, "rate-limited")
        assert 590 <= int(answer.headers["Retry-After"]) <= 600
    assert problem["detail"] == "Ask again in 10 minutes"
    await house.value("UPDATE requests SET requested_at = requested_at - interval '11 minutes' RETURNING 1")
    await house.ask(title="B")
    assert receipt["position"] == 1


async def test_a_song_is_sung_once_a_night(house: House) -> None:
    await set_rules(house, {"songOncePerNight": True})
    receipt = await house.ask()
    house.client.session.cookie_jar.clear()
    status, problem = await ask(house, title="innuendo!")
    assert (status, slug(problem)) == (409, "duplicate-request")
    await house.call("DELETE", f"/v1/public/requests/{receipt['trackingToken']}")
    await house.ask()
    assert (await ask(house))[0] == 409
    await house.value("UPDATE requests SET requested_at = now() - interval '2 days' RETURNING 1")
    house.client.session.cookie_jar.clear()
    assert (await ask(house))[0] == 201


@pytest.mark.parametrize(
    ("policy", "plainly", "insisting"), [("warn", 409, 201), ("refuse", 409, 409), ("allow", 201, 201)]
)
async def test_the_policy_decides_about_the_own_song_twice(
    policy: str, plainly: int, insisting: int, house: House
) -> None:
    await set_rules(house, {"duplicatePolicy": policy})
    await house.ask()
    assert (await ask(house))[0] == plainly
    assert (await ask(house, allowDuplicate=True))[0] == insisting


async def test_after_the_last_call_nothing_is_taken_that_night(house: House) -> None:
    now = datetime.now(UTC)
    await set_rules(house, {"lastCallAt": (now + timedelta(hours=1)).isoformat()})
    await house.ask(title="A")
    await set_rules(house, {"lastCallAt": (now - timedelta(seconds=1)).isoformat()})
    status, problem = await ask(house, title="B")
    assert (status, slug(problem)) == (409, "venue-not-accepting")
    assert "last call" in problem["detail"]
    await set_rules(house, {"lastCallAt": (now - timedelta(days=2)).isoformat()})
    assert (await ask(house, title="B"))[0] == 201


async def test_guests_read_the_rules_in_plain_words(house: House) -> None:
    assert await set_rules(house, "busy") == {
        "requestsPerSinger": 1,
        "cooldownMinutes": 15,
        "songOncePerNight": True,
        "duplicatePolicy": "refuse",
    }
    _, venue = await house.call("GET", VENUE)
    assert venue["rulesInWords"] == [
        "You may have one song waiting at a time.",
        "Leave 15 minutes between two requests.",
        "Each song is sung once a night.",
        "The same song cannot wait twice for you.",
        "Others see your song, but not your name.",
    ]
    await set_rules(house, {})
    assert len((await house.call("GET", VENUE))[1]["rulesInWords"]) == 1
    _, presets = await house.call("GET", "/v1/customer/house-rules", headers=await house.sign_in())
    assert [preset["name"] for preset in presets] == ["open", "fair", "busy"]
    assert presets[2]["words"] == venue["rulesInWords"]


@pytest.mark.parametrize(
    ("privacy", "told"),
    [
        ("hidden", "Others see neither your name nor your song."),
        ("anonymous", "Others see your song, but not your name."),
        ("first_names", "Others see your song and your first name."),
    ],
)
async def test_guests_read_what_others_see_of_them(privacy: str, told: str, house: House) -> None:
    path, headers = f"{PATH}/{await house.venue_id()}", await house.sign_in()
    await house.call("PATCH", path, json={"queuePrivacy": privacy}, headers=headers)
    _, venue = await house.call("GET", VENUE)
    assert (venue["queuePrivacy"], venue["rulesInWords"]) == (privacy, [told])
    async with house.client.get("/v/test-karaoke-bar") as page:
        assert f"<li>{told}</li>" in await page.text()


async def test_a_preset_says_what_others_see_unless_the_host_does(house: House) -> None:
    path, headers = f"{PATH}/{await house.venue_id()}", await house.sign_in()

    async def sees(method: str, path: str, **given: str) -> str:
        _, venue = await house.call(method, path, json=given, headers=headers)
        return str(venue["queuePrivacy"])

    assert await sees("PATCH", path, rules="busy") == "anonymous"
    assert await sees("PATCH", path, rules="open", queuePrivacy="first_names") == "first_names"
    assert await sees("POST", PATH, name="A") == "hidden"
    assert await sees("POST", PATH, name="B", rules="fair") == "anonymous"
    assert await sees("POST", PATH, name="C", rules="fair", queuePrivacy="hidden") == "hidden"


async def test_guests_read_when_the_last_call_is_on_the_clock_of_the_house(house: House) -> None:
    """Tonight's alone: at 23:30 in New York, whatever the clocks of servers and phones say."""
    zone = ZoneInfo("America/New_York")
    at = clock.night_began(zone) + timedelta(hours=18, minutes=30)
    await set_rules(house, {"lastCallAt": at.isoformat()})
    seen = ["Others see your song and your first name."]
    told = "The last call was at 23:30." if at < datetime.now(UTC) else "Last call at 23:30."
    _, venue = await house.call("GET", VENUE)
    assert (venue["rulesInWords"], venue["timeZone"]) == ([told, *seen], "America/New_York")
    async with house.client.get("/v/test-karaoke-bar") as page:
        assert f"<li>{told}</li>" in await page.text()
    await house.value("UPDATE customer_profiles SET timezone = 'Nowhere/Land' RETURNING 1")
    assert (await house.call("GET", VENUE))[1]["timeZone"] == "UTC"
    for other in (at - timedelta(days=1), at + timedelta(days=2)):
        await set_rules(house, {"lastCallAt": other.isoformat()})
        assert (await house.call("GET", VENUE))[1]["rulesInWords"] == seen


async def test_the_page_says_the_rules_as_the_api_has_them(house: House) -> None:
    await set_rules(house, "busy")
    async with house.client.get("/v/test-karaoke-bar") as page:
        text = await page.text()
    lines = ("One song at a time.", "15 minutes between two requests.", "Each song is sung once a night.")
    for line in (*lines, "The same song cannot wait twice for you."):
        assert f"<li>{line}</li>" in text
    assert (await house.call("GET", VENUE))[1]["rules"]["requestsPerSinger"] == 1


@pytest.mark.parametrize(
    "rules", [{"requestsPerSinger": 0}, {"cooldownMinutes": 241}, {"nope": 1}, "strict", {"lastCallAt": "tonight"}]
)
async def test_rules_that_make_no_sense_are_refused(rules: Any, house: House) -> None:
    path, headers = f"{PATH}/{await house.venue_id()}", await house.sign_in()
    assert (await house.call("PATCH", path, json={"rules": rules}, headers=headers))[0] == 422


async def test_a_repeated_call_gets_its_receipt_although_the_rules_are_against_another(house: House) -> None:
    await set_rules(house, "busy")
    headers = {"Idempotency-Key": "tap"}
    first = await house.call("POST", f"{VENUE}/requests", json=SONG, headers=headers)
    assert await house.call("POST", f"{VENUE}/requests", json=SONG, headers=headers) == first


async def test_of_many_at_the_last_free_slot_one_wins(house: House) -> None:
    await set_rules(house, {"requestsPerSinger": 1})
    taken_back = await house.ask(title="Z")  # and a phone is known
    await house.call("DELETE", f"/v1/public/requests/{taken_back['trackingToken']}")
    answers = await asyncio.gather(*(ask(house, title=title) for title in "ABCDE"))
    assert sorted(status for status, _ in answers) == [201, 429, 429, 429, 429]
    assert await house.value("SELECT version FROM venue_streams") == 4


@pytest.fixture
async def links(house: House) -> AsyncIterator[list[Any]]:
    found = [await asyncpg.connect(house.kit.settings.database_url, timeout=10) for _ in range(3)]
    yield found
    for link in found:
        await link.close(timeout=10)


@pytest.mark.parametrize(("lock", "taken"), [("FOR UPDATE OF s", 1), ("", 2)])
async def test_it_is_the_venues_row_lock_that_decides_the_race(
    lock: str, taken: int, house: House, links: list[Any]
) -> None:
    """The control takes the lock away: then both see the free slot."""
    await set_rules(house, {"requestsPerSinger": 1})
    query = QUERIES["request_submit"]
    text = query.text.replace("FOR UPDATE OF s", lock)
    tenant, venue_id = await links[0].fetchrow("SELECT customer_profiles_id, venues_id FROM venues")
    given = {"tenant": tenant, "venue_id": venue_id, "must_be_open": True, "by_rules": True, "user_id": ""}
    given |= {"actor": "guest:x", "singer_name": "Ann", "artist": "A", "key_change": 0, "device_id": "phone"}
    given |= {"allow_duplicate": False, "scope": "s", "body_hash": ""}

    def submit(link: Any, title: str) -> Any:
        args = given | {"title": title, "fingerprint": title}
        return link.fetch(text, *(args.get(name) for name in query.params))

    first, second, looking = links
    async with first.transaction():
        await submit(first, "A")
        late = asyncio.create_task(submit(second, "B"))
        async with asyncio.timeout(DEADLINE_S):
            while not await looking.fetchval(WAITING):
                await asyncio.sleep(0.01)
    assert 1 + len(await late) == taken


async def test_the_statement_that_the_race_changes_has_its_lock_once() -> None:
    assert QUERIES["request_submit"].text.count("FOR UPDATE OF s") == 1
