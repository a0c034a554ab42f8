"""Callers by cookie: from our own pages alone, with the token of their session, and never beside a bearer token."""

from __future__ import annotations

from dataclasses import replace

import pytest

from singr.core.settings import Settings
from singr.http.cookies import CSRF_HEADER, csrf_token
from singr.http.guard import SIGNED_IN
from tests.http.stage import ECHO, TELL, Client, served, slug

HOME, APP, ELSEWHERE = "https://singr.example", "https://app.example", "https://elsewhere.example"
ACCESS = "__Host-singr_access"
OWN_READ, OWN_WRITE = replace(TELL, may=SIGNED_IN), replace(ECHO, may=SIGNED_IN)
LIVE = replace(TELL, path="/v1/live/tell", live=True)
WRITE = replace(TELL, method="POST", path="/v1/tell/publicly")
TOKEN = csrf_token(Settings(), "good")


async def says(client: Client, method: str, path: str, cookie: str = "good", **headers: str) -> tuple[int, str]:
    """The status, and the problem's slug or who the caller was."""
    given = {name.replace("_", "-"): text for name, text in headers.items()} | {"Cookie": f"{ACCESS}={cookie}"}
    async with client.request(method, path, headers=given, data=b"{}" if method == "POST" else None) as answer:
        said = await answer.json()
        return answer.status, slug(said) if answer.status >= 400 else said.get("actor", "")


async def test_a_cookie_reads_as_it_is() -> None:
    async with served(OWN_READ, public_url=HOME) as client:
        assert await says(client, "GET", "/v1/tell") == (200, "user:ann")
        assert await says(client, "GET", "/v1/tell", "forged") == (401, "authentication-failed")


@pytest.mark.parametrize("cookie", ["singr_access=good", "__Secure-singr_access=good", "__host-singr_access=good"])
async def test_over_https_only_the_name_that_nobody_else_can_plant_is_read(cookie: str) -> None:
    async with (
        served(OWN_READ, public_url=HOME) as client,
        client.get("/v1/tell", headers={"Cookie": cookie}) as answer,
    ):
        assert answer.status == 401


REFUSED = {
    "no token": {"Origin": HOME},
    "another session's token": {"Origin": HOME, CSRF_HEADER: csrf_token(Settings(), "good-2")},
    "a made-up token": {"Origin": HOME, CSRF_HEADER: "good.c2ln"},
    "another installation's token": {"Origin": HOME, CSRF_HEADER: csrf_token(Settings(auth_secret="x"), "good")},
    "another origin": {"Origin": ELSEWHERE, CSRF_HEADER: TOKEN},
    "an origin that begins like ours": {"Origin": HOME + ".elsewhere.example", CSRF_HEADER: TOKEN},
    "our name over http": {"Origin": "http://singr.example", CSRF_HEADER: TOKEN},
    "our name at another port": {"Origin": HOME + ":8443", CSRF_HEADER: TOKEN},
    "the origin null": {"Origin": "null", CSRF_HEADER: TOKEN},
    "no origin": {CSRF_HEADER: TOKEN},
    "another's referer": {"Referer": ELSEWHERE + "/" + HOME, CSRF_HEADER: TOKEN},
    "null beside our referer": {"Origin": "null", "Referer": HOME + "/host", CSRF_HEADER: TOKEN},
}


@pytest.mark.parametrize("headers", REFUSED.values(), ids=REFUSED)
async def test_a_cookie_changes_nothing_for_another_site(headers: dict[str, str]) -> None:
    async with served(OWN_WRITE, public_url=HOME + "/", cors_origins=(APP,)) as client:
        assert await says(client, "POST", "/v1/echo", **headers) == (403, "authorization-denied")


@pytest.mark.parametrize("headers", [{"Origin": HOME}, {"Origin": APP}, {"Referer": HOME + "/host?q=1"}], ids=str)
async def test_a_cookie_with_the_token_of_its_session_changes_things_from_our_own_pages(
    headers: dict[str, str],
) -> None:
    async with served(OWN_WRITE, public_url=HOME + "/", cors_origins=(APP,)) as client:
        assert (await says(client, "POST", "/v1/echo", **headers, **{CSRF_HEADER: TOKEN}))[0] == 200


async def test_two_origins_are_none_of_ours() -> None:
    async with served(OWN_WRITE, public_url=HOME) as client:
        headers = [("Origin", HOME), ("Origin", ELSEWHERE), (CSRF_HEADER, TOKEN), ("Cookie", f"{ACCESS}=good")]
        async with client.post("/v1/echo", data=b"{}", headers=headers) as answer:
            assert answer.status == 403


async def test_where_nobody_signs_in_a_cookie_that_does_not_count_makes_a_guest() -> None:
    async with served(WRITE, public_url=HOME) as client:
        for headers in REFUSED.values():
            status, actor = await says(client, "POST", WRITE.path, **headers)
            assert (status, actor.partition(":")[0]) == (200, "guest")
        assert await says(client, "POST", WRITE.path, Origin=HOME, **{CSRF_HEADER: TOKEN}) == (200, "user:ann")
        assert (await says(client, "POST", WRITE.path, "forged", Origin=HOME))[0] == 200


@pytest.mark.parametrize(
    ("headers", "who"),
    [
        ({"Origin": HOME}, "user"),
        ({CSRF_HEADER: TOKEN}, "user"),
        ({"Referer": HOME + "/"}, "user"),
        ({}, "guest"),
        ({"Origin": ELSEWHERE}, "guest"),
        ({"Origin": "null"}, "guest"),
        ({"Origin": ELSEWHERE, CSRF_HEADER: TOKEN}, "guest"),
        ({CSRF_HEADER: csrf_token(Settings(), "good-2")}, "guest"),
    ],
    ids=str,
)
async def test_a_live_connection_takes_a_cookie_from_our_own_pages_alone(headers: dict[str, str], who: str) -> None:
    async with served(LIVE, public_url=HOME) as client:
        assert (await says(client, "GET", LIVE.path, **headers))[1].partition(":")[0] == who


async def test_a_bearer_token_wins_good_or_bad() -> None:
    async with served(OWN_READ, OWN_WRITE, public_url=HOME) as client:
        assert (await says(client, "POST", "/v1/echo", Authorization="Bearer good-2"))[0] == 200
        for bad in ("Bearer bad", "Bearer ", "bearer", "BEARER x"):
            assert await says(client, "GET", "/v1/tell", Authorization=bad) == (401, "authentication-failed")
        assert await says(client, "GET", "/v1/tell", Authorization="Basic YTpi") == (200, "user:ann")


async def test_without_a_public_url_our_origin_is_where_the_call_reached_us() -> None:
    async with served(OWN_WRITE) as client:
        here = str(client.make_url("")).rstrip("/")
        for origin, status in ((here, 200), (here.replace("http:", "https:"), 403), ("http://localhost:1", 403)):
            headers = {"Cookie": "singr_access=good", "Origin": origin, CSRF_HEADER: TOKEN}
            async with client.post("/v1/echo", data=b"{}", headers=headers) as answer:
                assert answer.status == status
