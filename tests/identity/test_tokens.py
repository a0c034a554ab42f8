"""Access tokens: what they say, who can check them, and every way of making one up."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt import PyJWK
from redis.asyncio import Redis

from singr.core.actor import Context
from singr.core.errors import AuthenticationFailed
from singr.core.permissions import Permission
from singr.core.settings import BadSettings, Settings
from singr.identity import keys, tokens
from singr.identity.epochs import Epochs
from singr.identity.keys import SigningKeys
from singr.identity.people import Membership, Person, PersonRow
from singr.identity.revocations import Revocations
from singr.identity.tokens import Doorkeeper
from singr.infra.postgres import Database
from tests.house import House

SECRET = "the secret of this test installation alone"
SETTINGS = Settings(auth_secret=SECRET)
KEYS = SigningKeys.of(SETTINGS)
TENANT = uuid4()
ROW = PersonRow(uuid4(), "ann@example.com", "Ann", None, None, None, True, ["singer"], None, None, None)
MEMBER = Membership(TENANT, "Bar", "customer_staff", "active", ["requests:read", "of:tomorrow"], False)
ANN = Person(ROW, [MEMBER], Context("customer", TENANT))


def doorkeeper(settings: Settings = SETTINGS) -> Doorkeeper:
    return Doorkeeper(settings, Revocations(Redis(), {}), Epochs(Database(None), settings))


def claims(**changed: Any) -> dict[str, Any]:
    """Ann's claims with changes; a None takes the claim away."""
    read = jwt.decode(tokens.issue(SETTINGS, ANN, "session"), options={"verify_signature": False})
    return {name: value for name, value in (read | changed).items() if value is not None}


def signed(key: Any = KEYS.private, algorithm: str = "ES256", kid: Any = KEYS.kid, **changed: Any) -> str:
    return jwt.encode(claims(**changed), key, algorithm, headers={"kid": kid})


def test_a_token_names_who_may_do_what_where() -> None:
    actor = doorkeeper().read(tokens.issue(SETTINGS, ANN, "session"))
    assert (actor.kind, actor.user_id, str(actor)) == ("user", ROW.id, f"user:{ROW.id}")
    assert actor.roles == {"singer", "customer_staff"}
    assert actor.session == "session"
    assert actor.context == Context("customer", TENANT)
    assert actor.permissions == {Permission.REQUESTS_READ}, "slugs we do not know permit nothing"


def test_a_token_says_what_clients_rely_on() -> None:
    said = claims()
    person = {"sub", "email", "name", "role", "roles", "permissions", "activeContext"}
    assert said.keys() == person | {"jti", "sid", "iat", "exp", "iss", "aud", "epoch"}
    assert said["activeContext"] == {"type": "customer", "id": str(TENANT)}
    assert said["exp"] - said["iat"] == 900
    assert said["iss"] == said["aud"] == "system.singrkaraoke.com"
    assert claims()["jti"] != said["jti"]


def unsigned(algorithm: str) -> str:
    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': algorithm, 'typ': 'JWT', 'kid': KEYS.kid})}.{part(claims())}."


def confused() -> str:
    """HS256 with our public key for its secret: a reader that trusts the header's algorithm would take it."""
    pem = KEYS.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    head = unsigned("HS256").rpartition(".")[0]
    mark = hmac.digest(pem, head.encode(), hashlib.sha256)
    return f"{head}.{base64.urlsafe_b64encode(mark).rstrip(b'=').decode()}"


def tampered() -> str:
    head, _, mark = tokens.issue(SETTINGS, ANN, "s").split(".")
    return f"{head}.{unsigned('ES256').split('.')[1]}.{mark}"


FORGED: dict[str, Callable[[], str]] = {
    "without a signature": lambda: unsigned("none"),
    "None with a capital": lambda: unsigned("None"),
    "HS256 with the public key": confused,
    "HS256 with the secret": lambda: signed(SECRET, "HS256"),
    "another's key under our name": lambda: signed(ec.generate_private_key(ec.SECP256R1())),
    "a key nobody knows": lambda: signed(kid="nobody's"),
    "no key named": lambda: jwt.encode(claims(), KEYS.private, "ES256"),
    "another curve": lambda: signed(ec.generate_private_key(ec.SECP384R1()), "ES384"),
    "claims exchanged": tampered,
    "another audience": lambda: signed(aud="elsewhere"),
    "another issuer": lambda: signed(iss="elsewhere"),
    "expired": lambda: signed(exp=int(time.time())),
    "issued in an hour": lambda: signed(iat=int(time.time()) + 3600),
    "good in an hour": lambda: signed(nbf=int(time.time()) + 3600),
    "never expires": lambda: signed(exp=None),
    "nobody's": lambda: signed(sub=None),
    "not a person": lambda: signed(sub="ann"),
    "without a session": lambda: signed(sid=None),
    "without an id": lambda: signed(jti=None),
    "permissions of the wrong type": lambda: signed(permissions="requests:read"),
    "empty": lambda: "",
    "words": lambda: "a.b.c",
    "not ASCII": lambda: "\udcff.é.x",
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_a_token_that_is_not_ours_lets_nobody_in(forge: Callable[[], str]) -> None:
    door = doorkeeper()
    assert door.read(signed()).user_id == ROW.id, "the original is good"
    with pytest.raises(AuthenticationFailed):
        door.read(forge())


def test_a_machine_whose_clock_is_a_little_ahead_is_believed() -> None:
    assert doorkeeper().read(signed(iat=int(time.time()) + 5)).user_id == ROW.id


def test_a_token_that_was_good_ends_when_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    door, token = doorkeeper(), tokens.issue(SETTINGS, ANN, "session")
    ends_at = door.read(token).expires_at
    monkeypatch.setattr(time, "time", lambda: float(ends_at))
    with pytest.raises(AuthenticationFailed, match="expired"):
        door.read(token)


def test_a_token_of_another_installation_is_not_ours() -> None:
    with pytest.raises(AuthenticationFailed):
        doorkeeper(Settings(auth_secret="another")).read(signed())


def test_only_so_many_tokens_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "REMEMBERED_MAX", 2)
    door = doorkeeper()
    for _ in range(5):
        door.read(signed(jti=uuid4().hex))
    assert len(door._remembered) <= 2


def test_keys_are_exchanged_without_signing_anybody_out() -> None:
    old, new = keys.generate(), keys.generate()
    before, after = Settings(jwt_private_keys=old), Settings(jwt_private_keys=(new + old).replace("\n", "\\n"))
    token = tokens.issue(before, ANN, "session")
    assert doorkeeper(after).read(token).user_id == ROW.id
    assert jwt.get_unverified_header(tokens.issue(after, ANN, "s"))["kid"] != jwt.get_unverified_header(token)["kid"]
    with pytest.raises(AuthenticationFailed):
        doorkeeper(Settings(jwt_private_keys=new)).read(token)


@pytest.mark.parametrize("bad", ["hunter2", "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----"])
def test_keys_that_cannot_be_used_stop_the_start_without_being_repeated(bad: str) -> None:
    with pytest.raises(BadSettings, match="JWT_PRIVATE_KEYS") as caught:
        SigningKeys.of(Settings(jwt_private_keys=bad))
    assert "hunter2" not in str(caught.value)


async def test_anybody_can_check_a_token_with_the_published_keys(house: House) -> None:
    token = (await house.sign_in())["Authorization"].removeprefix("Bearer ")
    for path in ("/v1/auth/well-known/jwks.json", "/.well-known/jwks.json", "/v1/auth/.well-known/jwks.json"):
        status, published = await house.call("GET", path)
        assert status == 200
    kid = jwt.get_unverified_header(token)["kid"]
    (jwk,) = [key for key in published["keys"] if key["kid"] == kid]
    assert jwk.keys() == {"kty", "crv", "x", "y", "kid", "use", "alg"}, "nothing private"
    said = jwt.decode(token, PyJWK(jwk), algorithms=["ES256"], audience="system.singrkaraoke.com")
    assert said["email"] == house.demo.host.email
    assert said["role"] == "customer_owner"
    assert set(said["permissions"]) == set(Permission)
