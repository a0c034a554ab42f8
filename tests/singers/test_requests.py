"""A singer with an account asks, follows, changes, takes back, from any phone; and nobody else may."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.house import House
from tests.queue.test_guests import slug
from tests.queue.test_house_rules import set_rules
from tests.singers.stage import SECOND_VENUE, ask, guest, own, singer


async def test_the_kj_calls_a_singer_by_nickname_unless_another_name_is_given(house: House) -> None:
    bo = await singer(house, "Bo")
    status, receipt = await ask(house, bo)
    assert (status, receipt["singerName"], receipt["position"]) == (201, "Bo", 1)
    assert (await ask(house, bo, title="Other", singerName="Bo & Ann"))[1]["singerName"] == "Bo & Ann"
    status, problem = await ask(house, await singer(house, ""))
    assert (status, problem["errors"][0]["field"]) == (422, "singerName")


@pytest.mark.parametrize("venue", [{"venue": None}, {"venueId": "00000000-0000-0000-0000-000000000000"}])
async def test_one_venue_is_named(venue: dict[str, Any], house: House) -> None:
    status, problem = await ask(house, await singer(house), **venue)
    assert (status, problem["errors"][0]["field"]) == (422, "venue")
    assert (await ask(house, await singer(house), venue="nowhere"))[0] == 404
    assert (await ask(house, await singer(house), venue=None, venueId=await house.venue_id()))[0] == 201


async def test_the_same_key_and_body_is_taken_once(house: House) -> None:
    bo = await singer(house) | {"Idempotency-Key": "tap"}
    first = await ask(house, bo)
    assert await ask(house, bo) == first
    assert (await ask(house, bo, title="Other"))[0] == 409
    assert len(await own(house, bo)) == 1


async def test_own_requests_are_listed_by_status_and_venue_page_by_page(house: House) -> None:
    await house.value(SECOND_VENUE)
    bo = await singer(house)
    await ask(house, await singer(house, "Other"))
    ids = [(await ask(house, bo, title=title))[1]["id"] for title in "ABC"]
    there = (await ask(house, bo, venue="second"))[1]["id"]
    await house.call("DELETE", f"/v1/singer/requests/{ids[0]}", headers=bo)
    assert [row["id"] for row in await own(house, bo)] == [there, *reversed(ids)]
    assert [row["id"] for row in await own(house, bo, "requests?status=withdrawn")] == ids[:1]
    here = await own(house, bo, "requests?venue=test-karaoke-bar&status=pending")
    assert [(row["id"], row["position"], row["venueUrlName"]) for row in here] == [
        (ids[2], 3, "test-karaoke-bar"),
        (ids[1], 2, "test-karaoke-bar"),
    ]
    _, page = await house.call("GET", "/v1/singer/requests?limit=3", headers=bo)
    _, rest = await house.call("GET", f"/v1/singer/requests?cursor={page['nextCursor']}", headers=bo)
    assert [row["id"] for row in page["items"] + rest["items"]] == [there, *reversed(ids)]


async def test_a_singer_edits_and_withdraws_what_waits(house: House) -> None:
    bo = await singer(house)
    _, receipt = await ask(house, bo)
    path = f"/v1/singer/requests/{receipt['id']}"
    status, edited = await house.call("PATCH", path, json={"keyChange": -2}, headers=bo)
    assert (status, edited["keyChange"], edited["venueName"]) == (200, -2, "Test Karaoke Bar")
    assert edited["requestNumber"] > receipt["requestNumber"]
    assert [(await house.call("DELETE", path, headers=bo))[0] for _ in range(2)] == [204, 204]
    assert (await house.call("GET", path, headers=bo))[1]["status"] == "withdrawn"
    assert (await house.call("PATCH", path, json={"keyChange": 1}, headers=bo))[0] == 409


@pytest.mark.parametrize("whose", ["another singer's", "a guest's"])
@pytest.mark.parametrize(("method", "body"), [("GET", None), ("PATCH", {"keyChange": 1}), ("DELETE", None)])
async def test_what_is_not_ones_own_is_not_found(method: str, body: Any, whose: str, house: House) -> None:
    bo = await singer(house)
    receipt = await house.ask() if whose == "a guest's" else (await ask(house, await singer(house, "Cy")))[1]
    house.client.session.cookie_jar.clear()
    status, problem = await house.call(method, f"/v1/singer/requests/{receipt['id']}", json=body, headers=bo)
    assert (status, slug(problem)) == (404, "not-found")
    assert await house.value("SELECT (status, key_change) = ('pending', 0) FROM requests")


async def test_house_rules_count_a_singer_on_all_phones(house: House) -> None:
    await set_rules(house, {"requestsPerSinger": 1})
    bo = await singer(house)
    assert (await ask(house, bo))[0] == 201
    status, problem = await ask(house, bo, title="Other")
    assert (status, slug(problem)) == (429, "rate-limited")


async def test_the_same_song_waits_once_for_a_singer_on_any_phone_unless_wanted(house: House) -> None:
    bo = await singer(house)
    await ask(house, bo)
    status, problem = await ask(house, bo, title="innuendo!")
    assert (status, slug(problem)) == (409, "duplicate-request")
    assert (await ask(house, bo, allowDuplicate=True))[0] == 201


async def test_a_singer_asks_ten_times_in_five_minutes(house: House) -> None:
    bo = await singer(house)
    answers = [(await ask(house, bo, title=str(n)))[0] for n in range(11)]
    assert answers == [201] * 10 + [429]


async def test_a_venue_takes_thirty_of_its_singers_in_five_minutes(house: House) -> None:
    singers = [await singer(house, f"Singer {n}") for n in range(4)]
    answers = [(await ask(house, singers[n // 9], title=str(n)))[0] for n in range(31)]
    assert answers == [201] * 30 + [429]
    await house.value(SECOND_VENUE)
    assert (await ask(house, singers[3], venue="second"))[0] == 201


async def test_of_many_at_a_singers_last_free_slot_one_wins(house: House) -> None:
    await set_rules(house, {"requestsPerSinger": 1})
    bo = await singer(house)
    answers = await asyncio.gather(*(ask(house, bo, title=title) for title in "ABCDE"))
    assert sorted(status for status, _ in answers) == [201, 429, 429, 429, 429]
    assert {slug(problem) for status, problem in answers if status == 429} == {"rate-limited"}


async def test_of_a_withdrawal_and_the_kj_at_once_one_wins(house: House) -> None:
    bo, host = await singer(house), await house.sign_in()
    for n in range(5):
        request_id = (await ask(house, bo, title=str(n)))[1]["id"]
        gone, settled = await asyncio.gather(
            house.call("DELETE", f"/v1/singer/requests/{request_id}", headers=bo),
            house.call("PATCH", f"/v1/customer/requests/{request_id}", json={"status": "processed"}, headers=host),
        )
        status = await house.value("SELECT status FROM requests WHERE requests_id = $1", request_id)
        assert (gone[0], settled[0], status) in [(204, 409, "withdrawn"), (409, 200, "processed")]


async def test_a_singers_call_is_audited_in_their_name(house: House) -> None:
    bo = await singer(house)
    await guest(house, "other")
    await ask(house, bo)
    row = "SELECT user_id FROM audit_logs WHERE table_name = 'requests' ORDER BY created_at DESC LIMIT 1"
    assert await house.value(row) == await house.value("SELECT users_id FROM singer_profiles WHERE nickname = 'Bo'")
