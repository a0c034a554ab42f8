"""Song syncs by the client's double: the book singers search is never empty and never half."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from singr.songs import book as songbook
from singr.songs import jobs
from tests.house import VENUE, House
from tests.openkj import library
from tests.openkj.asking import owner, size
from tests.openkj.client import Agent, OpenKJ

UNICODE = [
    ("José González", "Crosses"),
    ("山田", "津軽海峡・冬景色"),
    ("🎤 The Emojis", "🎉 and 🎊"),
    ('"Weird Al" Yankovic', "It's Still <b>Billy Joel</b> to Me"),
    ("Beyonce\u0301", "Halo (NFD)"),
    ("", "Happy Birthday"),
    ("  Padded ", "Title\twith\ttabs "),
]


@asynccontextmanager
async def searching(house: House) -> AsyncIterator[list[int]]:
    """Somebody searches all the while; how many songs each search found (of at most 20)."""
    found: list[int] = []
    ended = asyncio.Event()

    async def search() -> None:
        (where,) = await house.kit.db.fetch("SELECT customer_profiles_id FROM venues", [])
        while not ended.is_set():
            found.append(len((await songbook.search(house.kit.db, where[0], 1, "song", 20)).items))

    async with asyncio.TaskGroup() as group:
        group.create_task(search())
        try:
            yield found
        finally:
            ended.set()


async def syncs(house: House) -> list[dict[str, Any]]:
    _, page = await house.call("GET", "/v1/customer/systems/1/syncs", headers=await house.sign_in())
    return list(page["items"])


async def quiet(house: House) -> None:
    """As if 20 s had passed."""
    await jobs.publish_quiet_generations(house.kit, quiet_s=0)


async def book(house: House) -> dict[tuple[str, str], int]:
    """All songs of system 1 with their ids."""
    async with owner(house) as connection:
        rows = await connection.fetch("SELECT artist, title, songdb_id FROM songdb WHERE openkj_system_id = 1")
    return {(row["artist"], row["title"]): row["songdb_id"] for row in rows}


async def test_5000_songs_arrive_but_for_openkjs_own_losses(house: House, openkj: OpenKJ) -> None:
    songs = library.of(5000)
    await openkj.sync(library.of(4000, tag="old "))
    async with searching(house) as found:
        await openkj.sync(songs)
    assert found
    assert set(found) == {20}
    assert set(await book(house)) == set(library.sent_by_openkj(songs))
    assert await size(house, 1) == 4996
    (sync, *_) = await syncs(house)
    assert (sync["status"], sync["songs"], sync["documents"], sync["songsReceived"]) == ("published", 4996, 5, 4996)
    assert (sync["songsBefore"], sync["songsLost"], sync["songsSkipped"]) == (3997, 4, 0)


async def test_songs_that_stay_keep_their_ids(house: House, openkj: OpenKJ) -> None:
    songs = library.of(1500)
    await openkj.sync(songs)
    before = await book(house)
    await openkj.sync([*songs[100:], *library.of(50, tag="new ")])
    after = await book(house)
    kept = before.keys() & after.keys()
    assert len(kept) > 1300
    assert {song: after[song] for song in kept} == {song: before[song] for song in kept}


async def test_names_are_kept_to_the_letter(house: House, openkj: OpenKJ) -> None:
    await openkj.sync(UNICODE)
    assert set(await book(house)) == set(UNICODE)


async def test_a_new_spelling_replaces_the_old_one_under_the_same_id(house: House, openkj: OpenKJ) -> None:
    await openkj.sync([("QUEEN", "innuendo")])
    (number,) = (await book(house)).values()
    await openkj.sync([("Queen", "Innuendo")])
    assert await book(house) == {("Queen", "Innuendo"): number}


async def test_lost_rows_are_told_to_the_kj(house: House, openkj: OpenKJ) -> None:
    await openkj.sync(library.of(3100))
    await openkj.start()
    ((title, message),) = openkj.modals
    assert title == "OpenKJ left out songs"
    assert "3 of your songs did not reach system 1" in message


@pytest.mark.parametrize(("songs", "lost"), [(1000, 0), (1001, 0), (2002, 1), (2500, 2)])
async def test_no_more_rows_are_called_lost_than_surely_were(
    songs: int, lost: int, house: House, openkj: OpenKJ
) -> None:
    await openkj.sync(library.of(songs))
    assert (await syncs(house))[0]["songsLost"] == lost


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
        await openkj._send("addSongs", {"songs": document, "system_id": 1})
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


async def test_documents_that_come_twice_double_nothing(house: House, openkj: OpenKJ) -> None:
    songs = library.of(2500)
    await openkj._send("clearDatabase", {"system_id": 1})
    await openkj._send("clearDatabase", {"system_id": 1})
    for document in openkj.documents(songs):
        for _ in range(2):
            await openkj._send("addSongs", {"songs": document, "system_id": 1})
    assert set(await book(house)) == set(library.sent_by_openkj(songs))
    (sync, *_) = await syncs(house)
    assert (sync["documents"], sync["songsReceived"], sync["songsLost"]) == (3, 2498, 2)


async def test_songs_without_a_clear_join_the_book(house: House, openkj: OpenKJ) -> None:
    before = await size(house, 1)
    for _ in range(2):
        await openkj._send("addSongs", {"songs": [{"artist": "New", "title": "Song"}], "system_id": 1})
    assert await size(house, 1) == before + 1


async def test_requests_survive_a_sync(house: House, openkj: OpenKJ) -> None:
    await house.ask()
    await openkj.sync([])
    await openkj.tick()
    assert [row.singer for row in openkj.rows] == ["Ann"]


async def test_systems_have_books_of_their_own_and_a_venue_sings_from_one(house: House, openkj: OpenKJ) -> None:
    openkj.system_id = 3
    await openkj.sync([("Only", "On Three")])
    found = {"params": {"q": "only on three"}}
    assert (await house.call("GET", f"{VENUE}/songs", **found))[1]["items"] == []
    openkj.system_id = 3
    await openkj.click_accepting(True)
    (song,) = (await house.call("GET", f"{VENUE}/songs", **found))[1]["items"]
    assert (song["title"], song["systemId"]) == ("On Three", 3)


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
