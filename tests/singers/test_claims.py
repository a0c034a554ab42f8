"""What somebody asked for as a guest is in their account once they sign in on that phone, and never in another's."""

from __future__ import annotations

import asyncio

import pytest

from tests.house import House
from tests.live import DEMO, watching
from tests.singers.stage import ask, device, guest, own, singer


@pytest.mark.parametrize("path", ["requests", "history"])
async def test_a_guests_requests_are_there_after_signing_in_on_the_phone(path: str, house: House) -> None:
    await guest(house, "phone-1", title="Sung")
    await guest(house, "phone-2", title="Somebody else's")
    await house.value("UPDATE requests SET status = 'processed', processed = true WHERE title = 'Sung' RETURNING 1")
    await guest(house, "phone-1", title="Waiting")
    bo = await singer(house, phone="phone-1")
    assert [row["title"] for row in await own(house, bo, path)] == ["Waiting", "Sung"]
    await guest(house, "phone-1", title="Later")  # the page does not sign in
    assert [row["title"] for row in await own(house, bo, path)] == ["Later", "Waiting", "Sung"]


async def test_without_the_phone_nothing_is_claimed(house: House) -> None:
    await guest(house, "phone-1")
    bo = await singer(house)
    assert await own(house, bo) == []
    assert await own(house, bo | {"X-Singr-Device": "phone-1.forged"}) == []


async def test_what_one_account_has_no_other_claims(house: House) -> None:
    await guest(house, "phone-1")
    bo, cy = await singer(house, "Bo", "phone-1"), await singer(house, "Cy", "phone-1")
    assert len(await own(house, bo)) == 1
    await guest(house, "phone-1", title="Whose?")
    assert await own(house, cy) == []
    assert len(await own(house, bo)) == 2


async def test_a_phone_from_which_two_accounts_ask_is_shared(house: House) -> None:
    bo, cy = await singer(house, "Bo", "tablet"), await singer(house, "Cy", "tablet")
    assert (await ask(house, bo))[0] == (await ask(house, cy, title="Other"))[0] == 201
    await guest(house, "tablet", title="Whose?")
    assert len(await own(house, bo)) == 1
    assert len(await own(house, cy)) == 1


async def test_what_a_host_entered_is_nobodys(house: House) -> None:
    body = {"venueId": await house.venue_id(), "singerName": "Bo", "artist": "A", "title": "B"}
    await house.call("POST", "/v1/customer/requests", json=body, headers=await house.sign_in())
    assert await own(house, await singer(house, phone="phone-1")) == []


async def test_older_than_a_month_stays_a_guests(house: House) -> None:
    await guest(house, "phone-1")
    await house.value("UPDATE requests SET requested_at = now() - interval '31 days' RETURNING 1")
    assert await own(house, await singer(house, phone="phone-1")) == []


async def test_two_accounts_at_once_claim_each_request_once(house: House) -> None:
    for title in "ABC":
        await guest(house, "phone-1", title=title)
    bo, cy = await singer(house, "Bo", "phone-1"), await singer(house, "Cy", "phone-1")
    await asyncio.gather(*(own(house, who) for who in (bo, cy) for _ in range(3)))
    counted = sorted([len(await own(house, bo)), len(await own(house, cy))])
    assert counted == [0, 3]


async def test_a_claim_is_audited_in_the_singers_name_and_moves_no_serial(house: House) -> None:
    await guest(house, "phone-1")
    before = await house.value("SELECT serial FROM state")
    bo = await singer(house, phone="phone-1")
    assert await own(house, bo) == await own(house, bo)
    row = "SELECT user_id FROM audit_logs WHERE table_name = 'requests' AND operation = 'UPDATE'"
    assert await house.value(row) == await house.value("SELECT users_id FROM singer_profiles WHERE nickname = 'Bo'")
    assert await house.value("SELECT serial FROM state") == before
    assert await house.value("SELECT version FROM venue_streams") == 2


async def test_the_same_song_asked_as_guest_and_with_the_account_is_no_conflict(house: House) -> None:
    bo = await singer(house, phone="")
    await ask(house, bo)
    await guest(house, "phone-1")
    assert [row["status"] for row in await own(house, bo | device(house, "phone-1"))] == ["pending", "pending"]


async def test_who_watches_with_the_account_sees_a_claimed_request_as_own_at_once(house: House) -> None:
    receipt = await guest(house, "phone-1")
    bo = await singer(house)
    async with watching(house, "singer", headers=bo) as shown:
        assert "requestNumber" not in shown.requests[receipt["id"]]
        await own(house, bo | device(house, "phone-1"))
        await shown.until(lambda s: "requestNumber" in s.requests[receipt["id"]])
        assert shown.venue["urlName"] == DEMO
