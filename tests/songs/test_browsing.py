"""Browsing a venue's book: artists under letters, new songs, songs asked for most."""

from __future__ import annotations

from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest

from singr.core.actor import SYSTEM
from singr.http.call import Call
from singr.songs import generations
from singr.songs.letters import LETTERS
from tests.house import VENUE, House

SONGS = [
    ("The Beatles", "Help!"),
    ("The Beatles", "Yesterday"),
    ("Beatles, The", "Something"),
    ("ABBA", "Waterloo"),
    ("2Pac", "Changes"),
    ("Ötzi", "Hey Baby"),
    ("Кино", "Группа крови"),
    ("Ёлка", "Прованс"),
    ("サザン", "希望の轍"),
    ("中島みゆき", "糸"),
    ("방탄소년단", "봄날"),
    ("", "Nobody's"),
]


@pytest.fixture
async def tenant(house: House) -> UUID:
    """The demo's tenant; the venue sings from system 2, which has SONGS."""
    ((tenant,),) = await house.kit.db.fetch("SELECT customer_profiles_id FROM venues", [])
    await house.value("INSERT INTO systems (customer_profiles_id, openkj_system_id, name) VALUES ($1, 2, 'B')", tenant)
    await add(house, tenant, SONGS)
    await house.value("UPDATE venues SET current_system_id = 2")
    return UUID(str(tenant))


async def add(house: House, tenant: UUID, songs: list[tuple[str, str]], system: int = 2) -> None:
    document = [{"artist": artist, "title": title} for artist, title in songs]
    await generations.add_document(Call(SYSTEM, house.kit), tenant, system, document)


async def ok(house: House, path: str, **query: Any) -> Any:
    status, answer = await house.call("GET", path, params=query)
    assert status == 200, answer
    return answer


@pytest.mark.usefixtures("tenant")
async def test_artists_are_listed_once_whatever_their_spelling(house: House) -> None:
    page = await ok(house, f"{VENUE}/artists", limit=100)
    names = [artist["name"] for artist in page["items"]]
    assert names == ["2Pac", "ABBA", "The Beatles", "Ötzi", "Ёлка", "Кино", "サザン", "中島みゆき", "방탄소년단"]
    assert page["items"][2] == {"name": "The Beatles", "songs": 3}
    assert page["letters"] == ["#", "A", "B", "O", "Е", "К", "さ", "漢", "ㅂ"]


@pytest.mark.usefixtures("tenant")
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"letter": "b"}, ["The Beatles"]),
        ({"letter": "#"}, ["2Pac"]),
        ({"letter": "К"}, ["Кино"]),
        ({"letter": "さ"}, ["サザン"]),
        ({"letter": "漢"}, ["中島みゆき"]),
        ({"letter": "ㅂ"}, ["방탄소년단"]),
        ({"letter": "Z"}, []),
        ({"q": "the bea"}, ["The Beatles"]),
        ({"q": "ot"}, ["Ötzi"]),
        ({"letter": "A", "q": "b"}, []),
    ],
)
async def test_artists_of_a_letter(query: dict[str, str], names: list[str], house: House) -> None:
    assert [artist["name"] for artist in (await ok(house, f"{VENUE}/artists", **query))["items"]] == names


@pytest.mark.usefixtures("tenant")
async def test_artists_come_page_by_page(house: House) -> None:
    names: list[str] = []
    cursor: str | None = None
    for _ in range(9):
        page = await ok(house, f"{VENUE}/artists", limit=1, **({"cursor": cursor} if cursor else {}))
        names += [artist["name"] for artist in page["items"]]
        cursor = page["nextCursor"]
    assert len(set(names)) == 9
    assert cursor is None


@pytest.mark.usefixtures("tenant")
async def test_an_artist_leads_to_its_songs(house: House) -> None:
    page = await ok(house, f"{VENUE}/songs", artist="The Beatles")
    assert [song["title"] for song in page["items"]] == ["Help!", "Something", "Yesterday"]


def test_letters_are_stretches_that_do_not_overlap() -> None:
    stretches = sorted((letter.start, letter.until) for letter in LETTERS.values())
    assert all(start < until for start, until in stretches)
    assert all(one[1] <= other[0] for one, other in pairwise(stretches))


async def test_new_songs_are_those_after_the_first_sync(house: House, tenant: UUID) -> None:
    assert (await ok(house, f"{VENUE}/songs/new"))["items"] == []
    await house.value("UPDATE songdb SET created_at = now() - interval '2 hours'")
    await add(house, tenant, [("Zaz", "Je veux"), ("Adele", "Hello")])
    first = await ok(house, f"{VENUE}/songs/new", limit=1)
    rest = await ok(house, f"{VENUE}/songs/new", limit=1, cursor=first["nextCursor"])
    assert {song["title"] for song in first["items"] + rest["items"]} == {"Je veux", "Hello"}
    assert first["items"][0]["addedAt"].endswith("Z")
    assert (
        rest["nextCursor"] is None or (await ok(house, f"{VENUE}/songs/new", cursor=rest["nextCursor"]))["items"] == []
    )


@pytest.mark.usefixtures("tenant")
async def test_songs_asked_for_most_come_first(house: House) -> None:
    await house.ask(artist="ABBA", title="Waterloo")
    for singer in ("Ann", "Ben"):
        await house.ask(singerName=singer, artist="beatles", title="HELP", allowDuplicate=True)
    await house.ask(artist="Not", title="In The Book")
    page = await ok(house, f"{VENUE}/songs/top")
    assert [(song["artist"], song["title"], song["requests"]) for song in page["items"]] == [
        ("The Beatles", "Help!", 2),
        ("ABBA", "Waterloo", 1),
    ]


async def test_anybody_searches_the_book_of_a_venue_or_of_its_system(house: House, tenant: UUID) -> None:
    system = await house.value("SELECT systems_id::text FROM systems WHERE openkj_system_id = 2")
    idle = await house.value("SELECT systems_id::text FROM systems WHERE openkj_system_id = 1")
    for where in ({"venue": "test-karaoke-bar"}, {"system": system}):
        page = await ok(house, "/v1/public/songs/search", q="yesterdya", **where)
        assert ([song["title"] for song in page["items"]], page["didYouMean"]) == (["Yesterday"], "yesterday")
    for where, status in (
        ({}, 422),
        ({"venue": "nowhere"}, 404),
        ({"system": idle}, 404),
        ({"system": str(uuid4())}, 404),
    ):
        assert (await house.call("GET", "/v1/public/songs/search", params={"q": "a", **where}))[0] == status


@pytest.mark.parametrize("query", ["letter=QQ", "cursor=x", "limit=0"])
async def test_a_bad_question_is_told(query: str, house: House) -> None:
    assert (await house.call("GET", f"{VENUE}/artists?{query}"))[0] == 422


async def test_nowhere_has_neither_artists_nor_songs(house: House) -> None:
    for what in ("artists", "songs/new", "songs/top"):
        assert (await house.call("GET", f"/v1/public/venues/nowhere/{what}"))[0] == 404


async def own(house: House, path: str, headers: dict[str, str] | None = None, **query: Any) -> tuple[int, Any]:
    return await house.call("GET", path, params=query, headers=headers or await house.sign_in())


@pytest.mark.usefixtures("tenant")
async def test_an_organization_reads_its_books_one_after_the_other(house: House) -> None:
    total = await house.value("SELECT count(*) FROM songdb")
    seen: list[tuple[int, str]] = []
    cursor: dict[str, Any] = {}
    while True:
        status, page = await own(house, "/v1/customer/songdb", limit=50, **cursor)
        assert status == 200
        seen += [(song["systemId"], song["combined"]) for song in page["items"]]
        if not page["nextCursor"]:
            break
        cursor = {"cursor": page["nextCursor"]}
    assert (len(seen), len(set(seen))) == (total, total)
    assert [number for number, _ in seen] == sorted(number for number, _ in seen)
    _, page = await own(house, "/v1/customer/songdb", q="help")
    assert [song["combined"] for song in page["items"] if song["systemId"] == 2] == ["The Beatles - Help!"]


@pytest.mark.usefixtures("tenant")
async def test_a_systems_songs_are_its_own(house: House) -> None:
    _, page = await own(house, "/v1/customer/systems/2/songs", limit=100)
    assert len(page["items"]) == len(SONGS)
    _, page = await own(house, "/v1/customer/systems/2/songs", q="yesterdai")
    assert ([song["title"] for song in page["items"]], page["didYouMean"]) == (["Yesterday"], "yesterday")
    assert (await own(house, "/v1/customer/systems/9/songs"))[0] == 404


@pytest.mark.usefixtures("tenant")
async def test_strangers_see_nothing_of_it(house: House) -> None:
    stranger = house.stranger()
    assert (await own(house, "/v1/customer/systems/2/songs", stranger))[0] == 404
    assert (await own(house, "/v1/customer/songdb", stranger)) == (
        200,
        {"items": [], "nextCursor": None, "didYouMean": None},
    )
