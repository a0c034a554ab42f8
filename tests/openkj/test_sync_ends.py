"""How a sync ends, which no client tells: with a document that is not full, in silence, half-way, or by the host."""

from __future__ import annotations

import pytest

from singr.songs import jobs
from tests.house import House
from tests.openkj import library
from tests.openkj.asking import owner, size
from tests.openkj.books import book, quiet, syncs
from tests.openkj.client import Agent, OpenKJ


async def test_a_cancelled_sync_is_held_and_the_book_stays(house: House, openkj: OpenKJ) -> None:
    await openkj.sync(library.of(5000))
    await openkj.sync(library.of(5000), cancel_after=2)
    await quiet(house)
    assert await size(house, 1) == 4996
    (sync, *_) = await syncs(house)
    assert (sync["status"], sync["songs"], sync["songsBefore"]) == ("held", 2000, 4996)
    await openkj.ask("getAlert")
    assert "2,000 of an earlier 4,996 songs of system 1 arrived" in openkj.modals[-1][1]
    await quiet(house)
    assert [sync["status"] for sync in await syncs(house)] == ["held", "published"]


@pytest.mark.parametrize(
    ("decision", "status", "songs"), [("publish", "published", 2000), ("discard", "discarded", 4996)]
)
async def test_the_host_decides_about_a_held_sync(
    decision: str, status: str, songs: int, house: House, openkj: OpenKJ
) -> None:
    await openkj.sync(library.of(5000))
    await openkj.sync(library.of(5000), cancel_after=2)
    await quiet(house)
    held = (await syncs(house))[0]["id"]
    headers = await house.sign_in()
    for _ in range(2):
        code, sync = await house.call("POST", f"/v1/customer/song-syncs/{held}/{decision}", headers=headers)
        assert (code, sync["status"]) == (200, status)
    assert await size(house, 1) == songs
    other = {"publish": "discard", "discard": "publish"}[decision]
    code, _ = await house.call("POST", f"/v1/customer/song-syncs/{held}/{other}", headers=headers)
    assert code == 409


async def test_a_held_sync_goes_on_when_the_next_document_comes(house: House, openkj: OpenKJ) -> None:
    songs = library.of(4000)
    await openkj.sync(songs)
    await openkj.sync(songs, cancel_after=2)
    await quiet(house)
    for document in list(openkj.documents(songs))[2:]:
        await openkj.send("addSongs", {"songs": document, "system_id": 1})
    assert set(await book(house)) == set(library.sent_by_openkj(songs))
    assert (await syncs(house))[0]["status"] == "published"


async def test_a_new_sync_takes_the_place_of_a_held_one(house: House, openkj: OpenKJ) -> None:
    await openkj.sync(library.of(5000))
    await openkj.sync(library.of(5000), cancel_after=1)
    await quiet(house)
    await openkj.sync(library.of(900))
    assert await size(house, 1) == 900
    assert [sync["status"] for sync in await syncs(house)] == ["published", "discarded", "published"]
    async with owner(house) as connection:
        assert await connection.fetchval("SELECT count(*) FROM song_generation_songs") == 0


async def test_a_smaller_but_finished_sync_is_published_and_told(house: House, openkj: OpenKJ) -> None:
    await openkj.sync(library.of(900))
    await openkj.sync(library.of(300))
    assert await size(house, 1) == 300
    await openkj.ask("getAlert")
    assert "System 1 had 900 songs, and 300 after this sync." in openkj.modals[-1][1]


async def test_agents_sync_that_ends_on_a_full_document_is_published_when_quiet(house: House, agent: Agent) -> None:
    await agent.sync(library.of(2000))
    before = await size(house, 1)
    assert before < 2000
    await quiet(house)
    assert await size(house, 1) == 2000


async def test_a_clear_with_nothing_after_it_empties_the_book_after_the_quiet_period(
    house: House, openkj: OpenKJ
) -> None:
    await openkj.sync(library.of(10))
    await openkj.sync(library.of(10), cancel_after=0)
    assert await size(house, 1) == 10
    await jobs.publish_quiet_generations(house.kit)
    assert await size(house, 1) == 10
    await quiet(house)
    assert await size(house, 1) == 0


async def test_an_empty_library_empties_the_book_at_once(house: House, openkj: OpenKJ) -> None:
    await openkj.sync([])
    assert await size(house, 1) == 0


async def test_another_tenants_syncs_are_not_found(house: House, openkj: OpenKJ) -> None:
    await openkj.sync(library.of(3), cancel_after=0)
    mine = (await syncs(house))[0]["id"]
    async with owner(house) as connection:
        user = await connection.fetchval("INSERT INTO users (email) VALUES ('o@example.com') RETURNING users_id")
        stranger = await connection.fetchval(
            "INSERT INTO customer_profiles (users_id) VALUES ($1) RETURNING customer_profiles_id", user
        )
        await connection.execute("UPDATE song_generations SET customer_profiles_id = $1", stranger)
    for decision in ("publish", "discard"):
        path = f"/v1/customer/song-syncs/{mine}/{decision}"
        status, _ = await house.call("POST", path, headers=await house.sign_in())
        assert status == 404
