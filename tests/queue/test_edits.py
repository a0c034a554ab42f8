"""A singer changes what still waits: the KJ sees it as new, and nothing is lost between two who act at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from singr.core import clock
from singr.infra.sql import QUERIES
from singr.queue import edits
from tests.databases import WAITING
from tests.house import SONG, VENUE, House
from tests.live import streaming, watching
from tests.queue.test_guests import slug
from tests.queue.test_house_rules import set_rules

DEADLINE_S = 20
MARKS = "SELECT (SELECT version FROM venue_streams) || '/' || (SELECT serial FROM state)"


async def edit(house: House, receipt: dict[str, Any], **change: Any) -> tuple[int, Any]:
    return await house.call("PATCH", f"/v1/public/requests/{receipt['trackingToken']}", json=change)


async def openkj(house: House, command: str, **given: Any) -> dict[str, Any]:
    body = {"command": command, "api_key": house.demo.api_key, "venue_id": 1001} | given
    return dict((await house.call("POST", "/api.php", json=body))[1])


@pytest.mark.parametrize("change", [{"keyChange": 3}, {"artist": "ABBA", "title": "Waterloo"}, {"title": "INNUENDO"}])
async def test_another_key_or_song_is_a_new_request_to_openkj(change: dict[str, Any], house: House) -> None:
    first, other = await house.ask(), await house.ask(title="Other")
    status, edited = await edit(house, first, **change)
    assert (status, edited["id"], edited["position"]) == (200, first["id"], 1)
    rows = (await openkj(house, "getRequests"))["requests"]
    assert [row["request_id"] for row in rows] == [edited["requestNumber"], other["requestNumber"]]
    assert edited["requestNumber"] > other["requestNumber"] > first["requestNumber"]
    assert (rows[0]["title"], rows[0]["key_change"]) == (edited["title"], edited["keyChange"])


async def test_openkj_taking_the_old_number_away_does_not_take_the_edited_request(house: House) -> None:
    first = await house.ask()
    _, edited = await edit(house, first, keyChange=2)
    assert await openkj(house, "deleteRequest", request_id=first["requestNumber"]) == {
        "command": "deleteRequest",
        "error": False,
    }
    assert await house.value("SELECT status FROM requests") == "pending"
    await openkj(house, "deleteRequest", request_id=edited["requestNumber"])
    assert await house.value("SELECT status FROM requests") == "processed"


@pytest.mark.parametrize(
    ("change", "moves"),
    [
        ({"keyChange": 1}, "2/3"),
        ({"title": "Other"}, "2/3"),
        ({"singerName": "Bo"}, "2/3"),
        ({"notes": "with Bo"}, "2/2"),  # OpenKJ has no notes
        ({"keyChange": 0, "title": "Innuendo", "singerName": " Ann ", "notes": ""}, "1/2"),
        ({}, "1/2"),
    ],
)
async def test_version_and_serial_move_when_somebody_sees_a_difference(
    change: dict[str, Any], moves: str, house: House
) -> None:
    receipt = await house.ask()
    version, serial = (int(mark) for mark in (await house.value(MARKS)).split("/"))
    status, edited = await edit(house, receipt, **change)
    assert status == 200
    now = [int(mark) for mark in (await house.value(MARKS)).split("/")]
    assert [now[0] - version + 1, now[1] - serial + 2] == [int(mark) for mark in moves.split("/")]
    assert edited["version"] == now[0]


async def test_watchers_see_one_change_in_its_place(house: House) -> None:
    first = await house.ask()
    await house.ask(title="Other")
    follow = f"/v1/live/requests/{first['trackingToken']}/events"
    async with watching(house, "host", headers=await house.sign_in()) as host, streaming(house, follow) as singer:
        _, edited = await edit(house, first, keyChange=-2, title="Flash")
        for shown in (host, singer):
            await shown.until(lambda s: s.version == edited["version"])
            (op,) = shown.messages[-1]["ops"]
            assert (op["op"], op["id"], op["request"]["title"]) == ("upsert", first["id"], "Flash")
            assert op["request"]["requestNumber"] == edited["requestNumber"]
            assert next(iter(shown.requests)) == first["id"]


async def test_an_edited_request_was_seen_by_nobody_yet(house: House) -> None:
    receipt = await house.ask()
    await openkj(house, "getRequests")
    await house.becomes("SELECT count(*) FROM requests WHERE seen_at IS NOT NULL", 1)
    assert (await edit(house, receipt, notes="x"))[1]["seenAt"]
    assert (await edit(house, receipt, keyChange=1))[1]["seenAt"] is None


@pytest.mark.parametrize("decision", ["processed", "rejected", "withdrawn"])
async def test_what_was_dealt_with_is_not_edited(decision: str, house: House) -> None:
    receipt = await house.ask()
    if decision == "withdrawn":
        await house.call("DELETE", f"/v1/public/requests/{receipt['trackingToken']}")
    else:
        path = f"/v1/customer/requests/{receipt['id']}"
        await house.call("PATCH", path, json={"status": decision}, headers=await house.sign_in())
    status, problem = await edit(house, receipt, keyChange=1)
    assert (status, slug(problem), problem["detail"]) == (409, "conflict", f"it is {decision}")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"keyChange": 13}, "keyChange"),
        ({"title": " "}, "title"),
        ({"singerName": "\t"}, "singerName"),
        ({"songId": 999_999}, "songId"),
        ({"status": "processed"}, ""),
    ],
)
async def test_a_mistake_in_an_edit_is_named(change: dict[str, Any], field: str, house: House) -> None:
    status, problem = await edit(house, await house.ask(), **change)
    assert (status, problem["errors"][0]["field"]) == (422, field)


async def test_a_song_of_the_book_takes_the_place_of_another(house: House) -> None:
    song_id = await house.value("SELECT songdb_id FROM songdb WHERE title = 'Halo'")
    status, edited = await edit(house, await house.ask(keyChange=2), songId=song_id)
    assert (status, edited["artist"], edited["title"], edited["keyChange"]) == (200, "Beyoncé", "Halo", 2)


async def test_a_swap_makes_no_duplicate_unless_wanted(house: House) -> None:
    await house.ask(title="A")
    receipt = await house.ask(title="B")
    status, problem = await edit(house, receipt, title="A")
    assert (status, slug(problem)) == (409, "duplicate-request")
    assert (await edit(house, receipt, title="A", allowDuplicate=True))[0] == 200
    assert (await edit(house, receipt, keyChange=4))[0] == 200  # and it stays allowed


async def test_house_rules_hold_for_a_swap_but_a_swap_asks_for_no_more(house: House) -> None:
    await set_rules(house, {"requestsPerSinger": 1, "cooldownMinutes": 60, "songOncePerNight": True})
    await house.ask(title="A")
    house.client.session.cookie_jar.clear()
    receipt = await house.ask(title="B")
    assert (await edit(house, receipt, title="C"))[0] == 200
    status, problem = await edit(house, receipt, title="A")
    assert (status, slug(problem)) == (409, "duplicate-request")


@pytest.mark.parametrize("end", ["closed", "last call"])
async def test_when_nothing_is_taken_any_more_a_song_stays_and_the_rest_may_change(end: str, house: House) -> None:
    receipt = await house.ask(title="A")
    if end == "closed":
        path, headers = f"/v1/customer/venues/{await house.venue_id()}", await house.sign_in()
        assert (await house.call("PATCH", path, json={"acceptingRequests": False}, headers=headers))[0] == 200
    else:
        await set_rules(house, {"lastCallAt": clock.now().isoformat()})
    status, problem = await edit(house, receipt, title="B")
    assert (status, slug(problem)) == (409, "venue-not-accepting")
    assert (await edit(house, receipt, keyChange=-1, notes="lower", singerName="Anna"))[0] == 200


async def test_a_key_played_with_is_slowed_down(house: House) -> None:
    receipt = await house.ask()
    answers = [(await edit(house, receipt, notes=str(n)))[0] for n in range(21)]
    assert answers == [200] * 20 + [429]


async def test_an_edit_is_audited_with_the_device(house: House) -> None:
    await edit(house, await house.ask(), keyChange=1)
    row = "SELECT actor FROM audit_logs WHERE table_name = 'requests' AND operation = 'UPDATE'"
    assert (await house.value(row)).startswith("guest:")


@pytest.fixture
async def links(house: House) -> AsyncIterator[list[Any]]:
    found = [await asyncpg.connect(house.kit.settings.database_url, timeout=10) for _ in range(2)]
    yield found
    for link in found:
        await link.close(timeout=10)


def with_lock(lock: str) -> Any:
    """The statement that locks a request's queue, with another lock."""
    query = edits.LOCK.query
    assert query.text.count("FOR UPDATE OF s") == 1
    return replace(edits.LOCK, query=replace(query, text=query.text.replace("FOR UPDATE OF s", lock)))


async def _waits_for_lock(link: Any) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while not await link.fetchval(WAITING):
            await asyncio.sleep(0.01)


LOOK_AGAIN = "AND ($6::int IS NULL OR r.request_number = $6)\n    RETURNING"


@pytest.mark.parametrize(("again", "status"), [(LOOK_AGAIN, "pending"), ("RETURNING", "processed")])
async def test_openkj_removing_a_number_that_is_being_edited_away_hits_nothing(
    again: str, status: str, house: House, links: list[Any]
) -> None:
    """The control does not look at the number again behind the lock: then the edited request is gone."""
    receipt, (editing, removing) = await house.ask(), links
    query = QUERIES["requests_settle"]
    assert query.params[5] == "number"
    assert query.text.count(LOOK_AGAIN) == 1
    tenant = await editing.fetchval("SELECT customer_profiles_id FROM venues")
    given = {"user_id": "", "actor": "key:x", "tenant": tenant, "number": receipt["requestNumber"]}
    given |= {"status": "processed", "via": "openkj"}
    async with editing.transaction():
        await editing.execute("SELECT set_config('app.actor', 'test', true)")
        await editing.execute("SELECT FROM venue_streams FOR UPDATE")
        await editing.execute("UPDATE requests SET request_number = request_number + 1, key_change = 1")
        args = (given.get(name) for name in query.params)
        late = asyncio.create_task(removing.fetch(query.text.replace(LOOK_AGAIN, again), *args))
        await _waits_for_lock(editing)
    await late
    assert await house.value("SELECT status FROM requests") == status


STILL_WAITS = "AND r.requests_id IN (SELECT requests_id FROM target) AND r.status = 'pending'\n      AND ($6"


@pytest.mark.parametrize(
    ("again", "status"),
    [(STILL_WAITS, "processed"), (STILL_WAITS.replace("AND r.status = 'pending'\n", ""), "withdrawn")],
)
async def test_of_a_withdrawal_and_openkj_at_once_the_first_stays_true(
    again: str, status: str, house: House, links: list[Any]
) -> None:
    """The control does not look behind the lock whether it still waits: then the later one overwrites the earlier."""
    receipt, (processing, withdrawing) = await house.ask(), links
    query = QUERIES["requests_settle"]
    assert query.text.count(STILL_WAITS) == 1
    tenant = await processing.fetchval("SELECT customer_profiles_id FROM venues")
    given = {
        "user_id": "",
        "actor": "guest:x",
        "tenant": tenant,
        "ids": [receipt["id"]],
        "status": "withdrawn",
        "via": "api",
    }
    async with processing.transaction():
        await processing.execute("SELECT set_config('app.actor', 'test', true)")
        await processing.execute("SELECT FROM venue_streams FOR UPDATE")
        await processing.execute("UPDATE requests SET status = 'processed', processed = true")
        args = (given.get(name) for name in query.params)
        late = asyncio.create_task(withdrawing.fetch(query.text.replace(STILL_WAITS, again), *args))
        await _waits_for_lock(processing)
    await late
    assert await house.value("SELECT status FROM requests") == status


@pytest.mark.parametrize("status", ["withdrawn", "processed"])
async def test_of_an_edit_and_an_end_at_once_one_wins_and_the_other_hears_of_it(
    status: str, house: House, links: list[Any]
) -> None:
    """The edit waits for the queue's lock while the request is dealt with, and then says so."""
    receipt, (ending, looking) = await house.ask(), links
    async with ending.transaction():
        await ending.execute("SELECT set_config('app.actor', 'test', true)")
        await ending.execute("SELECT FROM venue_streams FOR UPDATE")
        late = asyncio.create_task(edit(house, receipt, keyChange=5))
        await _waits_for_lock(looking)
        await ending.execute("UPDATE requests SET status = $1, processed = true", status)
    code, problem = await late
    assert (code, problem["detail"]) == (409, f"it is {status}")
    assert await house.value("SELECT key_change FROM requests") == 0


@pytest.mark.parametrize(("lock", "swapped"), [("FOR UPDATE OF s", [200, 409]), ("", [200, 200])])
async def test_two_swaps_to_the_same_song_at_once_are_judged_one_after_the_other(
    lock: str, swapped: list[int], house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control takes the queue's lock away: then neither sees the other's song."""
    await set_rules(house, {"songOncePerNight": True})
    receipts = [await house.ask(title=title, allowDuplicate=True) for title in "AB"]
    monkeypatch.setattr(edits, "LOCK", with_lock(lock))
    both_read = asyncio.Barrier(2) if not lock else None
    swap = edits.SWAP

    async def judged(on: Any, **given: Any) -> Any:
        found = await swap(on, **given)
        if both_read:
            async with asyncio.timeout(DEADLINE_S):
                await both_read.wait()
        return found

    monkeypatch.setattr(edits, "SWAP", judged)
    change = {"title": "C", "allowDuplicate": True}
    answers = await asyncio.gather(*(edit(house, receipt, **change) for receipt in receipts))
    assert sorted(status for status, _ in answers) == swapped


async def test_a_public_edit_needs_the_token(house: House) -> None:
    receipt = await house.ask()
    forged = receipt | {"trackingToken": f"{receipt['id']}.AAAA"}
    assert (await edit(house, forged, keyChange=1))[0] == 404
    assert (await house.call("PATCH", f"{VENUE}/requests/{receipt['id']}", json=SONG))[0] == 404
