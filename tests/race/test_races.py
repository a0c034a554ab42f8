"""Two who act at one moment: one wins, the other is told clearly. A control takes away what decides the race: then it
ends otherwise."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from singr.infra.sql import QUERIES
from singr.venues import forms
from singr.venues.shapes import NewVenue
from tests.databases import WAITING
from tests.house import House
from tests.queue.test_guests import slug

DEADLINE_S = 20


def run(link: Any, name: str, text: str | None = None, **given: Any) -> Any:
    """The statement `name` (or a changed text of it) with these parameters, NULL for all others."""
    query = QUERIES[name]
    given = {"user_id": "", "actor": "test", **given}
    return link.fetch(text or query.text, *(given.get(param) for param in query.params))


async def waits(looking: Any, late: asyncio.Task[Any]) -> None:
    """Until somebody waits for a lock, or `late` is through without."""
    async with asyncio.timeout(DEADLINE_S):
        while not (late.done() or await looking.fetchval(WAITING)):
            await asyncio.sleep(0.01)


async def poll(house: House) -> dict[str, Any]:
    body = {"api_key": house.demo.api_key, "command": "getSerial"}
    return dict((await house.call("POST", "/api.php", json=body))[1])


async def demo(link: Any) -> dict[str, Any]:
    tenant, venue_id = await link.fetchrow("SELECT customer_profiles_id, venues_id FROM venues")
    return {"tenant": tenant, "venue_id": venue_id}


ASKED = {
    "must_be_open": True,
    "by_rules": True,
    "by_blocks": True,
    "singer_key": "ann",
    "scope": "s",
    "body_hash": "",
    "singer_name": "Ann",
    "artist": "A",
    "title": "B",
    "key_change": 0,
    "device_id": "phone",
    "fingerprint": "f",
    "allow_duplicate": False,
}
LOOKS_AGAIN = "AND r.requests_id IN (SELECT requests_id FROM target) AND r.status = 'pending'"


@pytest.mark.parametrize(("again", "winners"), [(LOOKS_AGAIN, 1), (LOOKS_AGAIN.rpartition(" AND")[0], 2)])
async def test_of_two_hosts_who_decide_about_a_request_one_wins(
    again: str, winners: int, house: House, links: list[Any]
) -> None:
    receipt = await house.ask()
    first, second, looking = links
    given = {"tenant": (await demo(first))["tenant"], "ids": [receipt["id"]], "via": "console"}
    text = QUERIES["requests_settle"].text.replace(LOOKS_AGAIN, again)
    async with first.transaction():
        won = await run(first, "requests_settle", text, **given, status="processed")
        late = asyncio.create_task(run(second, "requests_settle", text, **given, status="rejected"))
        await waits(looking, late)
    assert len(won) + len(await late) == winners


async def test_the_host_who_comes_second_reads_what_the_first_decided(house: House) -> None:
    receipt, headers = await house.ask(), await house.sign_in()
    path = f"/v1/customer/requests/{receipt['id']}"
    decisions = [house.call("PATCH", path, json={"status": s}, headers=headers) for s in ("processed", "rejected")]
    answers = await asyncio.gather(*decisions)
    (won,) = [body for status, body in answers if status == 200]
    (lost,) = [body for status, body in answers if status == 409]
    assert (slug(lost), lost["detail"]) == ("conflict", f"it is {won['status']}")
    assert await house.value("SELECT version FROM venue_streams") == 2


READ_AGAIN = "FOR SHARE OF v"


@pytest.mark.parametrize(("lock", "taken"), [(READ_AGAIN, 0), ("", 1)])
async def test_once_a_venue_is_closed_nothing_more_is_taken(
    lock: str, taken: int, house: House, links: list[Any]
) -> None:
    """Somebody asks while the venue is being closed."""
    closing, asking, looking = links
    where = await demo(looking)
    text = QUERIES["request_submit"].text.replace(READ_AGAIN, lock)
    async with closing.transaction():
        assert await run(closing, "venue_changed", **where, given='{"accepting_requests": false}')
        late = asyncio.create_task(run(asking, "request_submit", text, **where, **ASKED))
        await waits(looking, late)
    assert len(await late) == taken


STAYS = "FOR KEY SHARE"
NUMBERS = "SELECT array_agg(openkj_system_id ORDER BY openkj_system_id) FROM systems"
VENUE_B = msgspec.json.encode(forms.columns(NewVenue("B", current_system_id=2))).decode()
IMPORT = {"mode": "merge", "on_error": "fail", "dry_run": False, "format": "csv", "encoding": "", "most": 5}
COMES: dict[str, dict[str, Any]] = {
    "venue_changed": {"given": '{"current_system_id": 2}'},
    "venue_added": {"given": VENUE_B, "url_names": ["b"]},
    "import_opened": IMPORT,
    "book_held": {},
}
HANGS_ON_IT = """
SELECT (SELECT count(*) FROM venues WHERE current_system_id = 2) + (SELECT count(*) FROM song_imports)
"""


async def system_two(house: House, looking: Any) -> dict[str, Any]:
    headers = await house.sign_in()
    assert (await house.call("POST", "/v1/customer/systems", json={"name": "Two"}, headers=headers))[0] == 201
    return await demo(looking) | {"system": 2, "number": 2}


@pytest.mark.parametrize("name", COMES)
@pytest.mark.parametrize("lock", [STAYS, ""])
async def test_a_system_that_somebody_takes_up_is_not_removed_under_them(
    name: str, lock: str, house: House, links: list[Any]
) -> None:
    """A venue that sings from it holds it. An import and a sync go with it, once they are seen."""
    taking, _, looking = links
    where, headers = await system_two(house, looking), await house.sign_in()
    text = without(name, STAYS) if not lock else None
    async with taking.transaction():
        assert await run(taking, name, text, **where, **COMES[name])
        late = asyncio.create_task(house.call("DELETE", "/v1/customer/systems/2?confirm", headers=headers))
        await waits(looking, late)
        assert late.done() is (lock == "")
    status, _ = await late
    assert status == (409 if lock and name.startswith("venue") else 204)
    assert await house.value(NUMBERS) == ([1, 2] if status == 409 else [1])
    dangling = status == 204 and await house.value(HANGS_ON_IT)
    assert bool(dangling) is (lock == "" and name != "book_held")


@pytest.mark.parametrize("name", COMES)
async def test_a_system_that_is_being_removed_is_taken_up_by_nobody(name: str, house: House, links: list[Any]) -> None:
    removing, taking, looking = links
    where = await system_two(house, looking)
    async with removing.transaction():
        for statement in ("system_locked", "system_removed"):
            assert await run(removing, statement, **where)
        late = asyncio.create_task(run(taking, name, **where, **COMES[name]))
        await waits(looking, late)
    assert not await late


def without(name: str, part: str) -> str:
    """A statement without the line that begins with this."""
    return "\n".join(line for line in QUERIES[name].text.splitlines() if not line.strip().startswith(part))


STANDS = "CASE WHEN k.status = 'active' AND k.expires_at <= now() THEN 'expired' ELSE k.status::text END"


@pytest.mark.parametrize(("reads", "status"), [(STANDS, "revoked"), ("'active'", "active")])
async def test_a_poll_reads_how_its_key_stands_with_what_it_asks_for(
    reads: str, status: str, house: House, links: list[Any]
) -> None:
    """While a key is being revoked it polls on; from the commit on it is refused, in words."""
    revoking, polling, looking = links
    key_id, digest = await looking.fetchrow("SELECT api_keys_id, api_key_hash FROM api_keys")
    text = QUERIES["openkj_key"].text.replace(STANDS, reads)
    async with revoking.transaction():
        assert await run(revoking, "api_key_revoked", tenant=(await demo(looking))["tenant"], key_id=key_id)
        assert [row[3] for row in await run(polling, "openkj_key", text, api_key_hashes=[digest])] == ["active"]
        assert not (await poll(house))["error"]
    assert [row[3] for row in await run(polling, "openkj_key", text, api_key_hashes=[digest])] == [status]
    answer = await poll(house)
    assert answer["error"]
    assert "revoked" in answer["errorString"]


@pytest.mark.parametrize(
    ("name", "part"),
    [
        *(("requests_settle", LOOKS_AGAIN), ("request_submit", READ_AGAIN), ("openkj_key", STANDS)),
        *((name, STAYS) for name in COMES),
    ],
)
def test_what_a_control_takes_away_is_there(name: str, part: str) -> None:
    assert QUERIES[name].text.count(part) == 1
