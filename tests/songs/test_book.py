"""Searching a book: beginnings of words in any order, whatever their case, accents and punctuation."""

from __future__ import annotations

from uuid import UUID

import pytest

from singr.core.actor import SYSTEM
from singr.core.errors import ValidationFailed
from singr.core.paging import cursor
from singr.http.call import Call
from singr.songs import book, generations
from tests.house import VENUE, House

SONGS = [
    ("Queen", "Bohemian Rhapsody"),
    ("Queen", "Don't Stop Me Now"),
    ("Panic! at the Disco", "Bohemian Rhapsody"),
    ("Beyoncé", "Halo"),
    ("AC/DC", "T.N.T."),
    ("Björk", "Hyperballad"),
    ("Salt-N-Pepa", "Push It 100%"),
    ("The_Underscores", "Under"),
    ("山田", "津軽海峡"),
    ("Queensrÿche", "Silent Lucidity"),
    ("", "Halo of Flies"),
]


@pytest.fixture
async def tenant(house: House) -> UUID:
    """The demo's tenant, whose system 2 has SONGS."""
    ((tenant,),) = await house.kit.db.fetch("SELECT customer_profiles_id FROM venues", [])
    await house.value("INSERT INTO systems (customer_profiles_id, openkj_system_id, name) VALUES ($1, 2, 'B')", tenant)
    songs = [{"artist": artist, "title": title} for artist, title in SONGS]
    await generations.add_document(Call(SYSTEM, house.kit), tenant, 2, songs)
    return UUID(str(tenant))


async def found(house: House, tenant: UUID, text: str, artist: str | None = None) -> list[str]:
    page = await book.search(house.kit.db, tenant, 2, text, 100, artist=artist)
    return [song.combined for song in page.items]


@pytest.mark.parametrize(
    ("text", "songs"),
    [
        ("bohemian queen", ["Queen - Bohemian Rhapsody"]),
        ("BOH", ["Panic! at the Disco - Bohemian Rhapsody", "Queen - Bohemian Rhapsody"]),
        ("dont stop", ["Queen - Don't Stop Me Now"]),
        ("don’t stop", ["Queen - Don't Stop Me Now"]),
        ("beyonce", ["Beyoncé - Halo"]),
        ("BEYONCÉ", ["Beyoncé - Halo"]),
        ("bjo", ["Björk - Hyperballad"]),
        ("ac dc", ["AC/DC - T.N.T."]),
        ("tnt", ["AC/DC - T.N.T."]),
        ("acdc", ["AC/DC - T.N.T."]),
        ("t.n.t", ["AC/DC - T.N.T."]),
        ("山", ["山田 - 津軽海峡"]),
        ("海峡", ["山田 - 津軽海峡"]),
        ("津軽 山田", ["山田 - 津軽海峡"]),
        ("100%", ["Salt-N-Pepa - Push It 100%"]),
        ("%", []),
        ("_", []),
        ("ohemian", ["Panic! at the Disco - Bohemian Rhapsody", "Queen - Bohemian Rhapsody"]),
        ("nothing like it", []),
    ],
)
async def test_words_are_found_by_their_beginnings(text: str, songs: list[str], house: House, tenant: UUID) -> None:
    assert sorted(await found(house, tenant, text)) == songs


async def test_the_first_letter_already_finds(house: House, tenant: UUID) -> None:
    assert await found(house, tenant, "q") == [
        "Queen - Bohemian Rhapsody",
        "Queen - Don't Stop Me Now",
        "Queensrÿche - Silent Lucidity",
    ]


async def test_what_begins_with_the_text_comes_first(house: House, tenant: UUID) -> None:
    await generations.add_document(Call(SYSTEM, house.kit), tenant, 2, [{"artist": "A Halo", "title": "Song"}])
    assert await found(house, tenant, "halo") == ["Beyoncé - Halo", "A Halo - Song", "Halo of Flies"]


async def test_without_a_text_the_book_is_listed_by_artist(house: House, tenant: UUID) -> None:
    listed = await found(house, tenant, " ")
    assert len(listed) == len(SONGS)
    assert listed.index("Queen - Bohemian Rhapsody") + 1 == listed.index("Queen - Don't Stop Me Now")
    assert await book.count(house.kit.db, tenant, 2) == len(SONGS)


@pytest.mark.parametrize(
    ("text", "song", "meant"),
    [
        ("bohemain rapsody quen", "Queen - Bohemian Rhapsody", "bohemian rhapsody queen"),
        ("beyonsé", "Beyoncé - Halo", "beyonce"),
        ("hiperbalad", "Björk - Hyperballad", "hyperballad"),
        ("silent lucidty", "Queensrÿche - Silent Lucidity", "silent lucidity"),
        ("dont stop singing me now", "Queen - Don't Stop Me Now", None),
    ],
)
async def test_typing_mistakes_are_forgiven_and_told(
    text: str, song: str, meant: str | None, house: House, tenant: UUID
) -> None:
    page = await book.search(house.kit.db, tenant, 2, text, 10)
    assert (page.items[0].combined, page.did_you_mean, page.next_cursor) == (song, meant, None)


async def test_what_is_found_to_the_letter_is_not_doubted(house: House, tenant: UUID) -> None:
    await generations.add_document(Call(SYSTEM, house.kit), tenant, 2, [{"artist": "Kween", "title": "Bohemia"}])
    page = await book.search(house.kit.db, tenant, 2, "kween bohemia", 10)
    assert ([song.title for song in page.items], page.did_you_mean) == (["Bohemia"], None)


async def test_words_of_another_book_are_not_told(house: House, tenant: UUID) -> None:
    await generations.add_document(Call(SYSTEM, house.kit), tenant, 1, [{"artist": "Zardoz", "title": "Xylophone"}])
    page = await book.search(house.kit.db, tenant, 2, "xilophone", 10)
    assert (page.items, page.did_you_mean) == ([], None)


async def test_songs_stored_without_their_words_are_found_by_their_names(house: House, tenant: UUID) -> None:
    await house.value(
        "INSERT INTO songdb (customer_profiles_id, openkj_system_id, artist, title, combined, normalized_combined)"
        " VALUES ($1, 2, 'The Doors', 'Light My Fire', 'The Doors - Light My Fire', 'the doors light my fire')",
        tenant,
    )
    for text in ("fire doors", "the doors", "door"):
        assert await found(house, tenant, text) == ["The Doors - Light My Fire"]


async def test_one_artist_only(house: House, tenant: UUID) -> None:
    assert await found(house, tenant, "", "Queen") == ["Queen - Bohemian Rhapsody", "Queen - Don't Stop Me Now"]
    assert await found(house, tenant, "bohemian", "queen") == ["Queen - Bohemian Rhapsody"]


@pytest.mark.parametrize("text", ["", "h", "bohemian"])
async def test_pages_follow_each_other_without_gap_or_repetition(text: str, house: House, tenant: UUID) -> None:
    whole = await found(house, tenant, text)
    pages, after = [], None
    for _ in range(len(whole) + 1):
        page = await book.search(house.kit.db, tenant, 2, text, 1, after)
        pages += [song.combined for song in page.items]
        after = page.next_cursor
        if after is None:
            break
    assert pages == whole


@pytest.mark.parametrize(
    "foreign", ["x", "", cursor(1), cursor("a", "b", -1), cursor("a\0", "b", 1), cursor(9, "", "", 1)]
)
async def test_a_foreign_cursor_is_refused(foreign: str, house: House, tenant: UUID) -> None:
    for text in ("", "queen"):
        with pytest.raises(ValidationFailed):
            await book.search(house.kit.db, tenant, 2, text, 10, foreign)


async def test_guests_search_the_book_of_the_venue(house: House) -> None:
    status, page = await house.call("GET", f"{VENUE}/songs?q=bohemian&limit=1")
    (song,) = page["items"]
    assert (status, song["artist"], song["title"], song["systemId"]) == (200, "Queen", "Bohemian Rhapsody", 1)
    assert set(song) == {"id", "artist", "title", "combined", "systemId", "score"}
    assert song["score"] == 1
    assert set((await house.call("GET", f"{VENUE}/songs"))[1]["items"][0]) == set(song) - {"score"}
    for nowhere in ("nowhere", "%00", "x" * 500):
        assert (await house.call("GET", f"/v1/public/venues/{nowhere}/songs"))[0] == 404


@pytest.mark.parametrize("query", ["q=" + "x" * 201, "limit=0", "limit=101", "cursor=x", "artist=%00", "q=%00"])
async def test_a_bad_query_is_told(query: str, house: House) -> None:
    assert (await house.call("GET", f"{VENUE}/songs?{query}"))[0] == 422


@pytest.mark.parametrize("query", ["q=%ff", "q=%ED%A0%80", "q=%25_%5C", "q=" + "a+" * 99])
async def test_odd_texts_are_searched_without_failure(query: str, house: House) -> None:
    assert (await house.call("GET", f"{VENUE}/songs?{query}"))[0] == 200


async def test_the_same_answer_is_not_sent_twice(house: House) -> None:
    async with house.client.get(f"{VENUE}/songs?q=queen") as first:
        etag = first.headers["ETag"]
    async with house.client.get(f"{VENUE}/songs?q=queen", headers={"If-None-Match": etag}) as again:
        assert again.status == 304
