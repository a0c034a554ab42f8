"""A venue's name that changes under those who use it, and one that several want. A control takes away what decides."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from singr.infra.sql import QUERIES
from tests.house import SONG, VENUE, House
from tests.queue.test_guests import slug
from tests.race.test_races import ASKED, demo, run, waits

BY_ID = "v.venues_id = s.venues_id"


@pytest.mark.parametrize(("found", "kept"), [(BY_ID, 1), (f"{BY_ID} AND v.url_name = 'test-karaoke-bar'", 0)])
async def test_a_request_that_waits_for_a_renaming_is_kept_for_it_is_addressed_by_id(
    found: str, kept: int, house: House, links: list[Any]
) -> None:
    renaming, asking, looking = links
    where = await demo(looking)
    text = QUERIES["request_submit"].text.replace(BY_ID, found)
    async with renaming.transaction():
        assert await run(renaming, "venue_changed", **where, given='{"url_name": "new-name"}')
        late = asyncio.create_task(run(asking, "request_submit", text, **where, **ASKED))
        await waits(looking, late)
        assert not late.done()
    assert len(await late) == kept


async def test_a_request_that_meets_a_renaming_is_kept_and_the_old_address_ends(house: House, links: list[Any]) -> None:
    renaming, _, looking = links
    await house.call("GET", VENUE)
    async with renaming.transaction():
        changed = await run(renaming, "venue_changed", **await demo(looking), given='{"url_name": "new-name"}')
        late = asyncio.create_task(house.call("POST", f"{VENUE}/requests", json=SONG))
        await waits(looking, late)
    status, receipt = await late
    assert (status, receipt["version"]) == (201, changed[0]["version"] + 1)
    status, problem = await house.call("POST", f"{VENUE}/requests", json=SONG | {"title": "B"})
    assert (status, slug(problem)) == (404, "not-found")


ONE_OF_A_NAME = "ALTER TABLE venues DROP CONSTRAINT venues_url_name_key"


@pytest.mark.parametrize(("control", "statuses"), [("", [200, 409, 409]), (ONE_OF_A_NAME, [200, 200, 200])])
async def test_of_two_venues_that_take_a_name_one_gets_it(control: str, statuses: list[int], house: House) -> None:
    await house.value(control or "SELECT 1")
    headers = await house.sign_in()
    made = [await house.call("POST", "/v1/customer/venues", json={"name": name}, headers=headers) for name in "ABC"]
    paths = [f"/v1/customer/venues/{venue['id']}" for _, venue in made]
    body = {"urlName": "the-place"}
    answers = await asyncio.gather(*(house.call("PATCH", path, json=body, headers=headers) for path in paths))
    assert sorted(status for status, _ in answers) == statuses
    assert {slug(problem) for status, problem in answers if status == 409} <= {"conflict"}


def test_what_the_control_changes_is_there() -> None:
    assert QUERIES["request_submit"].text.count(BY_ID) == 1
