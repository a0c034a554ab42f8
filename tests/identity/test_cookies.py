"""Signed in by cookie: what browsers keep, what scripts can read, and how it ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from http.cookies import Morsel
from typing import Any

import pytest
from msgspec.structs import replace

from singr.core.settings import Settings
from singr.http.cookies import CSRF_HEADER
from tests.house import House, opened
from tests.identity.test_factors import with_factor
from tests.identity.visits import bearer, post, profile, sign_in
from tests.mailbox import Mailbox

HOME = "http://singr.example"
OURS = {"Origin": HOME}
NAMES = ("access", "refresh", "csrf")


async def by_cookie(home: House, path: str = "signin", **body: Any) -> dict[str, Any]:
    """A session of the browser that `home.client` is."""
    if path == "signin":
        body = {"email": home.demo.host.email, "password": home.demo.host.password} | body
    status, session = await post(home, path, OURS, cookie=True, **body)
    assert status == 200, session
    return dict(session)


def proof(session: dict[str, Any]) -> dict[str, str]:
    return OURS | {CSRF_HEADER: session["csrfToken"]}


def jar(home: House) -> dict[str, Morsel[str]]:
    kept = home.client.session.cookie_jar
    return {cookie.key: cookie for cookie in kept if cookie.key.startswith("singr_") and cookie.key != "singr_device"}


async def works(home: House) -> bool:
    return (await home.call("GET", "/v1/auth/profile"))[0] == 200


async def test_a_browser_gets_cookies_and_no_token_to_read(home: House) -> None:
    session = await by_cookie(home)
    assert session.keys() == {"csrfToken", "expiresIn", "user"}
    cookies = jar(home)
    assert cookies.keys() == {f"singr_{name}" for name in NAMES}
    assert [bool(cookies[f"singr_{name}"]["httponly"]) for name in NAMES] == [True, True, False]
    assert {(c["samesite"], c["path"], c["secure"], c["domain"]) for c in cookies.values()} == {
        ("Lax", "/", "", "127.0.0.1")
    }
    assert [int(cookies[f"singr_{name}"]["max-age"]) for name in NAMES] == [900, 604_800, 604_800]
    assert cookies["singr_csrf"].value == session["csrfToken"]
    assert await works(home)


async def test_over_https_the_cookies_are_for_this_host_and_https_alone(mailing: Settings) -> None:
    async with opened(replace(mailing, public_url="https://singr.example")) as house:
        login = {"email": house.demo.host.email, "password": house.demo.host.password, "cookie": True}
        headers = {"Origin": "https://singr.example"}
        async with house.client.post("/v1/auth/signin", json=login, headers=headers) as answer:
            cookies = {name: cookie for name, cookie in answer.cookies.items() if name != "singr_device"}
    assert cookies.keys() == {f"__Host-singr_{name}" for name in NAMES}
    for cookie in cookies.values():
        assert (cookie["secure"], cookie["path"], cookie["domain"], cookie["samesite"]) == (True, "/", "", "Lax")


@pytest.mark.parametrize("headers", [{}, {"Origin": "null"}, {"Origin": "https://elsewhere.example"}], ids=str)
async def test_no_other_site_signs_a_browser_in(headers: dict[str, str], home: House) -> None:
    login = {"email": home.demo.host.email, "password": home.demo.host.password, "cookie": True}
    assert (await post(home, "signin", headers, **login))[0] == 403
    assert (await post(home, "refresh", headers, cookie=True))[0] == 403
    assert jar(home) == {}


async def test_cookies_are_renewed_by_cookie(home: House) -> None:
    session = await by_cookie(home)
    before = {name: cookie.value for name, cookie in jar(home).items()}
    status, renewed = await post(home, "refresh", proof(session), cookie=True)
    assert (status, renewed["csrfToken"]) == (200, session["csrfToken"])
    after = {name: cookie.value for name, cookie in jar(home).items()}
    assert [before[f"singr_{name}"] != after[f"singr_{name}"] for name in NAMES] == [True, True, False]
    assert await works(home)


async def test_renewing_by_cookie_needs_the_token_of_that_session(home: House) -> None:
    session = await by_cookie(home)
    _, other = await post(home, "signin", email=home.demo.singer.email, password=home.demo.singer.password)
    assert other["accessToken"]
    assert (await post(home, "refresh", OURS, cookie=True))[0] == 403
    forged = OURS | {CSRF_HEADER: session["csrfToken"][:-1]}
    assert (await post(home, "refresh", forged, cookie=True))[0] == 403
    assert jar(home), "a refusal takes nothing away"
    assert (await post(home, "refresh", proof(session), cookie=True, refreshToken=other["refreshToken"]))[0] == 422
    assert (await post(home, "refresh", proof(session)))[0] == 422


async def test_a_session_that_is_over_leaves_the_browser_without_cookies(home: House) -> None:
    session = await by_cookie(home)
    await home.value("UPDATE users SET disabled_at = now() RETURNING 1")
    assert (await post(home, "refresh", proof(session), cookie=True))[0] == 401
    assert jar(home) == {}


@pytest.mark.parametrize("path", ["signout", "signout/everywhere"])
async def test_signing_out_ends_the_session_and_takes_the_cookies(path: str, home: House) -> None:
    session = await by_cookie(home)
    stolen = {"Cookie": "; ".join(f"{name}={cookie.value}" for name, cookie in jar(home).items())}
    assert (await post(home, path, OURS))[0] == 403
    assert (await post(home, path, proof(session)))[0] == 204
    assert jar(home) == {}
    assert (await home.call("GET", "/v1/auth/profile", headers=stolen))[0] == 401
    assert (await post(home, "refresh", stolen | proof(session), cookie=True))[0] == 401


async def test_signing_out_a_bearer_leaves_the_browsers_own_session(home: House) -> None:
    _, other = await sign_in(home, home.demo.singer.email, home.demo.singer.password)
    await by_cookie(home)
    assert (await post(home, "signout", bearer(other)))[0] == 204
    assert jar(home).keys() == {f"singr_{name}" for name in NAMES}
    assert await works(home)


async def test_another_hat_comes_by_cookie_too(home: House) -> None:
    session = await by_cookie(home)
    _, seen = await home.call("GET", "/v1/auth/profile")
    before = jar(home)["singr_access"].value
    status, switched = await post(home, "context", proof(session), **seen["activeContext"])
    assert (status, switched) == (200, {"csrfToken": session["csrfToken"], "expiresIn": 900})
    assert jar(home)["singr_access"].value != before
    assert await works(home)


async def test_a_second_factor_and_a_magic_link_end_in_cookies(home: House, mailbox: Mailbox) -> None:
    await post(home, "magic-link", email=home.demo.singer.email)
    linked = await by_cookie(home, "magic-link/verify", token=await mailbox.token(home.kit))
    assert "refreshToken" not in linked
    assert await works(home)
    phone, _, _ = await with_factor(home)
    challenge = await by_cookie(home)
    assert challenge["requiresTwoFactor"]
    answer = {"twoFactorToken": challenge["twoFactorToken"], "code": await phone.show()}
    session = await by_cookie(home, "2fa/challenge", **answer)
    assert session["user"]["email"] == home.demo.host.email


@pytest.fixture
async def attacker(mailing: Settings) -> AsyncIterator[House]:
    """Somebody else's browser."""
    async with opened(mailing) as other:
        yield other


async def test_a_session_planted_before_signing_in_is_not_taken_over(home: House, attacker: House) -> None:
    planted = await by_cookie(attacker, email=home.demo.singer.email, password=home.demo.singer.password)
    stale = {name: cookie.value for name, cookie in jar(attacker).items()}
    home.client.session.cookie_jar.update_cookies(stale, home.client.make_url("/"))
    session = await by_cookie(home)
    assert session["csrfToken"] != planted["csrfToken"]
    assert not {cookie.value for cookie in jar(home).values()} & set(stale.values())
    assert (await home.call("GET", "/v1/auth/profile"))[1]["email"] == home.demo.host.email
    _, shown = await attacker.call("GET", "/v1/auth/profile")
    assert home.demo.host.email not in str(shown)
    assert (await post(attacker, "refresh", proof(planted), cookie=True))[0] == 401, "what was planted is over"


async def test_each_sign_in_ends_the_session_that_the_browser_had(home: House) -> None:
    await by_cookie(home)
    former = jar(home)["singr_access"].value
    await by_cookie(home)
    assert (await profile(home, {"accessToken": former}))[0] == 401
    assert await works(home)


async def test_tokens_stand_in_no_address_and_are_read_from_none(home: House) -> None:
    _, session = await sign_in(home, home.demo.host.email, home.demo.host.password)
    token = session["accessToken"]
    for query in (f"access_token={token}", f"token={token}", f"singr_access={token}", f"cookie={token}"):
        assert (await home.call("GET", f"/v1/auth/profile?{query}"))[0] == 401
