"""The traps of openkj.md, part B, section 7, 1 to 11: answers a KJ's program misreads, and what is then lost."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson
import pytest

from singr.core.settings import Settings
from singr.openkj.commands import COMMANDS
from tests.house import House, opened
from tests.openkj.asking import GIVEN, add_venues, ask, owner, send, serial
from tests.openkj.client import Agent, OpenKJ
from tests.openkj.conftest import VENUE

every_command = pytest.mark.parametrize("command", COMMANDS)


@every_command
async def test_1_the_command_is_echoed_exactly_in_pure_json(command: str, house: House) -> None:
    answer = orjson.loads(await ask(house, command, **GIVEN.get(command, {})))
    assert answer["command"] == command
    assert answer["error"] is (command == "testingAddRandomRequest")


async def test_2_booleans_are_booleans(house: House) -> None:
    (venue,) = orjson.loads(await ask(house, "getVenues"))["venues"]
    assert venue["accepting"] is True
    assert orjson.loads(await ask(house, "getAlert"))["alert"] is False
    assert orjson.loads(await ask(house, "nonsense"))["error"] is True


async def test_3_a_time_after_2038_still_fits_into_32_bits(house: House) -> None:
    await house.ask()
    async with owner(house) as connection:
        await connection.execute("UPDATE requests SET requested_at = $1", datetime(2040, 1, 1, tzinfo=UTC))
    (row,) = orjson.loads(await ask(house, "getRequests", venue_id=VENUE))["requests"]
    assert row["request_time"] == 2**31 - 1


async def test_4_names_that_look_like_numbers_stay_texts(house: House) -> None:
    await house.ask(singerName="7", artist="311", title="1999")
    (row,) = orjson.loads(await ask(house, "getRequests", venue_id=VENUE))["requests"]
    assert (row["singer"], row["artist"], row["title"]) == ("7", "311", "1999")


async def test_5_the_serial_is_never_zero_and_wraps_to_one(house: House) -> None:
    assert await serial(house) == 1
    async with owner(house) as connection:
        await connection.execute("UPDATE state SET serial = 2147483647")
    assert await serial(house) == 2**31 - 1
    await house.ask()
    assert await serial(house) == 1


async def test_6_the_serial_moves_once_for_each_change_and_never_without(house: House) -> None:
    seen = [await serial(house)]
    number = (await house.ask())["requestNumber"]
    seen.append(await serial(house))
    await house.ask(singerName="Ben", title="Who wants to live forever")
    seen.append(await serial(house))
    await ask(house, "deleteRequest", venue_id=VENUE, request_id=number)
    seen.append(await serial(house))
    await ask(house, "clearRequests", venue_id=VENUE)
    seen.append(await serial(house))
    await ask(house, "setAccepting", venue_id=VENUE, accepting=False, system_id=1)
    seen.append(await serial(house))
    assert seen == [1, 2, 3, 4, 5, 6]
    for command in ("getVenues", "getRequests", "getAlert", "clearRequests", "deleteRequest", "addSongs"):
        await ask(house, command, **GIVEN.get(command, {}))
    await ask(house, "setAccepting", venue_id=VENUE, accepting=False, system_id=1)
    await house.kit.aside.settle()
    assert await serial(house) == 6


async def test_6_venues_added_renamed_and_removed_move_it_and_nothing_else_about_them(house: House) -> None:
    headers, path = await house.sign_in(), "/v1/customer/venues"
    _, made = await house.call("POST", path, json={"name": "Josie's"}, headers=headers)
    seen, one = [await serial(house)], f"{path}/{made['id']}"
    for change in ({"name": "Josie's Bar"}, {"urlName": "josie"}, {"name": "Josie's Bar"}, {"city": "Nashville"}):
        await house.call("PATCH", one, json=change, headers=headers)
        seen.append(await serial(house))
    await house.call("DELETE", one, headers=headers)
    seen.append(await serial(house))
    await house.call("DELETE", f"{one}?confirm", headers=headers)
    seen.append(await serial(house))
    assert seen == [2, 3, 4, 4, 4, 4, 5]


async def test_6_another_process_goes_on_with_the_serial(house: House, settings: Settings) -> None:
    await house.ask()
    async with opened(settings) as other:
        assert await serial(other) == await serial(house) == 2


async def test_7_what_a_serial_announces_is_there_at_once(house: House, openkj: OpenKJ) -> None:
    await openkj.start()
    for number in range(10):
        await house.ask(singerName=f"Singer {number}", title=f"Song {number}")
        await openkj.tick()
        assert len(openkj.rows) == number + 1


async def test_7_a_fetch_that_failed_is_announced_again(house: House, openkj: OpenKJ) -> None:
    await openkj.start()
    await openkj.tick()
    await house.ask()
    async with owner(house) as connection:
        await connection.execute("ALTER TABLE requests RENAME TO requests_away")
        await openkj.tick()
        assert openkj.rows == []
        assert openkj.log[-1].startswith("Something went wrong on our side")
        await connection.execute("ALTER TABLE requests_away RENAME TO requests")
    announced = openkj.serial
    await openkj.tick()
    assert [row.singer for row in openkj.rows] == ["Ann"]
    assert openkj.serial == announced + 1
    await openkj.tick()
    assert openkj.serial == announced + 1


async def test_8_a_refusal_is_a_200(house: House) -> None:
    for body in (b'{"command":"getSerial"}', b"nonsense", b'{"command":"nonsense","api_key":"x"}'):
        answer = await send(house, body)
        assert (answer.status, orjson.loads(answer.body)["error"]) == (200, True)


async def test_9_an_error_has_words_and_a_success_none(house: House, openkj: OpenKJ) -> None:
    assert await openkj.test() == ""
    openkj.api_key = "skj_wrong"
    assert await openkj.test() == "API key not accepted"


async def test_10_an_unknown_venue_is_an_error_and_wipes_nothing(house: House, agent: Agent) -> None:
    await house.ask()
    await agent.start()
    assert [row.singer for row in agent.rows] == ["Ann"]
    assert agent.log == ["no venue 0 for this API key"]


async def test_10_a_failing_venue_list_keeps_the_operators_choice(house: House, openkj: OpenKJ) -> None:
    await openkj.start()
    async with owner(house) as connection:
        await connection.execute("ALTER TABLE venues RENAME TO venues_away")
        await openkj.refresh()
        await connection.execute("ALTER TABLE venues_away RENAME TO venues")
    assert (openkj.venue_id, len(openkj.venues)) == (VENUE, 1)


async def test_10_venues_keep_their_order(house: House) -> None:
    async with owner(house) as connection:
        await add_venues(connection, 1003, 1002, 1000)
        await connection.execute("UPDATE venues SET name = 'Renamed' WHERE openkj_venue_id = 1002")
    listed = orjson.loads(await ask(house, "getVenues"))["venues"]
    assert [venue["venue_id"] for venue in listed] == [1000, 1001, 1002, 1003]


async def test_11_deleting_what_is_gone_succeeds(house: House, openkj: OpenKJ) -> None:
    number = (await house.ask())["requestNumber"]
    await openkj.tick()
    for gone in (number, number, -1, 0, 2**31 - 1):
        await openkj.delete(gone)
    await openkj.clear()
    await openkj.clear()
    assert (openkj.rows, openkj.log) == ([], [])


async def test_11_a_deleted_request_stays_in_the_hosts_history(house: House) -> None:
    number = (await house.ask())["requestNumber"]
    await ask(house, "deleteRequest", venue_id=VENUE, request_id=number)
    query = {"venueId": await house.venue_id(), "status": "processed"}
    _, page = await house.call("GET", "/v1/customer/requests", params=query, headers=await house.sign_in())
    assert [(row["requestNumber"], row["processedVia"]) for row in page["items"]] == [(number, "openkj")]


async def test_11_another_venues_request_is_not_deleted(house: House) -> None:
    number = (await house.ask())["requestNumber"]
    async with owner(house) as connection:
        await add_venues(connection, 1002)
    for venue in (1002, 1):
        assert b'"error":false' in await ask(house, "deleteRequest", venue_id=venue, request_id=number)
    assert orjson.loads(await ask(house, "getRequests", venue_id=VENUE))["requests"]
