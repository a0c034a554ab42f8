"""Providers that lie or stay silent: nobody comes in by a bent token, and nobody waits for ever."""

from __future__ import annotations

import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.utils import base64url_encode

from singr.infra import oidc
from tests.house import House
from tests.openid.dex import SECRET
from tests.openid.fixtures import NEWCOMER
from tests.openid.front import Front, signed
from tests.openid.visitor import Visitor, nobody_came_in

STRANGERS_KEY = rsa.generate_private_key(65537, 2048)


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
