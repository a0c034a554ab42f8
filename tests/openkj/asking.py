"""Calls over a socket as Qt writes them, one connection each, and the database behind the application's back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import orjson

from tests.house import API_KEY, House
from tests.openkj.conftest import PATH, VENUE, where
from tests.openkj.qt import to_json
from tests.openkj.wire import Answer, call, read_answer

# What each command needs to succeed.
GIVEN: dict[str, dict[str, Any]] = {
    "getRequests": {"venue_id": VENUE},
    "setAccepting": {"venue_id": VENUE, "accepting": True, "system_id": 1},
    "deleteRequest": {"venue_id": VENUE, "request_id": 1},
    "clearRequests": {"venue_id": VENUE},
    "addSongs": {"songs": [{"artist": "A", "title": "B"}]},
    "search": {"searchString": "a"},
    "submitRequest": {"songId": 1, "singerName": "Ann"},
}


async def send(house: House, body: bytes, path: str = PATH) -> Answer:
    host, port = where(house)
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(call(f"{host}:{port}", path, body))
    async with asyncio.timeout(30):
        answer = await read_answer(reader)
    writer.close()
    return answer


async def ask(house: House, command: str, path: str = PATH, **given: Any) -> bytes:
    """The body of the answer, which must be a 200 of JSON."""
    answer = await send(house, to_json({"api_key": API_KEY, "command": command, **given}), path)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json"), answer
    return answer.body


@asynccontextmanager
async def owner(house: House) -> AsyncIterator[Any]:
    """A connection past the application: what restores, old rows and the year 2038 may bring."""
    connection = await asyncpg.connect(house.kit.settings.database_url, timeout=10)
    try:
        await connection.execute("SELECT set_config('app.actor', 'test', false)")
        yield connection
    finally:
        await connection.close()


async def serial(house: House) -> int:
    return int(orjson.loads(await ask(house, "getSerial"))["serial"])


async def size(house: House, system: int) -> int:
    _, page = await house.call("GET", "/v1/customer/systems", headers=await house.sign_in())
    return next((int(s["songs"]) for s in page["items"] if s["id"] == system), -1)


async def add_venues(connection: Any, *numbers: int) -> None:
    """More venues for the demo's tenant."""
    for number in numbers:
        await connection.execute(
            "INSERT INTO venues (customer_profiles_id, openkj_venue_id, url_name, name, address, city, state,"
            " postal_code) SELECT customer_profiles_id, $1::int, 'v' || $1::int, 'V', '', '', '', '' FROM venues"
            " WHERE openkj_venue_id = 1001",
            number,
        )
