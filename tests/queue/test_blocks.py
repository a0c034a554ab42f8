"""A host keeps somebody from asking for a while, whichever way they ask, and nobody learns who decided so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from singr.infra.sql import QUERIES
from singr.queue import blocks
from tests.databases import WAITING
from tests.house import SONG, VENUE, House
from tests.queue.test_guests import slug

DEADLINE_S = 20
TOLD = "The house takes no requests from you at the moment. Please talk to the host"


async def path(house: House) -> str:
    return f"/v1/customer/venues/{await house.venue_id()}/blocks"


async def block(house: House, **body: Any) -> tuple[int, Any]:
    return await house.call("POST", await path(house), json=body, headers=await house.sign_in())


async def blocked(house: House, **body: Any) -> dict[str, Any]:
    status, made = await block(house, **body)
    assert status == 201, made
    return dict(made)


async def listed(house: House) -> list[str]:
    _, page = await house.call("GET", await path(house), headers=await house.sign_in())
    return [row["singerName"] for row in page["items"]]


async def ask(house: House, **given: Any) -> tuple[int, Any]:
    headers = given.pop("headers", {})
    return await house.call("POST", f"{VENUE}/requests", json=SONG | given, headers=headers)


async def test_a_blocked_phone_asks_in_vain_under_any_name_and_reads_whom_to_talk_to(house: House) -> None:
    receipt = await house.ask(singerName="Ann", title="A")
    made = await blocked(house, requestId=receipt["id"], reason="Threw a glass")
    assert (made["singerName"], made["reason"], made["account"]) == ("Ann", "Threw a glass", None)
    status, problem = await ask(house, singerName="Ben", title="B")
    assert (status, slug(problem), problem["detail"]) == (403, "authorization-denied", TOLD)
    async with house.client.post("/v/test-karaoke-bar", data={"songId": "1", "singerName": "Ben"}) as page:
        assert "Not taken" in await page.text()
    edit = f"/v1/public/requests/{receipt['trackingToken']}"
    assert (await house.call("PATCH", edit, json={"title": "C"}))[0] == 403
    assert (await house.call("DELETE", edit))[0] == 204  # taking back is no asking
    house.client.session.cookie_jar.clear()
    assert (await ask(house, singerName="Ben", title="B"))[0] == 201
    assert await house.value("SELECT count(*) FROM requests") == 2


async def test_the_plain_form_says_so_too(house: House) -> None:
    song_id = await house.value("SELECT songdb_id FROM songdb LIMIT 1")
    receipt = await house.ask()
    await blocked(house, requestId=receipt["id"])
    form = {"songId": str(song_id), "singerName": "Ann"}
    async with house.client.post("/v/test-karaoke-bar", data=form) as page:
        assert page.status == 403
        assert "The house takes no requests from you at the moment. Please talk to the KJ." in await page.text()


async def test_a_blocked_account_asks_in_vain_from_any_phone(house: House) -> None:
    singer = await house.sign_in("singer")
    _, receipt = await ask(house, headers=singer)
    made = await blocked(house, requestId=receipt["id"])
    assert made["account"]
    house.client.session.cookie_jar.clear()
    assert (await ask(house, headers=singer, title="B"))[0] == 403
    own = SONG | {"venue": "test-karaoke-bar", "title": "C"}
    assert (await house.call("POST", "/v1/singer/requests", json=own, headers=singer))[0] == 403
    await house.call("DELETE", f"{await path(house)}/{made['id']}", headers=await house.sign_in())
    await blocked(house, account=made["account"])
    assert (await ask(house, headers=singer, title="B"))[0] == 403


async def test_a_blocked_name_is_one_however_it_is_written(house: House) -> None:
    await blocked(house, singerName="Zoë")
    for name in ("Zoë", "ZOE", " zoë! "):
        assert (await ask(house, singerName=name))[0] == 403, name
    receipt = await house.ask(singerName="Zoë B")
    edit = f"/v1/public/requests/{receipt['trackingToken']}"
    assert (await house.call("PATCH", edit, json={"singerName": "Zoë"}))[0] == 403


async def test_a_phone_is_blocked_by_the_name_that_requests_show_of_it(house: House) -> None:
    await house.ask(singerName="Ann")
    headers = await house.sign_in()
    _, page = await house.call("GET", "/v1/customer/requests", headers=headers)
    made = await blocked(house, device=page["items"][0]["device"], minutes=30)
    assert (made["device"], made["singerName"]) == (page["items"][0]["device"], "Ann")
    left = datetime.fromisoformat(made["until"]) - datetime.now(UTC)
    assert timedelta(minutes=29) < left <= timedelta(minutes=30)
    assert (await ask(house, title="B"))[0] == 403


async def test_openkj_and_hosts_enter_whom_they_like(house: House) -> None:
    await blocked(house, singerName="Ann")
    body: dict[str, Any] = {"venueId": 1001, "singerName": "Ann", "artist": "A", "title": "B"}
    status, entered = await house.call("POST", f"/api/requests/{house.demo.api_key}", json=body)
    assert (status // 100, entered["singer"]) == (2, "Ann")
    body = SONG | {"venueId": await house.venue_id()}
    assert (await house.call("POST", "/v1/customer/requests", json=body, headers=await house.sign_in()))[0] == 201


async def test_a_block_lasts_until_its_end_and_tonight_without_one(house: House) -> None:
    receipt = await house.ask()
    made = await blocked(house, requestId=receipt["id"])
    ends = "SELECT ends_at = night_ends('America/New_York') FROM venue_blocks"
    assert await house.value(ends)
    night = "SELECT extract(hour FROM night_ends('America/New_York') AT TIME ZONE 'America/New_York')"
    assert await house.value(night) == 5
    assert datetime.fromisoformat(made["until"]) > datetime.now(UTC)
    await house.value("UPDATE venue_blocks SET ends_at = now() RETURNING 1")
    assert await listed(house) == []
    assert (await ask(house, title="B"))[0] == 201


async def test_blocking_again_sets_the_new_end(house: House) -> None:
    receipt = await house.ask()
    first = await blocked(house, requestId=receipt["id"])
    until = (datetime.now(UTC) + timedelta(days=7)).replace(microsecond=0)
    again = await blocked(house, requestId=receipt["id"], until=until.isoformat(), reason="Again")
    assert (again["id"], datetime.fromisoformat(again["until"]), again["reason"]) == (first["id"], until, "Again")
    assert await listed(house) == ["Ann"]


async def test_lifting_lets_them_ask_again(house: House) -> None:
    receipt = await house.ask()
    made, headers = await blocked(house, requestId=receipt["id"]), await house.sign_in()
    one = f"{await path(house)}/{made['id']}"
    assert (await house.call("DELETE", one, headers=house.stranger()))[0] == 404
    assert (await house.call("DELETE", one, headers=headers))[0] == 204
    assert (await house.call("DELETE", one, headers=headers))[0] == 404
    assert (await ask(house, title="B"))[0] == 201


async def test_another_organization_neither_blocks_here_nor_sees_who_is(house: House) -> None:
    receipt = await house.ask()
    await blocked(house, requestId=receipt["id"])
    for method, body in (("GET", None), ("POST", {"singerName": "Ann"}), ("POST", {"requestId": receipt["id"]})):
        status, problem = await house.call(method, await path(house), json=body, headers=house.stranger())
        assert (status, slug(problem)) == (404, "not-found")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"requestId": 1, "singerName": "Ann"},
        {"device": "made up"},
        {"singerName": "Ann", "until": "2020-01-01T00:00:00Z"},
        {"singerName": "Ann", "until": "2100-01-01T00:00:00Z", "minutes": 5},
        {"singerName": "Ann", "minutes": 0},
    ],
)
async def test_a_block_of_nobody_or_for_no_time_is_told(body: dict[str, Any], house: House) -> None:
    assert (await block(house, **body))[0] == 422
    assert (await block(house, requestId=999))[0] == 404


async def test_a_block_is_audited_and_moves_nothing_that_others_see(house: House) -> None:
    receipt = await house.ask()
    moved = "SELECT (SELECT version FROM venue_streams) || '/' || (SELECT serial FROM state)"
    before = await house.value(moved)
    made = await blocked(house, requestId=receipt["id"])
    await house.call("DELETE", f"{await path(house)}/{made['id']}", headers=await house.sign_in())
    assert await house.value(moved) == before
    said = "SELECT string_agg(operation || split_part(actor, ':', 1), ' ')"
    log = f"{said} FROM audit_logs WHERE table_name = 'venue_blocks'"
    assert await house.value(log) == "INSERTuser DELETEuser"


async def test_old_blocks_are_forgotten(house: House) -> None:
    for name in ("Ann", "Ben"):
        await blocked(house, singerName=name)
    long_ago = datetime.now(UTC) - timedelta(days=31)
    await house.value("UPDATE venue_blocks SET ends_at = $1 WHERE singer_name = 'Ann' RETURNING 1", long_ago)
    await blocks.forget_old_blocks(house.kit)
    assert await house.value("SELECT string_agg(singer_name, ',') FROM venue_blocks") == "Ben"


@pytest.fixture
async def links(house: House) -> AsyncIterator[list[Any]]:
    found = [await asyncpg.connect(house.kit.settings.database_url, timeout=10) for _ in range(3)]
    yield found
    for link in found:
        await link.close(timeout=10)


@pytest.mark.parametrize(("lock", "taken"), [("FOR UPDATE OF s", 0), ("", 1)])
async def test_once_a_block_is_set_nothing_more_is_taken(lock: str, taken: int, house: House, links: list[Any]) -> None:
    """Somebody asks while the block is being written. The control takes its lock away: then the request slips in."""
    tenant, venue_id = await links[0].fetchrow("SELECT customer_profiles_id, venues_id FROM venues")
    given = {"tenant": tenant, "venue_id": venue_id, "user_id": "", "actor": "user:x"}
    asked = given | {"must_be_open": True, "by_rules": True, "by_blocks": True, "singer_key": "ann", "scope": "s"}
    asked |= {"singer_name": "Ann", "artist": "A", "title": "B", "key_change": 0, "device_id": "phone"}
    asked |= {"fingerprint": "f", "body_hash": "", "allow_duplicate": False}
    add, submit = QUERIES["block_added"], QUERIES["request_submit"]
    writing, asking, looking = links
    async with writing.transaction():
        barred = given | {"device": "phone", "singer_name": "Ann", "most": 9}
        text = add.text.replace("FOR UPDATE OF s", lock)
        assert await writing.fetch(text, *(barred.get(name) for name in add.params))
        late = asyncio.create_task(asking.fetch(submit.text, *(asked.get(name) for name in submit.params)))
        async with asyncio.timeout(DEADLINE_S):
            while not (late.done() or await looking.fetchval(WAITING)):
                await asyncio.sleep(0.01)
    assert len(await late) == taken


async def test_the_statement_that_the_race_changes_has_its_lock_once() -> None:
    assert QUERIES["block_added"].text.count("FOR UPDATE OF s") == 1


async def test_a_venue_has_so_many_blocks_and_no_more(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCKS_MAX", 2)
    for name in ("Ann", "Bo", "Ann"):
        await blocked(house, singerName=name, minutes=5)
    status, problem = await block(house, singerName="Cy")
    assert (status, problem["detail"]) == (409, "at most 2: lift one first")
    await house.value("UPDATE venue_blocks SET ends_at = now() WHERE singer_name = 'Bo' RETURNING 1")
    await blocked(house, singerName="Cy")
