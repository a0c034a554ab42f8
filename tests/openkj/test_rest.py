"""The same requests over REST, with the key in the path and ordinary problems."""

from __future__ import annotations

import logging
from typing import Any

import orjson
import pytest

from tests.house import API_KEY, House
from tests.openkj.asking import ask, owner
from tests.openkj.conftest import VENUE

PATH = f"/api/requests/{API_KEY}"
SUNG = {"venueId": VENUE, "singerName": "José 山田 🎤", "artist": "Queen", "title": "Innuendo", "keyChange": 2}


async def submit(house: House, **given: Any) -> dict[str, Any]:
    status, request = await house.call("POST", PATH, json=SUNG | given)
    assert status == 201, request
    return dict(request)


async def test_a_request_is_the_one_openkj_gets(house: House) -> None:
    request = await submit(house)
    (row,) = orjson.loads(await ask(house, "getRequests", venue_id=VENUE))["requests"]
    assert request == row | {"venue_id": VENUE}
    assert (request["singer"], request["key_change"]) == ("José 山田 🎤", 2)


async def test_waiting_requests_are_listed_in_their_order(house: House) -> None:
    first, second = await submit(house), await submit(house, title="Kind of magic")
    for query in ("", f"?venue_id={VENUE}"):
        assert await house.call("GET", PATH + query) == (200, {"requests": [first, second]})


async def test_a_request_can_be_processed_twice_over(house: House) -> None:
    request = await submit(house)
    for body in ({"processed": True}, {"status": "processed"}):
        assert await house.call("PUT", f"{PATH}/{request['request_id']}", json=body) == (200, request)
    assert await house.call("GET", PATH) == (200, {"requests": []})
    status, _ = await house.call("PUT", f"{PATH}/{request['request_id']}", json={"status": "rejected"})
    assert status == 409


async def test_a_request_can_be_rejected_with_a_reason(house: House) -> None:
    request = await submit(house)
    body = {"status": "rejected", "rejectReason": "Not tonight"}
    assert (await house.call("PUT", f"{PATH}/{request['request_id']}", json=body))[0] == 200
    async with owner(house) as connection:
        row = await connection.fetchrow("SELECT status, reject_reason, processed_via FROM requests")
    assert tuple(row) == ("rejected", "Not tonight", "api")


@pytest.mark.parametrize(
    "body", [{}, {"processed": False}, {"status": "pending"}, {"processed": True, "status": "rejected"}]
)
async def test_a_settlement_must_say_what(body: dict[str, Any], house: House) -> None:
    request = await submit(house)
    assert (await house.call("PUT", f"{PATH}/{request['request_id']}", json=body))[0] == 422


@pytest.mark.parametrize("number", [0, 999, 2**31, 10**17, 10**18])
async def test_a_number_that_is_none_is_not_found(number: int, house: House) -> None:
    assert (await house.call("PUT", f"{PATH}/{number}", json={"processed": True}))[0] == 404


async def test_an_unknown_venue_is_not_found(house: House) -> None:
    assert (await house.call("GET", f"{PATH}?venue_id=5"))[0] == 404
    assert (await house.call("POST", PATH, json=SUNG | {"venueId": 5}))[0] == 404


async def test_a_closed_venue_takes_none(house: House) -> None:
    await ask(house, "setAccepting", venue_id=VENUE, accepting=False, system_id=1)
    status, problem = await house.call("POST", PATH, json=SUNG)
    assert (status, problem["type"].rpartition("/")[2]) == (409, "venue-not-accepting")


@pytest.mark.parametrize("wrong", [{"keyChange": 13}, {"singerName": ""}, {"artist": "x" * 256}, {"venueId": "x"}])
async def test_a_bad_body_is_told(wrong: dict[str, Any], house: House) -> None:
    assert (await house.call("POST", PATH, json=SUNG | wrong))[0] == 422


async def test_unknown_fields_are_ignored_as_everywhere_at_openkjs_door(house: House) -> None:
    await submit(house, extra=1)


async def test_a_bad_key_gets_a_problem_that_does_not_repeat_it(house: House) -> None:
    status, problem = await house.call("GET", "/api/requests/skj_wrong-key")
    assert (status, problem["detail"]) == (401, "API key not accepted")
    assert "skj_wrong-key" not in str(problem)
    async with owner(house) as connection:
        await connection.execute("UPDATE api_keys SET status = 'revoked'")
    status, problem = await house.call("GET", PATH)
    assert (status, "revoked" in problem["detail"]) == (401, True)


async def test_the_key_reaches_no_log(house: House, caplog: pytest.LogCaptureFixture) -> None:
    from singr.telemetry.logs import JSONLines

    with caplog.at_level(logging.DEBUG):
        await submit(house)
        await house.call("PUT", f"{PATH}/7", json={"processed": True})
        await ask(house, "getSerial")
    lines = [JSONLines().format(record) for record in caplog.records]
    assert any("/api/requests/[redacted]" in line for line in lines)
    assert not [line for line in lines if API_KEY in line]


async def test_over_the_limit_is_a_429_here(house: House) -> None:
    statuses = {(await house.call("GET", PATH))[0] for _ in range(640)}
    assert statuses == {200, 429}
