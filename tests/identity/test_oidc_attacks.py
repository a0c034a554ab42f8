"""Signing in with another service, attacked: each test is red without the defence it is about."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

import jwt
import pytest
from msgspec.structs import replace
from yarl import URL

from singr.core.secrets import digest
from singr.core.settings import Settings
from singr.identity.oidc_flows import Browser
from tests.house import House, opened
from tests.identity.visits import bearer, post, register, sign_in
from tests.mailbox import Mailbox, link_of
from tests.openid.fixtures import NEWCOMER
from tests.openid.front import Front, signed
from tests.openid.visitor import Visitor, at_provider, nobody_came_in

VICTIM = "singer@example.com"
PEOPLE, LINKS = "SELECT count(*) FROM users", "SELECT count(*) FROM accounts"


def token_of(mail: EmailMessage) -> str:
    return link_of(mail).rpartition("=")[2]


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


def test_an_odd_cookie_is_a_wrong_one() -> None:
    assert not Browser("x", digest("secret")).is_the_one({"x": b"\xff".decode(errors="surrogateescape")})


async def test_a_session_from_before_is_not_the_one_that_comes_out(visitor: Visitor) -> None:
    first = await visitor.session(NEWCOMER)
    second = await visitor.session(NEWCOMER)
    sessions = [jwt.decode(s["accessToken"], options={"verify_signature": False})["sid"] for s in (first, second)]
    assert len(set(sessions)) == 2


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
