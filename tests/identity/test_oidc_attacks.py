"""Signing in with another service, attacked: each test is red without the defence it is about."""

from __future__ import annotations

import time
from email.message import EmailMessage
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.utils import base64url_encode
from msgspec.structs import replace
from yarl import URL

from singr.core.settings import Settings
from singr.infra import oidc
from tests.house import House, opened
from tests.identity.visits import bearer, post, register, sign_in
from tests.mailbox import Mailbox, link_of
from tests.openid.dex import SECRET
from tests.openid.fixtures import NEWCOMER
from tests.openid.front import Front, signed
from tests.openid.visitor import Landing, Visitor, at_provider

VICTIM = "singer@example.com"
PEOPLE, LINKS = "SELECT count(*) FROM users", "SELECT count(*) FROM accounts"
STRANGERS_KEY = rsa.generate_private_key(65537, 2048)


def token_of(mail: EmailMessage) -> str:
    return link_of(mail).rpartition("=")[2]


async def nobody_came_in(house: House, landing: Landing, status: int = 401) -> None:
    """A page says no, leads nowhere, and nothing was linked."""
    assert (landing.status, landing.address) == (status, ""), landing.text
    assert landing.headers["Content-Type"] == "text/html; charset=utf-8"
    assert await house.value(LINKS) == 0


async def test_somebody_elses_answer_does_not_count_here(visitor: Visitor, welcoming: House) -> None:
    attacker = Visitor(welcoming)
    answer = await attacker.leave(NEWCOMER)
    await visitor.start()
    await nobody_came_in(welcoming, await visitor.visit("GET", answer))


async def test_somebody_elses_code_does_not_count_beside_ones_own_state(visitor: Visitor, welcoming: House) -> None:
    stolen = URL(await Visitor(welcoming).leave(NEWCOMER)).query["code"]
    own = URL(await visitor.leave(VICTIM))
    await nobody_came_in(welcoming, await visitor.visit("GET", str(own.update_query(code=stolen))))


async def test_a_sign_in_address_of_an_attackers_signs_the_victim_in_nowhere(
    visitor: Visitor, welcoming: House
) -> None:
    lure = (await Visitor(welcoming).start()).address
    answer, _ = await at_provider(lure, VICTIM)
    await nobody_came_in(welcoming, await visitor.visit("GET", answer))


async def test_an_answer_counts_once(visitor: Visitor) -> None:
    answer = await visitor.leave(NEWCOMER)
    assert (await visitor.visit("GET", answer)).status == 303
    assert (await visitor.visit("GET", answer)).status == 401


async def test_an_answer_of_one_provider_does_not_count_as_anothers(visitor: Visitor, welcoming: House) -> None:
    answer = await visitor.leave(NEWCOMER)
    await nobody_came_in(welcoming, await visitor.visit("GET", answer.replace("/dex/", "/other/")))


async def test_an_answer_that_names_another_issuer_does_not_count(visitor: Visitor, welcoming: House) -> None:
    answer = URL(await visitor.leave(NEWCOMER)).update_query(iss="https://evil.example")
    await nobody_came_in(welcoming, await visitor.visit("GET", str(answer)))


async def test_an_answer_has_to_name_its_issuer_where_the_provider_says_it_does(
    visitor: Visitor, welcoming: House, provider: Front
) -> None:
    provider.description = {"authorization_response_iss_parameter_supported": True}
    answer = URL(await visitor.leave(NEWCOMER))
    await nobody_came_in(welcoming, await visitor.visit("GET", str(answer)))
    answer = URL(await visitor.leave(NEWCOMER)).update_query(iss=provider.issuer)
    assert (await visitor.visit("GET", str(answer))).status == 303


async def test_a_code_of_ours_counts_once_and_only_in_its_browser(visitor: Visitor, welcoming: House) -> None:
    victim = Visitor(welcoming)
    await victim.start()
    code = (await visitor.sign_in(NEWCOMER)).code
    assert (await victim.exchange(code))[0] == 401
    code = (await visitor.sign_in(NEWCOMER)).code
    assert [(await visitor.exchange(code))[0] for _ in range(2)] == [200, 401]


async def test_a_browser_gets_a_cookie_of_its_own_whatever_it_brings(visitor: Visitor, welcoming: House) -> None:
    attacker = Visitor(welcoming)
    await attacker.start()
    visitor.cookies = dict(attacker.cookies)
    await visitor.start()
    (fresh,) = visitor.cookies.keys() - attacker.cookies.keys()
    assert visitor.cookies[fresh] not in attacker.cookies.values()
    answer = await visitor.leave(NEWCOMER)
    await nobody_came_in(welcoming, await attacker.visit("GET", answer))


async def test_a_session_from_before_is_not_the_one_that_comes_out(visitor: Visitor) -> None:
    first = await visitor.session(NEWCOMER)
    second = await visitor.session(NEWCOMER)
    sessions = [jwt.decode(s["accessToken"], options={"verify_signature": False})["sid"] for s in (first, second)]
    assert len(set(sessions)) == 2


def as_none(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, "", "none")


def by_secret(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, SECRET * 2, "HS256")


def unsigned(claims: dict[str, Any]) -> str:
    head, body, _ = signed(claims).split(".")
    return f"{head}.{body}.{base64url_encode(b'x' * 256).decode()}"


BENT = {
    "nonce of another sign-in": lambda c: signed(c | {"nonce": "x"}),
    "no nonce": lambda c: signed({n: v for n, v in c.items() if n != "nonce"}),
    "another client's": lambda c: signed(c | {"aud": "another"}),
    "another client's, though we asked for it": lambda c: signed(c | {"aud": ["another"], "azp": c["aud"]}),
    "several clients', asked for by another": lambda c: signed(c | {"aud": [c["aud"], "another"], "azp": "another"}),
    "several clients', asked for by nobody": lambda c: signed(c | {"aud": [c["aud"], "another"]}),
    "another issuer's": lambda c: signed(c | {"iss": "https://evil.example"}),
    "expired": lambda c: signed(c | {"exp": time.time() - 100}),
    "of the future": lambda c: signed(c | {"iat": time.time() + 100}),
    "for ever": lambda c: signed({n: v for n, v in c.items() if n != "exp"}),
    "nobody's": lambda c: signed(c | {"sub": ""}),
    "of a subject that no database keeps": lambda c: signed(c | {"sub": "a\x00b"}),
    "signed with nothing": as_none,
    "signed with our common secret": by_secret,
    "not signed": unsigned,
    "signed with a stranger's key": lambda c: signed(c, key=STRANGERS_KEY),
    "signed with an unknown key": lambda c: signed(c, key=STRANGERS_KEY, kid="strange"),
    "no token": lambda c: "x",
}


@pytest.mark.parametrize("kind", BENT)
@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
async def test_a_bent_token_signs_nobody_in(kind: str, visitor: Visitor, welcoming: House, provider: Front) -> None:
    provider.bend = BENT[kind]
    await nobody_came_in(welcoming, await visitor.sign_in(NEWCOMER))


@pytest.mark.parametrize("said", [{"email_verified": False}, {"email_verified": "false"}, {"email_verified": None}])
async def test_an_unverified_address_opens_and_makes_nothing(
    said: dict[str, Any], visitor: Visitor, welcoming: House, provider: Front
) -> None:
    before = await welcoming.value(PEOPLE)
    provider.bend = lambda claims: signed(claims | said)
    for email in (VICTIM, NEWCOMER):
        await nobody_came_in(welcoming, await visitor.sign_in(email), 403)
    assert await welcoming.value(PEOPLE) == before


@pytest.mark.parametrize("email", [None, "", "x", "a@b\x00.example", f"{'a' * 250}@example.com", "ann@example.com\n"])
async def test_an_odd_address_opens_and_makes_nothing(
    email: str | None, visitor: Visitor, welcoming: House, provider: Front
) -> None:
    provider.bend = lambda claims: signed(claims | {"email": email})
    await nobody_came_in(welcoming, await visitor.sign_in(NEWCOMER), 403)


async def test_an_account_set_up_as_a_trap_is_not_walked_into(
    visitor: Visitor, welcoming: House, mailbox: Mailbox
) -> None:
    """Somebody registers the victim's address beforehand, and leaves whatever would let them in later."""
    await register(welcoming, NEWCOMER)
    _, trap = await sign_in(welcoming, NEWCOMER)
    await post(welcoming, "email/change", bearer(trap), newEmail="evil@example.com", password="correct-horse-battery")
    await post(welcoming, "2fa/setup", bearer(trap), password="correct-horse-battery")
    await welcoming.value("UPDATE totp_factors SET enabled_at = now() RETURNING 1")
    letters = await mailbox.collect(welcoming.kit)
    (change,) = [token_of(mail) for mail in letters if mail["To"] == "evil@example.com"]

    await nobody_came_in(welcoming, await visitor.sign_in(NEWCOMER), 403)
    (mail,) = await mailbox.collect(welcoming.kit)
    assert mail["To"] == NEWCOMER
    status, session = await post(welcoming, "magic-link/verify", token=token_of(mail), confirm=True)
    assert (status, "accessToken" in session) == (200, True)

    assert (await visitor.session(NEWCOMER))["user"]["id"] == session["user"]["id"]
    assert (await sign_in(welcoming, NEWCOMER))[0] == 401
    assert (await post(welcoming, "refresh", refreshToken=trap["refreshToken"]))[0] == 401
    assert (await post(welcoming, "email/confirm", token=change))[0] == 401


@pytest.mark.parametrize(
    "page",
    ["//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil", "/host?x=1", "/host#oauth=1", "evil", "/",
     "/host//evil", "/host/../x", "/host\n", "javascript:alert(1)"],
)  # fmt: skip
async def test_nobody_is_led_to_another_site(page: str, visitor: Visitor) -> None:
    landing = await visitor.start(next=page)
    assert (landing.status, landing.address) == (422, "")


async def test_a_silent_provider_is_told_and_nobody_waits_for_ever(
    visitor: Visitor, provider: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = await visitor.leave(NEWCOMER)
    provider.silent = True
    monkeypatch.setattr(oidc, "WAIT_S", 0.3)
    for landing in (await visitor.visit("GET", answer), await visitor.start("other")):
        assert (landing.status, landing.headers["Retry-After"]) == (503, "60")
        assert "cannot be reached now" in landing.text


@pytest.mark.parametrize(
    "description",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": None},
        {"jwks_uri": "http://127.0.0.1:9/"},
        {"x": "x" * 300_000},
    ],
)
async def test_a_provider_that_describes_itself_wrong_is_as_good_as_away(
    description: dict[str, Any], visitor: Visitor, provider: Front
) -> None:
    provider.description = description
    assert (await visitor.start()).status == 503


async def test_a_provider_in_trouble_is_told(visitor: Visitor, provider: Front) -> None:
    provider.token_status = 500
    landing = await visitor.sign_in(NEWCOMER)
    assert (landing.status, "Dex cannot be reached now" in landing.text) == (503, True)


async def test_a_new_key_is_found_and_not_asked_for_all_the_time(
    visitor: Visitor, provider: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.publishes_own_key = False
    assert (await visitor.start()).status == 303
    provider.publishes_own_key, provider.bend = True, signed
    assert (await visitor.sign_in(NEWCOMER)).status == 401
    assert provider.reads == ["description", "keys"]
    monkeypatch.setattr(oidc, "READ_AGAIN_S", 0)
    assert (await visitor.sign_in(NEWCOMER)).status == 303
    assert provider.reads == ["description", "keys"] * 2


async def test_no_secret_of_a_sign_in_reaches_the_log_or_redis_as_a_key(
    visitor: Visitor, welcoming: House, provider: Front, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG", "singr"):
        answer = URL(await visitor.leave(NEWCOMER))
        kept = [str(key) for key in await welcoming.kit.redis.keys("oauth:*")]
        landing = await visitor.visit("GET", str(answer))
        await visitor.exchange(landing.code)
    told = "\n".join([*(str(vars(record)) for record in caplog.records), *kept])
    secrets = [*answer.query.values(), landing.code, *visitor.cookies.values(), provider.asked[0]["code_verifier"]]
    assert [secret for secret in secrets if secret in told] == []


async def test_without_redis_nobody_signs_in_and_a_page_says_so(trusting: Settings) -> None:
    async with (
        opened(replace(trusting, redis_url="redis://127.0.0.1:9/0")) as house,
        house.client.get("/v1/auth/oauth/dex/start", allow_redirects=False) as answer,
    ):
        assert (answer.status, answer.content_type) == (503, "text/html")
