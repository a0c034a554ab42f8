"""Polls leave stamps: when OpenKJ last collected, and which requests the KJ has."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

import msgspec

from singr.core.secrets import digest
from singr.core.settings import Settings
from singr.openkj import keys, presence
from singr.openkj.desk import STAMP_EVERY_S, Desk
from tests.house import API_KEY, House, opened
from tests.live import watching
from tests.openkj.asking import GIVEN, ask, owner, serial
from tests.openkj.client import OpenKJ
from tests.openkj.conftest import VENUE

KEY = "SELECT used_at FROM api_key_uses"
LATER = "UPDATE openkj_presence SET collected_at = collected_at - interval"
VERSION = "SELECT version FROM venue_streams"
CONNECTED = "SELECT openkj_connected FROM venue_streams"
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
    assert page["openkjConnected"] is True


async def test_the_next_poll_stamps_nothing(house: House) -> None:
    await ask(house, "getSerial")
    first = await stamp(house, COLLECTED)
    for command in ("getSerial", "getRequests", "getVenues"):
        await ask(house, command, **GIVEN.get(command, {}))
    assert await stamp(house, COLLECTED) == first


async def test_polls_do_not_drown_the_audit_log(house: House) -> None:
    lines = "SELECT count(*) FROM audit_logs"
    before = await house.value(lines)
    key = await keys.find(house.kit.db, digest(API_KEY))
    for _ in range(3):
        await presence.stamp(house.kit, key)
    assert await house.value(lines) == before


async def test_singers_are_told_once_that_the_kjs_computer_came_and_went(house: House) -> None:
    async with watching(house) as screen:
        assert screen.venue["openkjConnected"] is None
        await ask(house, "getSerial")
        await screen.until(lambda s: s.venue["openkjConnected"] is True)
        await house.value(f"{LATER} '99 seconds'")
        await presence.notice_silence(house.kit)
        came = await house.value(VERSION)
        await house.value(f"{LATER} '2 seconds'")
        for _ in range(2):
            await presence.notice_silence(house.kit)
        await screen.until(lambda s: s.venue["openkjConnected"] is False)
        assert await house.value(VERSION) == came + 1
        await presence.stamp(house.kit, await keys.find(house.kit.db, digest(API_KEY)))
        await screen.until(lambda s: s.venue["openkjConnected"] is True)
        assert await house.value(VERSION) == came + 2


async def test_a_computer_that_asks_rarely_is_waited_for(house: House) -> None:
    key = await keys.find(house.kit.db, digest(API_KEY))
    await presence.stamp(house.kit, key)
    await house.value(f"{LATER} '90 seconds'")
    await presence.stamp(house.kit, key)
    await house.value(f"{LATER} '260 seconds'")
    await presence.notice_silence(house.kit)
    assert await house.value(CONNECTED) is True
    await house.value(f"{LATER} '20 seconds'")
    await presence.notice_silence(house.kit)
    assert await house.value(CONNECTED) is False


async def test_last_nights_computer_is_not_missed(house: House) -> None:
    await presence.stamp(house.kit, await keys.find(house.kit.db, digest(API_KEY)))
    for later in ("1 hour", "12 hours"):
        await house.value(f"{LATER} '{later}'")
        await presence.notice_silence(house.kit)
    assert await house.value(CONNECTED) is None


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
