"""Each command over a socket: what a KJ's program writes, and the very bytes it gets."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import orjson
import pytest

from tests.house import API_KEY, House
from tests.openkj.asking import ask, send
from tests.openkj.conftest import PATH, VENUE
from tests.openkj.qt import to_json


async def test_get_serial(house: House) -> None:
    assert await ask(house, "getSerial") == b'{"command":"getSerial","error":false,"serial":1}'


async def test_get_venues(house: House) -> None:
    assert await ask(house, "getVenues") == (
        b'{"command":"getVenues","error":false,"venues":[{"venue_id":1001,"name":"Test Karaoke Bar",'
        b'"url_name":"test-karaoke-bar","accepting":true}]}'
    )


async def test_get_requests(house: House) -> None:
    assert await ask(house, "getRequests", venue_id=VENUE) == b'{"command":"getRequests","error":false,"requests":[]}'
    receipt = await house.ask(singerName="José 山田 🎤", artist='Guns N\' "Roses"', title="1999", keyChange=-2)
    answer = await ask(house, "getRequests", venue_id=VENUE)
    (row,) = orjson.loads(answer)["requests"]
    assert answer.decode() == (
        f'{{"command":"getRequests","error":false,"requests":[{{"request_id":{receipt["requestNumber"]},'
        '"singer":"José 山田 🎤","artist":"Guns N\' \\"Roses\\"","title":"1999",'
        f'"request_time":{row["request_time"]},"key_change":-2}}]}}'
    )


async def test_get_alert(house: House) -> None:
    assert await ask(house, "getAlert") == b'{"command":"getAlert","error":false,"alert":false,"title":"","message":""}'


async def test_get_entitled_system_count(house: House) -> None:
    assert await ask(house, "getEntitledSystemCount") == b'{"command":"getEntitledSystemCount","error":false,"count":1}'


ACTIONS = {
    "sacCurVersion": {},
    "setAccepting": {"venue_id": VENUE, "accepting": False, "system_id": 1},
    "deleteRequest": {"venue_id": VENUE, "request_id": -1},
    "clearRequests": {"venue_id": VENUE},
    "clearDatabase": {"system_id": 1},
}


@pytest.mark.parametrize(("command", "given"), ACTIONS.items(), ids=list(ACTIONS))
async def test_an_action_answers_nothing_but_success(command: str, given: dict[str, Any], house: House) -> None:
    assert await ask(house, command, **given) == b'{"command":"%b","error":false}' % command.encode()


async def test_add_songs(house: House) -> None:
    songs = [{"artist": "A", "title": "B"}, {"artist": "", "title": " "}]
    assert await ask(house, "addSongs", system_id=1, songs=songs) == (
        b'{"command":"addSongs","error":false,"errors":["song 2: neither artist nor title"],"entries processed":2}'
    )


async def test_commands_of_phone_apps(house: House) -> None:
    found = orjson.loads(await ask(house, "search", searchString="bohemian queen"))
    (song,) = found["songs"]
    assert song == {"song_id": song["song_id"], "artist": "Queen", "title": "Bohemian Rhapsody"}
    submitted = await ask(house, "submitRequest", songId=song["song_id"], singerName="Ann")
    assert submitted == b'{"command":"submitRequest","error":false,"success":true}'
    (row,) = orjson.loads(await ask(house, "getRequests", venue_id=VENUE))["requests"]
    assert (row["singer"], row["title"]) == ("Ann", "Bohemian Rhapsody")
    exists = b'{"command":"venueExists","error":false,"exists":%b}'
    assert await ask(house, "venueExists", venueUrlName="test-karaoke-bar") == exists % b"true"
    assert await ask(house, "venueExists", venueUrlName="elsewhere") == exists % b"false"
    accepting = b'{"command":"%b","error":false,"accepting":true,"venue_id":1001}'
    assert await ask(house, "venueAccepting") == accepting % b"venueAccepting"
    assert await ask(house, "getAccepting", venue_id=VENUE) == accepting % b"getAccepting"
    assert await ask(house, "connectionTest") == b'{"command":"connectionTest","error":false,"connection":"ok"}'


async def test_a_closed_venue_takes_no_request_from_an_app(house: House) -> None:
    song = orjson.loads(await ask(house, "search", searchString="queen"))["songs"][0]
    await ask(house, "setAccepting", venue_id=VENUE, accepting=False, system_id=1)
    assert await ask(house, "submitRequest", songId=song["song_id"], singerName="Ann") == (
        b'{"command":"submitRequest","error":true,"errorString":"The venue takes no requests right now"}'
    )


async def test_nobody_adds_random_requests(house: House) -> None:
    body = to_json({"command": "testingAddRandomRequest", "venue_id": VENUE})
    refused = orjson.loads((await send(house, body)).body)
    assert (refused["command"], refused["error"]) == ("testingAddRandomRequest", True)
    assert orjson.loads(await ask(house, "testingAddRandomRequest", venue_id=VENUE))["error"] is True
    assert b'"requests":[]' in await ask(house, "getRequests", venue_id=VENUE)


async def test_an_unknown_command_is_told_under_its_own_name(house: House) -> None:
    assert await ask(house, "getserial") == (b'{"command":"getserial","error":true,"errorString":"Unknown command"}')


async def test_addresses_a_kj_may_paste_all_lead_here(house: House) -> None:
    for path in ("/", "/api.php", "/api.php/", "/api/openkj", "/api/openkj/", PATH, f"{PATH}/", "/api.php?x=1"):
        assert b'"serial":1}' in await ask(house, "getSerial", path)


async def test_fields_may_stand_inside_payload(house: House) -> None:
    body = to_json({"api_key": API_KEY, "command": "getRequests", "payload": {"venue_id": VENUE}})
    assert (await send(house, body)).body == b'{"command":"getRequests","error":false,"requests":[]}'


NOT_CALLS = [b"", b"{", b"[]", b"null", b'"getSerial"', b"<html>", b"{}", b'{"command":7}', b"[" * 100_000, b"\xff\xfe"]


@pytest.mark.parametrize("body", NOT_CALLS, ids=range(len(NOT_CALLS)))
async def test_what_is_no_call_is_told_so(body: bytes, house: House) -> None:
    answer = await send(house, body)
    assert (answer.status, answer.body) == (
        200,
        b'{"command":"","error":true,"errorString":"This is not a call of OpenKJ\'s request protocol"}',
    )


@pytest.mark.parametrize(
    "body",
    [
        b'\xef\xbb\xbf{"command":"getSerial","api_key":"%b"}',
        b'{"command":"getSerial","api_key":"%b","note":"\xff\xfe"}',
        b'{"command":"getSerial","api_key":"%b","note":"\\ud800"}',
        b'{"command":"getSerial","api_key":"%b","note":"a\tb"}',
        b'{"command":"getSerial","api_key":" %b \\n"}',
        b'{"command":"getVenues","api_key":"%b","command":"getSerial"}\n\x00',
    ],
    ids=["byte order mark", "not UTF-8", "lone surrogate", "raw control", "pasted with spaces", "twice"],
)
async def test_a_sloppy_body_is_read(body: bytes, house: House) -> None:
    assert b'"serial":1}' in (await send(house, body % API_KEY.encode())).body


async def test_a_lone_surrogate_in_the_command_spoils_no_answer(house: House) -> None:
    answer = await send(house, b'{"command":"\\ud800x","api_key":"k"}')
    assert answer.body == b'{"command":"?x","error":true,"errorString":"Unknown command"}'


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({}, "Object missing required field `venue_id`"),
        ({"venue_id": None}, "venue_id: Expected `int`, got `null`"),
        ({"venue_id": [1001]}, "venue_id: Expected `int`, got `array`"),
        ({"venue_id": 2**31}, "venue_id: Expected `int` <= 2147483647"),
        ({"venue_id": "bar"}, "venue_id: Expected `int`, got `str`"),
    ],
)
async def test_a_wrong_field_is_named(given: dict[str, Any], why: str, house: House) -> None:
    assert orjson.loads(await ask(house, "getRequests", **given)) == {
        "command": "getRequests",
        "error": True,
        "errorString": why,
    }


async def test_numbers_and_booleans_written_as_texts_are_understood(house: House) -> None:
    assert b'"requests":[]' in await ask(house, "getRequests", venue_id="1001")
    await ask(house, "setAccepting", venue_id="1001", accepting="false", system_id="1")
    assert b'"accepting":false' in await ask(house, "getVenues")


async def test_a_body_over_16_mib_is_refused_by_status(house: House) -> None:
    async with house.client.post(PATH, data=BytesIO(b" " * ((16 << 20) + 1))) as answer:
        assert answer.status == 413
