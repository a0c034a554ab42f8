"""A host enters requests, takes decisions back, takes many at once, and takes the night home as a table."""

from __future__ import annotations

import asyncio
import csv
from typing import Any

from tests.house import SONG, House
from tests.queue.test_guests import pending, slug
from tests.queue.test_hosts import settle

PATH = "/v1/customer/requests"


async def restore(house: House, request_id: int) -> tuple[int, Any]:
    return await house.call("POST", f"{PATH}/{request_id}/restore", headers=await house.sign_in())


async def test_a_restored_request_waits_at_its_old_place(house: House) -> None:
    first, _ = await house.ask(title="A"), await house.ask(title="B")
    await settle(house, first["id"], status="rejected", rejectReason="Too long")
    status, request = await restore(house, first["id"])
    assert (status, request["status"], request["position"], request["rejectReason"]) == (200, "pending", 1, None)
    assert [row["title"] for row in await pending(house)] == ["A", "B"]
    assert (await restore(house, first["id"]))[0] == 200
    assert await house.value("SELECT version FROM venue_streams") == 4
    assert await house.value("SELECT serial FROM state") == 5


async def test_of_many_restorations_at_once_one_moves_the_version(house: House) -> None:
    receipt = await house.ask()
    await settle(house, receipt["id"], status="processed")
    answers = await asyncio.gather(*(restore(house, receipt["id"]) for _ in range(4)))
    assert {status for status, _ in answers} == {200}
    assert await house.value("SELECT version FROM venue_streams") == 3


async def test_what_a_singer_took_back_stays_away(house: House) -> None:
    receipt = await house.ask()
    await house.call("DELETE", f"/v1/public/requests/{receipt['trackingToken']}")
    status, problem = await restore(house, receipt["id"])
    assert (status, slug(problem)) == (409, "conflict")


async def test_a_song_asked_for_again_is_not_restored_beside_itself(house: House) -> None:
    receipt = await house.ask()
    await settle(house, receipt["id"], status="processed")
    await house.ask()
    status, problem = await restore(house, receipt["id"])
    assert (status, slug(problem)) == (409, "duplicate-request")


async def test_many_are_settled_in_one_step(house: House) -> None:
    ids = [(await house.ask(title=title))["id"] for title in "ABC"]
    await settle(house, ids[0], status="processed")
    body = {"ids": [*ids, 999_999], "status": "rejected", "rejectReason": "Closing"}
    headers = await house.sign_in()
    assert await house.call("POST", f"{PATH}/bulk", json=body, headers=headers) == (200, {"settled": ids[1:]})
    assert await house.value("SELECT version FROM venue_streams") == 5
    stranger = await house.call("POST", f"{PATH}/bulk", json=body, headers=house.stranger())
    assert stranger == (200, {"settled": []})
    for ids in ([], [1] * 101):
        assert (await house.call("POST", f"{PATH}/bulk", json=body | {"ids": ids}, headers=headers))[0] == 422


async def test_the_export_opens_in_a_spreadsheet_and_computes_nothing(house: House) -> None:
    await house.ask(singerName="=1+1", title="Smalltown, Boy", keyChange=-3)
    await house.ask(singerName="山田")
    query, headers = {"venueId": await house.venue_id()}, await house.sign_in()
    async with house.client.get(f"{PATH}/export.csv", params=query, headers=headers) as answer:
        assert answer.content_type == "text/csv"
        first, second = csv.DictReader((await answer.read()).decode("utf-8-sig").splitlines())
    assert (first["singer_name"], first["title"], first["key_change"]) == ("'=1+1", "Smalltown, Boy", "-3")
    assert second["singer_name"] == "山田"
    later = query | {"from": "2100-01-01T00:00:00Z"}
    async with house.client.get(f"{PATH}/export.csv", params=later, headers=headers) as answer:
        assert len((await answer.text()).splitlines()) == 1


async def test_a_host_enters_requests_past_closed_doors_and_house_rules(house: House) -> None:
    headers, venue_id = await house.sign_in(), await house.venue_id()
    change = {"acceptingRequests": False, "rules": "busy"}
    await house.call("PATCH", f"/v1/customer/venues/{venue_id}", json=change, headers=headers)
    body = SONG | {"venueId": venue_id}
    for name in ("Ann", "Ben"):
        status, request = await house.call("POST", PATH, json=body | {"singerName": name}, headers=headers)
        assert (status, request["singerName"], request["status"]) == (201, name, "pending")
    assert [row["singerName"] for row in await pending(house)] == ["Ann", "Ben"]
    assert await house.value("SELECT count(device_id) + count(submitted_by_users_id) FROM requests") == 0
    actor = await house.value("SELECT actor FROM audit_logs WHERE table_name = 'requests' LIMIT 1")
    assert actor.startswith("user:")
