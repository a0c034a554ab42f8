"""Phone apps of the PHP request server: they name nobody's phone, so a singer's name says who asks."""

from __future__ import annotations

from typing import Any

import orjson

from tests.house import House
from tests.openkj.asking import ask
from tests.queue.test_blocks import blocked
from tests.queue.test_house_rules import set_rules


async def submit(house: House, singer: str, song: str) -> Any:
    found = orjson.loads(await ask(house, "search", searchString=song))["songs"][0]
    answer = orjson.loads(await ask(house, "submitRequest", songId=found["song_id"], singerName=singer))
    return answer.get("errorString", "taken")


async def test_house_rules_hold_for_a_name(house: House) -> None:
    await set_rules(house, "busy")
    assert await submit(house, "Bo", "queen") == "taken"
    assert await submit(house, "BO ", "jude") != "taken"
    assert await submit(house, "Cy", "jude") == "taken"


async def test_a_blocked_name_asks_in_vain(house: House) -> None:
    assert await submit(house, "Bo", "queen") == "taken"
    await blocked(house, singerName="Bo")
    assert "talk to the host" in await submit(house, "bo", "jude")
    assert await submit(house, "Cy", "jude") == "taken"


async def test_a_program_that_enters_requests_is_no_phone_of_the_cookie_it_carries(house: House) -> None:
    await set_rules(house, {"requestsPerSinger": 1})
    await house.ask()  # leaves a device cookie
    body = {"venueId": 1001, "singerName": "Bo", "artist": "Queen", "title": "Flash"}
    answers = [await house.call("POST", f"/api/requests/{house.demo.api_key}", json=body) for _ in range(2)]
    assert [status for status, _ in answers] == [201, 201]
