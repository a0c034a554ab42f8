"""Song syncs by the client's double: the book singers search is never empty and never half."""

from __future__ import annotations

from typing import Any

import pytest

from singr.core.errors import UpstreamUnavailable
from singr.openkj import commands
from singr.songs import generations
from tests.house import VENUE, House
from tests.openkj import library
from tests.openkj.asking import size
from tests.openkj.books import book, searching, syncs
from tests.openkj.client import OpenKJ

UNICODE = [
    ("José González", "Crosses"),
    ("山田", "津軽海峡・冬景色"),
    ("🎤 The Emojis", "🎉 and 🎊"),
    ('"Weird Al" Yankovic', "It's Still <b>Billy Joel</b> to Me"),
    ("Beyonce\u0301", "Halo (NFD)"),
    ("", "Happy Birthday"),
    ("  Padded ", "Title\twith\ttabs "),
]


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


async def test_documents_that_come_twice_double_nothing(house: House, openkj: OpenKJ) -> None:
    songs = library.of(2500)
    await openkj.send("clearDatabase", {"system_id": 1})
    await openkj.send("clearDatabase", {"system_id": 1})
    for document in openkj.documents(songs):
        for _ in range(2):
            await openkj.send("addSongs", {"songs": document, "system_id": 1})
    assert set(await book(house)) == set(library.sent_by_openkj(songs))
    (sync, *_) = await syncs(house)
    assert (sync["documents"], sync["songsReceived"], sync["songsLost"]) == (3, 2498, 2)


async def test_no_document_is_lost_while_the_database_restarts(
    house: House, openkj: OpenKJ, monkeypatch: pytest.MonkeyPatch
) -> None:
    songs, tries = library.of(2500), 0
    add = generations.add_document

    async def shaky(*given: Any) -> Any:
        nonlocal tries
        tries += 1
        if tries % 3:
            raise UpstreamUnavailable("the database does not answer")
        return await add(*given)

    monkeypatch.setattr(commands, "SYNC_PAUSES_S", (0.0,) * 5)
    monkeypatch.setattr(generations, "add_document", shaky)
    await openkj.sync(songs)
    assert tries == 9
    assert set(await book(house)) == set(library.sent_by_openkj(songs))


async def test_songs_without_a_clear_join_the_book(house: House, openkj: OpenKJ) -> None:
    before = await size(house, 1)
    for _ in range(2):
        await openkj.send("addSongs", {"songs": [{"artist": "New", "title": "Song"}], "system_id": 1})
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
