"""A host's queue, and who else may not touch it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from singr.core import paging
from tests.house import SONG, House
from tests.queue.test_guests import pending, slug


async def settle(house: House, request_id: int, **body: Any) -> tuple[int, Any]:
    return await house.call("PATCH", f"/v1/customer/requests/{request_id}", json=body, headers=await house.sign_in())


async def test_accepting_takes_the_request_out_of_the_queue(house: House) -> None:
    receipt = await house.ask()
    status, request = await settle(house, receipt["id"], status="processed")
    assert (status, request["status"], request["processedVia"]) == (200, "processed", "console")
    assert "position" not in request
    assert await pending(house) == []


async def test_a_rejection_keeps_its_reason(house: House) -> None:
    receipt = await house.ask()
    _, request = await settle(house, receipt["id"], status="rejected", rejectReason="Too long")
    assert (request["status"], request["rejectReason"]) == ("rejected", "Too long")
    _, seen = await house.call("GET", f"/v1/public/requests/{receipt['trackingToken']}")
    assert seen["rejectReason"] == "Too long"


async def test_a_reason_without_rejection_is_a_mistake(house: House) -> None:
    receipt = await house.ask()
    status, _ = await settle(house, receipt["id"], status="processed", rejectReason="Too long")
    assert status == 422


async def test_deciding_the_same_twice_is_fine_and_otherwise_a_conflict(house: House) -> None:
    receipt = await house.ask()
    assert (await settle(house, receipt["id"], status="processed"))[0] == 200
    assert (await settle(house, receipt["id"], status="processed"))[0] == 200
    status, problem = await settle(house, receipt["id"], status="rejected")
    assert (status, slug(problem)) == (409, "conflict")
    assert await house.value("SELECT version FROM venue_streams") == 2


async def test_of_two_decisions_at_once_one_wins(house: House) -> None:
    receipt = await house.ask()
    decisions = [settle(house, receipt["id"], status=status) for status in ("processed", "rejected")]
    answers = await asyncio.gather(*decisions, house.call("DELETE", f"/v1/public/requests/{receipt['trackingToken']}"))
    assert sorted(status for status, _ in answers)[1:] == [409, 409]
    assert await house.value("SELECT version FROM venue_streams") == 2
    assert await house.value("SELECT serial FROM state") == 3


async def test_clearing_empties_the_queue_in_one_step(house: House) -> None:
    for title in ("A", "B", "C"):
        await house.ask(title=title)
    body = {"venueId": await house.venue_id()}
    headers = await house.sign_in()
    assert await house.call("POST", "/v1/customer/requests/clear", json=body, headers=headers) == (200, {"cleared": 3})
    assert await house.call("POST", "/v1/customer/requests/clear", json=body, headers=headers) == (200, {"cleared": 0})
    assert await house.value("SELECT version FROM venue_streams") == 4


async def test_the_list_goes_on_from_its_cursor(house: House) -> None:
    for title in "ABCDE":
        await house.ask(title=title)
    path, headers = f"/v1/customer/requests?venueId={await house.venue_id()}&limit=2", await house.sign_in()
    titles, cursor = [], ""
    while cursor is not None:
        _, page = await house.call("GET", path + (f"&cursor={cursor}" if cursor else ""), headers=headers)
        titles += [request["title"] for request in page["items"]]
        cursor = page["nextCursor"]
    assert titles == list("ABCDE")


async def test_another_organizations_host_finds_nothing(house: House) -> None:
    receipt, venue_id = await house.ask(), await house.venue_id()
    stranger = house.stranger()
    calls: list[tuple[str, str, Any]] = [
        ("GET", f"/v1/customer/venues/{venue_id}", None),
        ("PATCH", f"/v1/customer/venues/{venue_id}", {"acceptingRequests": False}),
        ("PUT", f"/v1/customer/venues/{venue_id}", {"name": "Mine now"}),
        ("DELETE", f"/v1/customer/venues/{venue_id}", None),
        ("DELETE", f"/v1/customer/venues/{venue_id}?confirm", None),
        ("PATCH", "/v1/customer/systems/1", {"name": "Mine now"}),
        ("DELETE", "/v1/customer/systems/1?confirm", None),
        ("GET", f"/v1/customer/requests?venueId={venue_id}", None),
        ("PATCH", f"/v1/customer/requests/{receipt['id']}", {"status": "rejected"}),
        ("POST", f"/v1/customer/requests/{receipt['id']}/restore", None),
        ("GET", f"/v1/customer/requests/export.csv?venueId={venue_id}", None),
        ("POST", "/v1/customer/requests", SONG | {"venueId": venue_id}),
        ("POST", "/v1/customer/requests/clear", {"venueId": venue_id}),
        ("POST", "/v1/customer/requests/seen", {"venueId": venue_id, "upTo": receipt["id"]}),
        ("POST", "/v1/live/tickets", {"venue": "test-karaoke-bar", "view": "host"}),
    ]
    for method, path, body in calls:
        status, problem = await house.call(method, path, json=body, headers=stranger)
        assert (status, slug(problem)) == (404, "not-found"), path
    assert len(await pending(house)) == 1


async def test_seeing_moves_the_version_but_not_openkjs_serial(house: House) -> None:
    receipt, headers = await house.ask(), await house.sign_in()
    body = {"venueId": await house.venue_id(), "upTo": receipt["id"]}
    for _ in range(2):
        assert (await house.call("POST", "/v1/customer/requests/seen", json=body, headers=headers))[0] == 204
    assert await house.value("SELECT version FROM venue_streams") == 2
    assert await house.value("SELECT serial FROM state") == 2
    _, seen = await house.call("GET", f"/v1/public/requests/{receipt['trackingToken']}")
    assert seen["seenAt"]


async def test_a_change_that_changes_nothing_moves_nothing(house: House) -> None:
    path, headers = f"/v1/customer/venues/{await house.venue_id()}", await house.sign_in()
    for _ in range(2):
        await house.call("PATCH", path, json={"acceptingRequests": False, "message": "Back at ten"}, headers=headers)
    assert await house.value("SELECT version FROM venue_streams") == 1
    assert await house.value("SELECT serial FROM state") == 2
    await house.call("PATCH", path, json={"message": ""}, headers=headers)
    assert await house.value("SELECT version FROM venue_streams") == 2
    assert await house.value("SELECT serial FROM state") == 2


async def test_a_host_is_named_in_the_audit(house: House) -> None:
    receipt = await house.ask()
    await settle(house, receipt["id"], status="processed")
    row = "SELECT user_id FROM audit_logs WHERE table_name = 'requests' AND operation = 'UPDATE'"
    assert await house.value(row) == await house.value("SELECT users_id FROM users WHERE email LIKE 'customer@%'")


@pytest.mark.parametrize("position", [2**31, 2**63 - 1, 2**63, -1, 10**30, "x"])
async def test_a_made_up_cursor_is_no_failure_of_ours(position: int | str, house: House) -> None:
    headers, cursor = await house.sign_in(), paging.cursor(position)
    for path in ("venues?", "systems?", f"requests?venueId={await house.venue_id()}&"):
        status, _ = await house.call("GET", f"/v1/customer/{path}cursor={cursor}", headers=headers)
        assert status in (200, 422), path
