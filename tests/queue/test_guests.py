"""A guest asks, follows, takes back."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.house import SONG, VENUE, House


def slug(problem: dict[str, Any]) -> str:
    return str(problem["type"].rpartition("/")[2])


async def pending(house: House) -> list[dict[str, Any]]:
    venue_id = await house.venue_id()
    _, page = await house.call(
        "GET", f"/v1/customer/requests?venueId={venue_id}&limit=100", headers=await house.sign_in()
    )
    return list(page["items"])


async def test_a_receipt_says_what_was_asked_and_how_to_follow_it(house: House) -> None:
    receipt = await house.ask(singerName="José", keyChange=-3, notes="for Ann")
    assert receipt["trackingToken"]
    assert (receipt["status"], receipt["position"], receipt["keyChange"]) == ("pending", 1, -3)
    status, shown = await house.call("GET", f"/v1/public/requests/{receipt['trackingToken']}")
    assert status == 200
    assert {k: shown[k] for k in ("id", "singerName", "notes")} == {
        "id": receipt["id"],
        "singerName": "José",
        "notes": "for Ann",
    }


@pytest.mark.parametrize("name", ["José", "山田", "🎤 Zoë 🏳️‍🌈", 'Al "Ace" O\'Neil', "محمد", "<3"])
async def test_names_are_kept_verbatim(name: str, house: House) -> None:
    await house.ask(singerName=name)
    assert [request["singerName"] for request in await pending(house)] == [name]


async def test_markup_in_a_name_is_made_harmless(house: House) -> None:
    receipt = await house.ask(singerName="<b>Bo</b>\u0000\t")
    assert receipt["singerName"] == "‹b›Bo‹/b›"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"singerName": ""}, "singerName"),
        ({"singerName": " \t "}, "singerName"),
        ({"singerName": "x" * 101}, "singerName"),
        ({"artist": None}, "artist"),
        ({"title": "x" * 256}, "title"),
        ({"keyChange": 13}, "keyChange"),
        ({"keyChange": "2"}, "keyChange"),
        ({"notes": "x" * 501}, "notes"),
        ({"songId": 999_999}, "songId"),
        ({"venue": "x"}, ""),
    ],
)
async def test_a_mistake_is_named_and_nothing_is_stored(change: dict[str, Any], field: str, house: House) -> None:
    status, problem = await house.call("POST", f"{VENUE}/requests", json=SONG | change)
    assert (status, slug(problem)) == (422, "validation-error")
    assert problem["errors"][0]["field"] == field
    assert await pending(house) == []


async def test_an_unknown_venue_is_not_found(house: House) -> None:
    status, problem = await house.call("POST", "/v1/public/venues/nowhere/requests", json=SONG)
    assert (status, slug(problem)) == (404, "not-found")


async def test_a_closed_venue_takes_nothing(house: House) -> None:
    headers, venue_id = await house.sign_in(), await house.venue_id()
    await house.call("PATCH", f"/v1/customer/venues/{venue_id}", json={"acceptingRequests": False}, headers=headers)
    status, problem = await house.call("POST", f"{VENUE}/requests", json=SONG)
    assert (status, slug(problem)) == (409, "venue-not-accepting")
    assert await pending(house) == []


async def test_a_song_of_the_catalogue_is_taken_verbatim(house: House) -> None:
    song_id = await house.value("SELECT songdb_id FROM songdb WHERE title = 'Halo'")
    status, receipt = await house.call("POST", f"{VENUE}/requests", json={"singerName": "Ann", "songId": song_id})
    assert (status, receipt["artist"], receipt["title"]) == (201, "Beyoncé", "Halo")


async def test_the_same_song_twice_is_a_duplicate_unless_wanted(house: House) -> None:
    await house.ask()
    again = SONG | {"title": "  INNUENDO!"}
    status, problem = await house.call("POST", f"{VENUE}/requests", json=again)
    assert (status, slug(problem)) == (409, "duplicate-request")
    await house.ask(**again, allowDuplicate=True)
    assert len(await pending(house)) == 2


async def test_the_same_key_and_body_gives_the_first_receipt_again(house: House) -> None:
    headers = {"Idempotency-Key": "night-1"}
    first = await house.call("POST", f"{VENUE}/requests", json=SONG, headers=headers)
    await house.call("DELETE", f"/v1/public/requests/{first[1]['trackingToken']}")
    house.client.session.cookie_jar.clear()
    assert await house.call("POST", f"{VENUE}/requests", json=SONG, headers=headers) == first
    assert await house.value("SELECT count(*) FROM requests") == 1


async def test_twenty_at_once_with_one_key_are_one_request(house: House) -> None:
    await house.call("GET", VENUE)
    headers = {"Idempotency-Key": "double-tap"}
    many = [house.call("POST", f"{VENUE}/requests", json=SONG, headers=headers) for _ in range(8)]
    answers = await asyncio.gather(*many)
    assert {status for status, _ in answers} == {201}
    assert len({body["trackingToken"] for _, body in answers}) == 1
    assert await house.value("SELECT count(*) FROM requests") == 1
    assert await house.value("SELECT version FROM venue_streams") == 1


async def test_the_same_key_for_another_body_is_a_conflict(house: House) -> None:
    headers = {"Idempotency-Key": "night-1"}
    await house.call("POST", f"{VENUE}/requests", json=SONG, headers=headers)
    other = SONG | {"title": "Radio Ga Ga"}
    status, problem = await house.call("POST", f"{VENUE}/requests", json=other, headers=headers)
    assert (status, slug(problem)) == (409, "conflict")


async def test_a_key_of_yesterday_counts_no_more(house: House) -> None:
    headers = {"Idempotency-Key": "night-1"}
    receipt = await house.call("POST", f"{VENUE}/requests", json=SONG, headers=headers)
    await house.call("DELETE", f"/v1/public/requests/{receipt[1]['trackingToken']}")
    await house.value("UPDATE idempotency_keys SET created_at = now() - interval '25 hours' RETURNING 1")
    again = await house.call("POST", f"{VENUE}/requests", json=SONG, headers=headers)
    assert again[0] == 201
    assert again[1]["id"] != receipt[1]["id"]


async def test_a_withdrawn_request_leaves_the_queue_and_stays_in_history(house: House) -> None:
    path = f"/v1/public/requests/{(await house.ask())['trackingToken']}"
    assert (await house.call("DELETE", path))[0] == 204
    assert (await house.call("DELETE", path))[0] == 204
    assert (await house.call("GET", path))[1]["status"] == "withdrawn"
    assert await pending(house) == []


async def test_what_the_kj_dealt_with_cannot_be_withdrawn(house: House) -> None:
    receipt = await house.ask()
    headers = await house.sign_in()
    await house.call("PATCH", f"/v1/customer/requests/{receipt['id']}", json={"status": "processed"}, headers=headers)
    status, problem = await house.call("DELETE", f"/v1/public/requests/{receipt['trackingToken']}")
    assert (status, slug(problem)) == (409, "conflict")


@pytest.mark.parametrize("forge", ["1.AAAA", "x", "1", "99999999999999999999.x", "%00"])
async def test_a_forged_token_follows_nothing(forge: str, house: House) -> None:
    await house.ask()
    assert (await house.call("GET", f"/v1/public/requests/{forge}"))[0] == 404
    assert (await house.call("DELETE", f"/v1/public/requests/{forge}"))[0] == 404


async def test_a_guests_request_is_audited_with_the_device(house: House) -> None:
    await house.ask()
    actor = await house.value("SELECT actor FROM audit_logs WHERE table_name = 'requests'")
    assert actor.startswith("guest:")
    assert await house.value("SELECT count(*) FROM audit_logs WHERE table_name = 'requests'") == 1
