"""The traps of openkj.md, part B, section 7, from 12 on: bodies, limits, alerts, keys and names."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest

from singr.alerts.board import raise_alert
from singr.core.actor import SYSTEM
from singr.http.call import Call
from singr.infra.limits import Rate
from singr.openkj import commands, keys
from singr.openkj.commands import COMMANDS
from tests.house import API_KEY, House
from tests.house import VENUE as VENUE_PATH
from tests.openkj.asking import GIVEN, ask, owner, serial, size
from tests.openkj.client import Agent, OpenKJ
from tests.openkj.conftest import VENUE


async def test_12_a_repeated_accepting_sets_the_same(house: House, openkj: OpenKJ) -> None:
    await openkj.start()
    for _ in range(2):
        await openkj.click_accepting(False)
        assert (openkj.box, openkj.venues[0].accepting) == (False, False)


async def test_13_odd_songs_do_not_spoil_their_document(house: House) -> None:
    odd: list[Any] = [7, None, [], {}, {"artist": "", "title": " \t"}, {"artist": 1, "title": "x"}]
    long = [{"artist": "x" * 256, "title": "Long"}, {"artist": "Much", "title": "y" * 100_000}]
    good = [
        {"artist": "", "title": "Only a title"},
        {"artist": "Only an artist"},
        {"artist": "Padded  ", "title": "\tTabs\nand\u0000controls\u0007"},
        {"artist": '"Quotes" & <b>HTML</b>', "title": "🎤 山田 José"},
        {"artist": "ﷺ" * 250, "title": "grows eighteenfold"},
    ]
    answer = orjson.loads(await ask(house, "addSongs", system_id=2, songs=odd + good + long))
    assert (answer["error"], answer["entries processed"], len(answer["errors"])) == (False, 13, 8)
    assert await size(house, 2) == len(good)


async def test_13_a_document_of_megabytes_is_taken(house: House) -> None:
    songs = [{"artist": f"Artist {n}", "title": f"{n} " + "ü" * 240} for n in range(10_000)]
    answer = orjson.loads(await ask(house, "addSongs", system_id=2, songs=songs))
    assert (answer["error"], await size(house, 2)) == (False, 10_000)


async def test_14_a_burst_of_documents_is_not_refused_and_leaves_no_connection(house: House, openkj: OpenKJ) -> None:
    for _ in range(40):
        await openkj.send("addSongs", {"songs": [], "system_id": 1})
    assert all(orjson.loads(answer.body)["error"] is False for answer in openkj.synced)
    assert all(answer.closes for answer in openkj.synced)


async def test_14_over_the_burst_is_an_error_and_no_429(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (keys.BURST.hits, keys.BURST.per_s) == (60, 1)
    monkeypatch.setattr(keys, "BURST", Rate(60, per_s=3600, by="key", inside=True))
    answers = [orjson.loads(await ask(house, "getSerial")) for _ in range(61)]
    assert [answer["error"] for answer in answers] == [False] * 60 + [True]
    assert answers[-1]["errorString"] == "Too many calls: at most 60 a second"
    assert b'"error":false' in await ask(house, "addSongs", songs=[])


async def test_14_over_the_limit_is_an_error_and_no_429(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "BURST", Rate(10_000, per_s=1, by="key", inside=True))
    answers = [orjson.loads(await ask(house, "getSerial")) for _ in range(640)]
    assert [answer["error"] for answer in answers[:600]] == [False] * 600
    refused = [answer for answer in answers if answer["error"]]
    assert refused
    assert refused[0]["errorString"] == "Too many calls: at most 600 a minute"
    assert b'"error":false' in await ask(house, "addSongs", songs=[])


async def test_14_a_long_sync_does_not_stop_the_polls(house: House) -> None:
    unread = b'{"command":"addSongs","api_key":"%b"}' % API_KEY.encode()
    for _ in range(600):
        body, _ = await commands.answer(Call(SYSTEM, house.kit), unread)
        assert b"songs" in body
    assert await serial(house) == 1


async def test_16_six_polls_at_once_are_all_answered(house: House, openkj: OpenKJ) -> None:
    await asyncio.gather(*(openkj.ask("getSerial") for _ in range(6)))
    assert (openkj.log, openkj.serial) == ([], 1)


async def test_16_a_hanging_database_blocks_no_poll_for_good(house: House) -> None:
    async with owner(house) as connection:
        async with connection.transaction():
            await connection.execute("LOCK TABLE api_keys, venues, requests IN ACCESS EXCLUSIVE MODE")
            polls = ("getSerial", "getRequests", "getSerial", "getVenues", "getSerial", "deleteRequest")
            answers = await asyncio.gather(*(ask(house, poll, **GIVEN.get(poll, {})) for poll in polls))
        told = [(orjson.loads(a)["error"], bool(orjson.loads(a)["errorString"])) for a in answers]
        assert told == [(True, True)] * 6
        assert b'"error":false' in await ask(house, "getSerial")


async def test_17_an_alert_is_shown_again_while_its_window_lasts_and_then_no_more(house: House) -> None:
    async with house.kit.db.transaction(SYSTEM) as tx:
        tenant = (await tx.fetch("SELECT customer_profiles_id FROM venues", []))[0][0]
        for _ in range(2):
            await raise_alert(tx, tenant, "test", "Hello <b>KJ</b>", "Your   <i>key</i>")
    for _ in range(2):
        answer = orjson.loads(await ask(house, "getAlert", app="standalone"))
        assert answer == {
            "command": "getAlert",
            "error": False,
            "alert": True,
            "title": "Hello ‹b›KJ‹/b›",
            "message": "Your   ‹i›key‹/i›",
        }
    async with owner(house) as connection:
        assert await connection.fetchval("SELECT count(*) FROM openkj_alerts") == 1
        assert await connection.fetchval(
            "SELECT expires_at - created_at BETWEEN '10 min' AND '11 min' FROM openkj_alerts"
        )
        await connection.execute("UPDATE openkj_alerts SET expires_at = now()")
    assert orjson.loads(await ask(house, "getAlert"))["alert"] is False


async def test_17_several_alerts_share_one_box(house: House, openkj: OpenKJ) -> None:
    async with house.kit.db.transaction(SYSTEM) as tx:
        tenant = (await tx.fetch("SELECT customer_profiles_id FROM venues", []))[0][0]
        for kind, words in (("a", "first"), ("b", "second"), ("a", "newer")):
            await raise_alert(tx, tenant, kind, kind.upper(), words)
    await openkj.start()
    assert openkj.modals == [("Singr", "B: second\n\nA: newer")]


async def test_18_the_system_count_is_never_below_a_number_in_use(house: House, openkj: OpenKJ) -> None:
    openkj.system_id = 4
    await openkj.sync([("A", "B")])
    await openkj.ask("getEntitledSystemCount")
    assert (openkj.system_ids_max, openkj.system_id) == (4, 4)
    assert b'"error":true' in await ask(house, "clearDatabase", system_id=1000)
    assert orjson.loads(await ask(house, "getEntitledSystemCount"))["count"] == 4


async def test_19_no_version_is_offered(agent: Agent) -> None:
    await agent.start()
    assert (agent.modals, agent.log) == ([], ["no venue 0 for this API key"])


async def test_20_no_header_is_needed(house: House) -> None:
    body = b'{"command":"getSerial","api_key":"%b"}' % API_KEY.encode()
    skip = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")
    async with house.client.post("/", data=body, skip_auto_headers=skip) as answer:
        assert (answer.status, (await answer.json())["serial"]) == (200, 1)
        assert "Content-Encoding" not in answer.headers
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("header", ["Basic eDp5", "Bearer nonsense", "Negotiate"])
async def test_20_credentials_of_another_kind_are_not_looked_at(header: str, house: House) -> None:
    body = b'{"command":"getSerial","api_key":"%b"}' % API_KEY.encode()
    async with house.client.post("/api.php", data=body, headers={"Authorization": header}) as answer:
        assert (answer.status, (await answer.json())["serial"]) == (200, 1)


@pytest.mark.parametrize("api_key", [None, "", " ", 7, "skj_unknown", "ключ", "x" * 10_000, API_KEY + "x"])
async def test_21_a_key_that_is_none_is_refused_in_the_protocols_form(api_key: Any, house: House) -> None:
    for command in COMMANDS:
        answer = orjson.loads(await ask(house, command, api_key=api_key, **GIVEN.get(command, {})))
        assert answer == {"command": command, "error": True, "errorString": "API key not accepted"}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("status = 'revoked'", "This API key was revoked. Make a new one in the Singr console."),
        ("status = 'expired'", "This API key has expired. Make a new one in the Singr console."),
        ("expires_at = now()", "This API key has expired. Make a new one in the Singr console."),
        ("status = 'suspended'", "This API key is suspended. Ask in the Singr console why."),
    ],
)
async def test_21_a_key_that_was_one_is_refused_at_once(change: str, why: str, house: House) -> None:
    assert await serial(house) == 1
    async with owner(house) as connection:
        await connection.execute(f"UPDATE api_keys SET {change}")  # noqa: S608 - the cases above
    for command in ("getSerial", "getRequests", "setAccepting"):
        answer = orjson.loads(await ask(house, command, **GIVEN.get(command, {})))
        assert (answer["error"], answer["errorString"]) == (True, why)


async def test_23_markup_in_a_name_is_harmless_and_the_rest_verbatim(house: House, openkj: OpenKJ) -> None:
    await house.ask(singerName="<b>Ann</b> & Bob <3\x07", artist="José 山田", title='"x" \U0001f3a4')
    await openkj.tick()
    (row,) = openkj.rows
    assert (row.singer, row.artist, row.title) == ("‹b›Ann‹/b› & Bob <3", "José 山田", '"x" \U0001f3a4')


async def test_two_tenants_see_nothing_of_each_other(house: House) -> None:
    async with owner(house) as connection:
        user = await connection.fetchval("INSERT INTO users (email) VALUES ('other@example.com') RETURNING users_id")
        tenant = await connection.fetchval(
            "INSERT INTO customer_profiles (users_id) VALUES ($1) RETURNING customer_profiles_id", user
        )
        await connection.execute(
            "INSERT INTO api_keys (customer_profiles_id, api_key_hash)"
            " VALUES ($1, encode(sha256('other'::bytea), 'hex'))",
            tenant,
        )
    number = (await house.ask())["requestNumber"]
    others = {"api_key": "other"}
    for command in ("getVenues", "getRequests", "clearRequests", "setAccepting"):
        assert b'"error":true' in await ask(house, command, **others, **GIVEN.get(command, {}))
    await ask(house, "deleteRequest", **others, venue_id=VENUE, request_id=number)
    await ask(house, "deleteRequest", **others, request_id=number)
    status, page = await house.call("GET", VENUE_PATH)
    assert (status, page["stats"]["waiting"]) == (200, 1)
