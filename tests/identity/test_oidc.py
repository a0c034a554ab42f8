"""Signing in with another service: a real dex, its own pages, and what becomes of people here."""

from __future__ import annotations

import time

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from yarl import URL

from tests.house import House
from tests.identity.visits import bearer, post, profile
from tests.mailbox import Mailbox
from tests.openid.fixtures import APPLES_KEY, KEY_ID, NEWCOMER, TEAM
from tests.openid.front import Front, signed
from tests.openid.visitor import Visitor

CALLBACK = "/v1/auth/oauth/dex/callback"
LINKED = "SELECT count(*) FROM accounts"


async def test_somebody_new_becomes_a_singer(visitor: Visitor, welcoming: House, provider: Front) -> None:
    session = await visitor.session(NEWCOMER)
    assert session["user"]["roles"] == ["singer"]
    _, shown = await profile(welcoming, session)
    assert (shown["email"], shown["name"], shown["isEmailVerified"]) == (NEWCOMER, "ann", True)
    assert shown["singerProfile"]["nickname"] == "ann"
    kept = "SELECT provider || ' ' || type FROM accounts WHERE access_token IS NULL AND id_token IS NULL"
    assert await welcoming.value(kept) == f"{provider.issuer} oidc"


async def test_somebody_new_may_become_a_host(visitor: Visitor, welcoming: House) -> None:
    session = await visitor.session(NEWCOMER, account="customer", next="/host")
    assert session["user"]["roles"] == ["customer_owner"]
    _, shown = await profile(welcoming, session)
    assert [one["status"] for one in shown["organizations"]] == ["active"]


async def test_the_second_time_it_is_the_same_person(visitor: Visitor, welcoming: House) -> None:
    first = await visitor.session(NEWCOMER)
    second = await Visitor(welcoming).session(NEWCOMER, account="customer")
    assert first["user"] == second["user"]
    assert await welcoming.value(LINKED) == 1


async def test_a_confirmed_address_links_and_its_owner_is_told(
    visitor: Visitor, welcoming: House, mailbox: Mailbox
) -> None:
    session = await visitor.session("customer@example.com")
    assert session["user"]["roles"] == ["customer_owner"]
    (mail,) = await mailbox.collect(welcoming.kit)
    assert (mail["To"], mail["Subject"]) == ("customer@example.com", "A new way to sign in to your account")
    assert (await post(welcoming, "signin", email="customer@example.com", password="Customer123!"))[0] == 200


async def test_the_subject_counts_and_not_the_address(visitor: Visitor, welcoming: House, provider: Front) -> None:
    first = await visitor.session(NEWCOMER)
    provider.bend = lambda claims: signed(claims | {"email": "customer@example.com", "email_verified": False})
    second = await Visitor(welcoming).session(NEWCOMER)
    assert second["user"]["id"] == first["user"]["id"]


async def test_a_second_factor_is_asked_for(visitor: Visitor, welcoming: House) -> None:
    who = "SELECT users_id FROM users WHERE email = 'customer@example.com'"
    await welcoming.value(
        f"INSERT INTO totp_factors (users_id, totp_secret, enabled_at) SELECT ({who}), ''::bytea, now() RETURNING 1"
    )
    landing = await visitor.sign_in("customer@example.com")
    status, answer = await visitor.exchange(landing.code)
    assert (status, answer["requiresTwoFactor"]) == (200, True)
    assert "accessToken" not in answer


async def test_an_account_on_hold_stays_so(visitor: Visitor, welcoming: House) -> None:
    await welcoming.value("UPDATE users SET disabled_at = now() WHERE email = 'customer@example.com' RETURNING 1")
    landing = await visitor.sign_in("customer@example.com")
    assert (landing.status, "on hold" in landing.text) == (401, True)
    assert await welcoming.value(LINKED) == 0


async def test_the_page_gets_a_code_and_no_token_stands_in_an_address(visitor: Visitor) -> None:
    landing = await visitor.sign_in(NEWCOMER, next="/host")
    assert landing.address == f"/host#oauth={landing.code}"
    assert (landing.headers["Cache-Control"], landing.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert "eyJ" not in landing.address
    (cookie,) = visitor.attributes.values()
    assert {**cookie, "max-age": "", "name": ""} == {
        "path": "/", "max-age": "", "httponly": "True", "secure": "True", "samesite": "Lax", "name": ""
    }  # fmt: skip
    assert all(name.startswith("__Host-singr_oauth_") for name in visitor.cookies)


async def test_a_browser_gets_cookies_where_it_asks_for_them(visitor: Visitor, welcoming: House) -> None:
    landing = await visitor.sign_in(NEWCOMER)
    headers = {"Origin": "https://singr.example", "Cookie": "; ".join(f"{n}={v}" for n, v in visitor.cookies.items())}
    body = {"code": landing.code, "cookie": True}
    status, session = await welcoming.call("POST", "/v1/auth/oauth/exchange", json=body, headers=headers)
    assert (status, set(session)) == (200, {"csrfToken", "expiresIn", "user"})


async def test_two_tabs_sign_in_side_by_side(visitor: Visitor) -> None:
    first = await visitor.leave(NEWCOMER)
    second = await visitor.leave(NEWCOMER)
    assert [(await visitor.visit("GET", back)).status for back in (first, second)] == [303, 303]


async def test_denied_consent_is_told_on_a_page(visitor: Visitor) -> None:
    state = URL((await visitor.start()).address).query["state"]
    landing = await visitor.visit("GET", f"{CALLBACK}?error=access_denied&error_description=<b>x</b>&state={state}")
    assert "<b>x" not in landing.text
    assert (landing.status, landing.headers["Content-Type"]) == (403, "text/html; charset=utf-8")
    assert "You did not let Dex tell us who you are." in landing.text


async def test_an_unknown_provider_is_told_on_a_page(visitor: Visitor) -> None:
    landing = await visitor.start("nobody")
    assert (landing.status, landing.headers["Content-Type"]) == (404, "text/html; charset=utf-8")


@pytest.mark.parametrize("how", ["client_secret_basic", "client_secret_post"])
async def test_the_secret_goes_as_the_provider_wants_it(how: str, visitor: Visitor, provider: Front) -> None:
    provider.description = {"token_endpoint_auth_methods_supported": [how]}
    await visitor.session(NEWCOMER)
    assert ("client_secret" in provider.asked[0]) is (how == "client_secret_post")
    assert len(provider.asked[0]["code_verifier"]) == 43


async def test_what_a_provider_publishes_is_kept(visitor: Visitor, provider: Front) -> None:
    await visitor.session(NEWCOMER)
    await visitor.session(NEWCOMER)
    assert provider.reads == ["description", "keys"]


async def test_apple_answers_by_form_and_takes_a_signed_secret(visitor: Visitor, provider: Front) -> None:
    provider.description = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    provider.bend = lambda claims: signed({**claims, "email_verified": "true", "name": None})
    session = await visitor.session(NEWCOMER, "apple")
    assert session["user"]["name"] == "Ann Apple"
    (cookie,) = visitor.attributes.values()
    assert (cookie["samesite"], cookie["secure"], cookie["httponly"]) == ("None", "True", "True")
    secret, public = provider.asked[0]["client_secret"], load_pem_private_key(APPLES_KEY.encode(), None).public_key()
    claims = jwt.decode(secret, public, ["ES256"], audience=provider.issuer, issuer=TEAM)  # type: ignore[arg-type]
    assert jwt.get_unverified_header(secret)["kid"] == KEY_ID
    assert claims["sub"] == provider.asked[0]["client_id"]
    assert 0 < claims["exp"] - time.time() <= 300


async def test_whoever_came_in_this_way_can_do_what_others_do(visitor: Visitor, welcoming: House) -> None:
    session = await visitor.session(NEWCOMER)
    status, renewed = await post(welcoming, "refresh", refreshToken=session["refreshToken"])
    assert status == 200
    assert (await welcoming.call("POST", "/v1/auth/signout", headers=bearer(renewed)))[0] == 204
