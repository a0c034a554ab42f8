"""Pages as they leave the server: what they say, what they let in, and that nothing of a stranger's becomes markup."""

from __future__ import annotations

import pytest

from tests.house import House

PAGES = ("/", "/docs", "/host", "/v/test-karaoke-bar", "/v/test-karaoke-bar/screen")


@pytest.mark.parametrize("path", PAGES)
async def test_pages_let_no_foreign_code_in(path: str, house: House) -> None:
    async with house.client.get(path) as answer:
        policy, text = answer.headers["Content-Security-Policy"], await answer.text()
        assert answer.status == 200
        assert answer.content_type == "text/html"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'; script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "style=" not in text
    assert "onclick" not in text
    assert "http://www.w3.org" in text or "http" not in text.partition("</head>")[0]


async def test_a_search_says_what_it_took_a_mistake_for(house: House) -> None:
    async with house.client.get("/v/test-karaoke-bar", params={"q": "bohemain rapsody"}) as answer:
        text = await answer.text()
    assert "Did you mean “bohemian rhapsody”?" in text.replace("\u2068", "").replace("\u2069", "")
    assert '<b dir="auto">Bohemian Rhapsody</b>' in text
    async with house.client.get("/v/test-karaoke-bar", params={"q": "bohemian"}) as answer:
        assert "Did you mean" not in (await answer.text()).partition("<main>")[2]


@pytest.mark.parametrize("path", PAGES)
async def test_pages_come_compressed_to_those_who_can(path: str, house: House) -> None:
    async with house.client.get(path, headers={"Accept-Encoding": "gzip"}) as packed:
        assert packed.headers["Content-Encoding"] == "gzip"
        assert packed.content_length is not None
        assert packed.content_length < 15_000
    async with house.client.get(path, headers={"Accept-Encoding": "identity"}) as plain:
        assert "Content-Encoding" not in plain.headers
        assert "Accept-Encoding" in plain.headers["Vary"]


@pytest.mark.parametrize("path", ["/v/nowhere", "/v/nowhere/screen", "/v/%3Cscript%3E"])
async def test_an_unknown_venue_is_a_page_that_says_so(path: str, house: House) -> None:
    async with house.client.get(path) as answer:
        assert answer.status == 404
        assert answer.content_type == "text/html"
        assert "no such venue" in await answer.text()


async def test_an_address_that_is_none_is_a_page_for_browsers_and_a_problem_for_programs(house: House) -> None:
    kinds = {"text/html,application/xhtml+xml;q=0.9": "text/html", "*/*": "application/problem+json"}
    for accepted, kind in kinds.items():
        async with house.client.get("/nowhere", headers={"Accept": accepted}) as answer:
            assert (answer.status, answer.content_type) == (404, kind)
            assert "nothing at /nowhere" in await answer.text()
    async with house.client.get("/<b>", headers={"Accept": "text/html"}) as answer:
        assert "&lt;b&gt;" in await answer.text()


@pytest.mark.parametrize(
    ("tag", "title"), [("de", "Hier ist nichts"), ("ja", "ここには何もありません"), ("ar", "لا شيء هنا")]
)
async def test_what_went_wrong_is_said_in_the_visitors_language(tag: str, title: str, house: House) -> None:
    async with house.client.get("/v/nowhere", headers={"Accept-Language": tag}) as answer:
        text = await answer.text()
    assert f"<h1>{title}</h1>" in text
    assert f'<html lang="{tag}"' in text
    assert "no such venue" not in text


@pytest.mark.parametrize(
    ("path", "words"), [("/", "Escanea el código"), ("/docs", "API de Singr"), ("/account", "Tu cuenta")]
)
async def test_the_ways_in_are_in_the_visitors_language(path: str, words: str, house: House) -> None:
    async with house.client.get(path, headers={"Accept-Language": "es-MX"}) as answer:
        text = await answer.text()
    assert words in text
    assert 'hreflang="ja"' in text


async def test_asking_gives_the_phone_an_identity_that_scripts_cannot_read(house: House) -> None:
    form = {"venue": "test-karaoke-bar", "view": "singer"}
    async with house.client.get("/v/test-karaoke-bar") as looking:
        assert "singr_device" not in looking.cookies
    async with house.client.post("/v1/live/tickets", json=form) as first:
        cookie = first.cookies["singr_device"]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
    async with house.client.post("/v1/live/tickets", json=form) as second:
        assert "singr_device" not in second.cookies


async def test_what_people_typed_is_text_on_the_page(house: House) -> None:
    nasty = '"><script>alert(1)</script>'
    await house.value("UPDATE venues SET name = $1, message = $1", nasty)
    await house.client.get("/v/test-karaoke-bar")
    await house.ask(title=nasty, artist=nasty)
    for path in ("/v/test-karaoke-bar", "/v/test-karaoke-bar/screen"):
        async with house.client.get(path, params={"q": nasty}) as answer:
            text = await answer.text()
        assert "<script>alert" not in text
        assert "&quot;&gt;&lt;script&gt;alert(1)" in text


async def test_a_page_knows_what_its_phone_has_asked_for(house: House) -> None:
    await house.client.get("/v/test-karaoke-bar")
    await house.ask(title="Mine alone")
    async with house.client.get("/v/test-karaoke-bar") as answer:
        assert "Mine alone" in await answer.text()
    house.client.session.cookie_jar.clear()
    async with house.client.get("/v/test-karaoke-bar") as answer:
        assert "Mine alone" not in await answer.text()


async def test_an_old_cursor_or_song_is_no_mistake(house: House) -> None:
    for query in ("?cursor=nonsense", "?song=999999999999", "?song=99999999999999999999", "?song=x", "?q=%00"):
        async with house.client.get(f"/v/test-karaoke-bar{query}") as answer:
            assert answer.status == 200, query


async def test_the_light_theme_is_the_visitors_choice(house: House) -> None:
    async with house.client.get("/host", cookies={"singr_theme": "light"}) as answer:
        assert 'data-theme="light"' in await answer.text()
    async with house.client.get("/host", cookies={"singr_theme": '"><x'}) as answer:
        assert 'data-theme="dark"' in await answer.text()


async def test_the_snapshot_is_what_a_stream_begins_with_and_304_while_nothing_changes(house: House) -> None:
    path = "/v1/live/venues/test-karaoke-bar/snapshot"
    await house.ask()
    async with house.client.get(path) as first:
        text, etag = await first.text(), first.headers["ETag"]
        assert text.startswith("id: ")
        assert '"type":"snapshot"' in text
    async with house.client.get(path, headers={"If-None-Match": etag}) as again:
        assert again.status == 304
    assert (await house.call("GET", f"{path}?view=host"))[0] == 401
    assert (await house.call("GET", "/v1/live/venues/nowhere/snapshot"))[0] == 404


async def test_a_post_to_the_bare_address_is_still_openkjs(house: House) -> None:
    status, answer = await house.call("POST", "/", json={"api_key": house.demo.api_key, "command": "getSerial"})
    assert status == 200
    assert answer["command"] == "getSerial"
