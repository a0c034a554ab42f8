"""The singer page's forms, for visitors without script."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.house import House

PAGE = "/v/test-karaoke-bar"


async def post(house: House, path: str = PAGE, **fields: str) -> tuple[int, str]:
    """Status and text, redirects not followed."""
    async with house.client.post(path, data=fields, allow_redirects=False) as answer:
        return answer.status, await answer.text()


async def song_id(house: House, text: str = "jude") -> str:
    _, page = await house.call("GET", f"/v1/public/venues/test-karaoke-bar/songs?q={text}")
    return str(page["items"][0]["id"])


async def requests(house: House) -> Any:
    return await house.value("SELECT count(*) FROM requests")


async def test_a_form_sent_twice_asks_once(house: House) -> None:
    await house.client.get(PAGE)
    fields = {"songId": await song_id(house), "singerName": "Ann", "requestKey": "k-1", "keyChange": "-3"}
    assert [(await post(house, **fields))[0] for _ in range(2)] == [303, 303]
    assert await requests(house) == 1
    assert await house.value("SELECT key_change FROM requests") == -3


async def test_every_page_carries_a_key_of_its_own(house: House) -> None:
    keys = set()
    for _ in range(2):
        async with house.client.get(f"{PAGE}?song={await song_id(house)}") as answer:
            keys |= set(re.findall(r'name="requestKey" value="([^"]+)"', await answer.text()))
    assert len(keys) == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"singerName": " "}, "Without a name the KJ cannot call you."),
        ({"singerName": "x" * 101}, "Not taken"),
        ({"keyChange": "13"}, "Not taken"),
        ({"keyChange": "loud"}, "Not taken"),
        ({"songId": ""}, "Not taken"),
        ({"songId": "999999999"}, "Not taken"),
        ({"notes": "x" * 501}, "Not taken"),
    ],
)
async def test_a_form_that_is_not_right_comes_back_with_the_reason(
    change: dict[str, str], words: str, house: House
) -> None:
    fields = {"songId": await song_id(house), "singerName": "Ann", "notes": "please"}
    status, text = await post(house, **fields | change)
    assert status == 422
    assert words in text
    assert await requests(house) == 0


async def test_what_was_typed_is_still_there(house: House) -> None:
    _, text = await post(house, songId=await song_id(house), singerName='Ann "A"', keyChange="13", notes="please")
    assert 'value="Ann &quot;A&quot;"' in text
    assert 'value="please"' in text


async def test_a_closed_venue_takes_no_form(house: House) -> None:
    change = {"acceptingRequests": False}
    path = f"/v1/customer/venues/{await house.venue_id()}"
    await house.call("PATCH", path, json=change, headers=await house.sign_in())
    status, text = await post(house, songId=await song_id(house), singerName="Ann")
    assert status == 409
    assert "Requests are closed. Yours was not taken." in text
    assert await requests(house) == 0


async def test_withdrawing_by_form_needs_the_requests_own_token(house: House) -> None:
    await house.ask()
    for token in ("", "1.forged", "1"):
        assert (await post(house, f"{PAGE}/withdraw", token=token))[0] == 303
    assert await house.value("SELECT status FROM requests") == "pending"
    async with house.client.get(PAGE) as answer:
        token = re.findall(r'name="token" value="([^"]+)"', await answer.text())[0]
    assert (await post(house, f"{PAGE}/withdraw", token=token))[0] == 303
    assert await house.value("SELECT status FROM requests") == "withdrawn"


async def test_junk_is_refused_and_no_error_of_ours(house: House) -> None:
    unreadable = "<h1>That did not work</h1>"
    for data, words in (
        (b"\xff\xfe", unreadable),
        (b"a=1&" * 100, unreadable),
        (b"{}", ""),
        (b"x" * 20_000, unreadable),
    ):
        async with house.client.post(PAGE, data=data, allow_redirects=False) as answer:
            assert 400 <= answer.status < 500
            assert answer.content_type == "text/html"
            assert words in await answer.text()


async def test_a_song_that_is_sung_once_a_night_is_not_offered_again(house: House) -> None:
    body = {"rules": {"songOncePerNight": True}}
    path = f"/v1/customer/venues/{await house.venue_id()}"
    assert (await house.call("PATCH", path, json=body, headers=await house.sign_in()))[0] == 200
    form = {"singerName": "Bo", "songId": await song_id(house)}
    assert (await post(house, **form))[0] == 303
    _, text = await post(house, **form)
    assert "somebody has asked for this one" in text.partition("<main>")[2]
    assert 'name="allowDuplicate" value="false"' in text


async def test_what_the_house_has_against_a_request_is_said_in_the_singers_language(house: House) -> None:
    path, headers = f"/v1/customer/venues/{await house.venue_id()}", await house.sign_in()
    german = {"Accept-Language": "de"}
    form = {"singerName": "Ann", "songId": await song_id(house)}

    async def refused(**rules: Any) -> str:
        assert (await house.call("PATCH", path, json={"rules": rules}, headers=headers))[0] == 200
        async with house.client.post(PAGE, data=form | {"allowDuplicate": "true"}, headers=german) as answer:
            return str(re.findall(r'id="error">([^<]*)<', await answer.text())[0])

    receipt = await house.ask(singerName="Ann")
    assert await refused(requestsPerSinger=1) == "Immer nur ein Lied auf einmal."
    assert await refused(cooldownMinutes=10) == "10 Minuten zwischen zwei Wünschen."
    body = {"requestId": receipt["id"]}
    status, problem = await house.call("POST", f"{path}/blocks", json=body, headers=headers)
    assert status == 201, problem
    assert (await refused()).startswith("Das Haus nimmt von dir gerade keine Wünsche an.")


async def test_page_and_api_count_what_a_phone_asks_for_together(house: House) -> None:
    await house.client.get(PAGE)
    for number in range(5):
        await house.ask(title=f"By the API {number}")
    fields = {"songId": await song_id(house), "singerName": "Ann", "requestKey": "k"}
    assert [(await post(house, **fields))[0] for _ in range(6)] == [303] * 5 + [429]
    assert "<h1>Too many tries</h1>" in (await post(house, **fields))[1]
