"""Polls leave stamps: when OpenKJ last collected, and which requests the KJ has."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

import msgspec

from singr.core.actor import SYSTEM
from singr.core.secrets import digest
from singr.core.settings import Settings
from singr.http.call import Call
from singr.openkj import keys, presence
from singr.openkj.desk import STAMP_EVERY_S, Desk
from tests.house import API_KEY, House, opened
from tests.openkj.asking import GIVEN, ask, owner, serial
from tests.openkj.client import OpenKJ
from tests.openkj.conftest import VENUE

KEY = "SELECT last_used_at FROM api_keys"
COLLECTED = "SELECT collected_at FROM openkj_presence"


async def stamp(house: House, query: str) -> datetime | None:
    await house.kit.aside.settle()
    async with owner(house) as connection:
        found: datetime | None = await connection.fetchval(query)
        return found


async def test_a_poll_stamps_its_key_and_its_tenants_venues(house: House) -> None:
    assert await stamp(house, COLLECTED) is None
    await ask(house, "getSerial")
    used = await stamp(house, KEY)
    assert used
    assert await stamp(house, COLLECTED) == used
    _, page = await house.call("GET", "/v1/public/venues/test-karaoke-bar")
    assert page["openkjSeenAt"]


async def test_the_next_poll_stamps_nothing(house: House) -> None:
    await ask(house, "getSerial")
    first = await stamp(house, COLLECTED)
    for command in ("getSerial", "getRequests", "getVenues"):
        await ask(house, command, **GIVEN.get(command, {}))
    assert await stamp(house, COLLECTED) == first


async def test_polls_do_not_drown_the_audit_log(house: House) -> None:
    call, key = Call(SYSTEM, house.kit), await keys.find(house.kit.db, digest(API_KEY))
    for _ in range(3):
        await presence.STAMP(house.kit.db, **call.audit, key_id=key.id, tenant=key.tenant)
    async with owner(house) as connection:
        lines = await connection.fetch(
            "SELECT 1 FROM audit_logs WHERE table_name = 'api_keys' AND operation = 'UPDATE'"
        )
    assert len(lines) == 1


async def test_a_song_sync_is_no_poll(house: House, openkj: OpenKJ) -> None:
    await openkj.sync([("A", "B")])
    assert await stamp(house, COLLECTED) is None


async def test_a_refused_key_stamps_nothing(house: House) -> None:
    async with owner(house) as connection:
        await connection.execute("UPDATE api_keys SET status = 'revoked'")
    await ask(house, "getSerial")
    assert await stamp(house, KEY) is None


def test_a_key_is_due_once_in_ten_seconds() -> None:
    desk, key, other = Desk(), uuid4(), uuid4()
    assert [desk.is_due(key, at_s) for at_s in (0, 9.9, 10, 10.1)] == [True, False, True, False]
    assert desk.is_due(other, 10.1)
    assert STAMP_EVERY_S == 10


async def test_collected_requests_are_seen_and_the_serial_stays(house: House) -> None:
    receipt = await house.ask()
    announced = await serial(house)
    await ask(house, "getRequests", venue_id=VENUE)
    await house.kit.aside.settle()
    _, request = await house.call("GET", f"/v1/public/requests/{receipt['trackingToken']}")
    assert request["seenAt"]
    assert await serial(house) == announced


async def test_who_saw_them_stands_in_the_audit_log(house: House) -> None:
    await house.ask()
    await ask(house, "getRequests", venue_id=VENUE)
    await house.kit.aside.settle()
    async with owner(house) as connection:
        actors = await connection.fetch(
            "SELECT actor FROM audit_logs WHERE table_name = 'requests' AND operation = 'UPDATE'"
        )
        key = await connection.fetchval("SELECT api_keys_id FROM api_keys")
    assert [row["actor"] for row in actors] == [f"key:{key}"]


async def test_without_redis_every_poll_and_action_is_answered(settings: Settings) -> None:
    nowhere = msgspec.structs.replace(settings, redis_url="redis://127.0.0.1:1/0")
    async with opened(nowhere) as house:
        for command in ("getSerial", "getRequests", "setAccepting", "clearDatabase", "addSongs"):
            assert b'"error":false' in await ask(house, command, **GIVEN.get(command, {}))
