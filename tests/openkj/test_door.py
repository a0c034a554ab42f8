"""OpenKJ's door under odd and hostile calls: whoever comes, the answer keeps the protocol's form and its price."""

from __future__ import annotations

import gzip
import io
import threading
from collections.abc import Callable
from typing import Any

import msgspec
import orjson
import pytest

from singr.core.errors import UpstreamUnavailable
from singr.infra.limits import Rate
from singr.openkj import bodies, commands, desk, jobs, keys, polls, reading
from singr.openkj.reading import LARGE
from singr.songs import generations
from tests.house import API_KEY, House
from tests.openkj import library
from tests.openkj.asking import add_venues, ask, owner, serial, size
from tests.openkj.books import syncs
from tests.openkj.client import Agent, OpenKJ
from tests.openkj.conftest import PATH

SERIAL = b'{"command":"getSerial","api_key":"%b"}' % API_KEY.encode()


@pytest.mark.parametrize("bad", ["\\u0000", "\\ud800"])
@pytest.mark.parametrize(
    ("command", "field"),
    [("search", "venueUrlName"), ("search", "searchString"), ("venueExists", "venueUrlName"),
     ("getAccepting", "venueUrlName"), ("submitRequest", "singerName"), ("submitRequest", "venueUrlName")],
)  # fmt: skip
async def test_a_text_that_cannot_be_stored_is_refused_in_the_protocols_form(
    bad: str, command: str, field: str, house: House
) -> None:
    given = {"songId": 1, "singerName": "Ann"} | {"api_key": API_KEY, "command": command, field: "a?b"}
    body = orjson.dumps(given).replace(b"a?b", f"a{bad}b".encode())
    async with house.client.post(PATH, data=body) as answer:
        said = await answer.json()
    assert (answer.status, said["error"]) == (200, True)
    assert said["errorString"] == f"{field}: has characters that cannot be stored"


async def test_a_compressed_body_is_not_unpacked(house: House) -> None:
    headers = {"Content-Encoding": "gzip"}
    async with house.client.post(PATH, data=gzip.compress(SERIAL), headers=headers) as answer:
        assert (answer.status, (await answer.json())["errorString"]) == (200, "Compressed bodies are not read")


async def test_large_bodies_share_their_room_and_small_ones_need_none(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "TOGETHER_MAX", 2 << 20)
    monkeypatch.setattr(bodies, "WAIT_S", 0.1)
    large = SERIAL + b" " * (3 << 20)
    async with house.client.post(PATH, data=io.BytesIO(large)) as answer:
        assert (await answer.json())["errorString"].startswith("Too much is being sent at once")
    assert await serial(house) == 1
    monkeypatch.setattr(bodies, "TOGETHER_MAX", 4 << 20)
    for _ in range(2):
        async with house.client.post(PATH, data=io.BytesIO(large)) as answer:
            assert (await answer.json())["serial"] == 1


@pytest.mark.parametrize("body", [b'{"a": "%b"}' % (b"x" * LARGE), b"{broken" + b"x" * LARGE], ids=["large", "broken"])
async def test_a_large_or_broken_body_is_read_beside_the_loop(body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    readers = []

    def decode(raw: bytes, read: Callable[[bytes], Any] = msgspec.json.decode) -> Any:
        readers.append(threading.current_thread())
        return read(raw)

    monkeypatch.setattr(msgspec.json, "decode", decode)
    await reading.read(body)
    assert readers
    assert threading.current_thread() not in readers


async def test_made_up_keys_share_the_rate_of_their_address(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    # The good key is unknown here, too, until it was asked for once.
    monkeypatch.setattr(keys, "GUESSES", Rate(4, per_s=3600, by="address", inside=True))
    await serial(house)
    said = [orjson.loads(await ask(house, "getSerial", api_key=f"skj_{n}"))["errorString"] for n in range(5)]
    assert said == ["API key not accepted"] * 3 + ["Too many calls with unknown keys"] * 2
    assert await serial(house) == 1


@pytest.mark.parametrize("path", [PATH, "/requestserver/api.php", "/requestserver/api.php/"])
async def test_an_odd_idempotency_key_is_not_looked_at(path: str, house: House) -> None:
    async with house.client.post(path, data=SERIAL, headers={"Idempotency-Key": "ä " * 200}) as answer:
        assert (answer.status, (await answer.json())["serial"]) == (200, 1)


@pytest.mark.parametrize("number", [0, -1])
async def test_a_system_below_1_is_the_first(number: int, house: House) -> None:
    for command in ("clearDatabase", "addSongs"):
        said = await ask(house, command, system_id=number, songs=[{"artist": "A", "title": "B"}])
        assert b'"error":false' in said
    assert await size(house, 1) == 1
    assert b'"error":false' in await ask(house, "setAccepting", venue_id=1001, accepting=True, system_id=number)
    assert await house.value("SELECT current_system_id FROM venues") == 1


async def test_venues_are_all_listed_or_none(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async with owner(house) as connection:
        await add_venues(connection, 1003, 1002)
    monkeypatch.setattr(polls, "VENUES_MAX", 3)
    assert len(orjson.loads(await ask(house, "getVenues"))["venues"]) == 3
    monkeypatch.setattr(polls, "VENUES_MAX", 2)
    assert "more than 2 venues" in orjson.loads(await ask(house, "getVenues"))["errorString"]
    async with owner(house) as connection:
        await connection.execute("DELETE FROM venues")
    assert orjson.loads(await ask(house, "getVenues"))["error"] is True


async def test_songbookagent_is_not_told_of_songs_only_openkj_leaves_out(
    house: House, agent: Agent, openkj: OpenKJ
) -> None:
    await agent.start()
    await agent.sync(library.of(2500))
    assert (await syncs(house))[0]["songsLost"] == 0
    await openkj.start()
    await openkj.sync(library.of(2500))
    assert (await syncs(house))[0]["songsLost"] == 2


async def test_a_serial_is_owed_to_known_keys_only_and_by_every_process(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any, **__: Any) -> None:
        raise UpstreamUnavailable("the database does not answer")

    assert await serial(house) == 1
    with monkeypatch.context() as patch:
        patch.setattr(polls, "VENUES", away)
        assert b'"error":true' in await ask(house, "getVenues")
        patch.setattr(keys, "FIND", away)
        assert b'"error":true' in await ask(house, "getVenues", api_key="skj_nobody")
    here = desk.of(house.kit)
    assert here.owes(keys.digest(API_KEY))
    assert not here.owes(keys.digest("skj_nobody"))
    tenant = str(await house.value("SELECT customer_profiles_id FROM venues"))
    posted = await house.kit.jobs.saq.job(f"owed:{tenant}")
    assert posted
    assert posted.kwargs == {"tenant": tenant}
    here.settled(keys.digest(API_KEY))
    await jobs.move_owed_serial(house.kit, tenant=tenant)
    assert await serial(house) == 2


async def test_patience_with_a_restarting_database_ends(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: Any) -> None:
        raise UpstreamUnavailable("the database does not answer")

    monkeypatch.setattr(generations, "add_document", away)
    monkeypatch.setattr(commands, "SYNC_PATIENCE_S", 0.1)
    monkeypatch.setattr(commands, "SYNC_PAUSES_S", (9.0,))
    assert b'"error":true' in await ask(house, "addSongs", songs=[])
