"""Ways into the book as plain links, and what is known of tonight's songs."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.house import VENUE, House

PAGE = "/v/test-karaoke-bar"
TONIGHT = f"{VENUE}/songs/tonight"


async def text_of(house: House, **query: str) -> str:
    async with house.client.get(PAGE, params=query) as answer:
        assert answer.status == 200, query
        return str((await answer.text()).partition("<main>")[2])


def rows(text: str) -> list[str]:
    return re.findall(r'<li>.*?<b dir="auto">(.*?)</b>', text)


async def test_links_lead_by_letter_and_artist_to_songs(house: House) -> None:
    text = await text_of(house)
    assert {"?list=top", "?list=new", "?list=artists"} <= set(re.findall(r'class="way" href="([^"]*)"', text))
    text = await text_of(house, list="artists")
    assert "?letter=Q" in text
    text = await text_of(house, letter="Q")
    assert rows(text) == ["Queen"]
    assert "?artist=Queen" in text
    text = await text_of(house, artist="Queen")
    assert "Songs by Queen" in text
    assert "Bohemian Rhapsody" in rows(text)
    assert "Hey Jude" not in rows(text)


async def test_a_song_of_a_list_opens_its_sheet_over_that_list(house: House) -> None:
    text = await text_of(house, artist="Queen")
    song = re.findall(r'name="song" value="(\d+)"', text)[0]
    opened = await text_of(house, artist="Queen", song=song)
    assert rows(opened) == rows(text)
    assert opened.count('<input type="hidden" name="artist" value="Queen">') == 2


async def test_most_asked_for_and_new_say_so_when_there_is_nothing(house: House) -> None:
    assert "No new songs in the last three months." in await text_of(house, list="new")
    assert "Nothing was asked for here yet." in await text_of(house, list="top")


@pytest.mark.parametrize(
    "query", [{"letter": "QQ"}, {"letter": "\0"}, {"list": "nonsense"}, {"artist": "\0"}, {"artist": "x" * 5_000}]
)
async def test_an_odd_address_is_no_mistake(query: dict[str, str], house: House) -> None:
    assert await text_of(house, **query)


async def privacy(house: House, setting: str) -> None:
    status, _ = await house.call(
        "PATCH",
        f"/v1/customer/venues/{await house.venue_id()}",
        json={"queuePrivacy": setting},
        headers=await house.sign_in(),
    )
    assert status == 200


async def test_what_waits_and_was_sung_tonight_is_told_where_the_venue_shows_songs(house: House) -> None:
    waiting, sung, rejected = [await house.ask(title=title, allowDuplicate=True) for title in ("One", "Two", "Three")]
    headers = await house.sign_in()
    for receipt, status in ((sung, "processed"), (rejected, "rejected")):
        path = f"/v1/customer/requests/{receipt['id']}"
        assert (await house.call("PATCH", path, json={"status": status}, headers=headers))[0] == 200
    await privacy(house, "hidden")
    assert (await house.call("GET", TONIGHT))[1]["items"] == []
    await privacy(house, "anonymous")
    _, page = await house.call("GET", TONIGHT)
    songs: list[dict[str, Any]] = page["items"]
    assert songs == [
        {"artist": sung["artist"], "title": "Two", "isWaiting": False},
        {"artist": waiting["artist"], "title": "One", "isWaiting": True},
    ]
    _, first = await house.call("GET", f"{TONIGHT}?limit=1")
    _, second = await house.call("GET", f"{TONIGHT}?limit=1&cursor={first['nextCursor']}")
    assert first["items"] + second["items"] == songs
    await privacy(house, "hidden")
    assert (await house.call("GET", TONIGHT))[1]["items"] == []


async def test_a_request_of_last_night_is_not_of_tonight(house: House) -> None:
    await privacy(house, "anonymous")
    await house.ask()
    await house.value("UPDATE requests SET requested_at = requested_at - interval '1 day'")
    assert (await house.call("GET", TONIGHT))[1]["items"] == []
    assert (await house.call("GET", "/v1/public/venues/nowhere/songs/tonight"))[0] == 404
