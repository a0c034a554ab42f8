"""Keys change while people stay signed in."""

from __future__ import annotations

from uuid import uuid4

import pytest
from msgspec.structs import replace
from redis.asyncio import Redis

from singr.core.errors import AuthenticationFailed
from singr.core.settings import BadSettings, Settings
from singr.identity import tokens
from singr.identity.epochs import Epochs
from singr.identity.keys import SigningKeys
from singr.identity.people import Person, PersonRow
from singr.identity.revocations import Revocations
from singr.identity.rotation import rotated
from singr.identity.tokens import Doorkeeper
from singr.infra.postgres import Database

ANN = Person(PersonRow(uuid4(), "a@example.com", None, None, None, None, True, [], None, None, None), [], None)


def generations(count: int) -> list[Settings]:
    """One installation before its first rotation with keys of its own, and after each of `count` more."""
    line = [replace(Settings(), jwt_private_keys=rotated(Settings()))]
    for _ in range(count):
        line.append(replace(line[-1], jwt_private_keys=rotated(line[-1])))
    return line


def reads(settings: Settings, token: str) -> bool:
    try:
        Doorkeeper(settings, Revocations(Redis(), {}), Epochs(Database(None), settings)).read(token)
    except AuthenticationFailed:
        return False
    return True


def test_processes_of_before_and_after_a_rotation_read_each_others_tokens() -> None:
    before, after, later = generations(2)
    for signs, verifies in ((before, after), (after, before), (after, later), (later, after)):
        assert reads(verifies, tokens.issue(signs, ANN, "session"))


def test_each_rotation_signs_with_the_key_announced_before() -> None:
    before, after, later = (SigningKeys.of(settings) for settings in generations(2))
    assert after.kid == before.jwks["keys"][1]["kid"]
    assert later.kid == after.jwks["keys"][1]["kid"]
    assert len({before.kid, after.kid, later.kid}) == 3


def test_a_key_is_gone_two_rotations_after_it_signed_last() -> None:
    before, _, later = generations(2)
    assert not reads(later, tokens.issue(before, ANN, "session"))


def test_keys_that_cannot_be_read_are_not_rotated() -> None:
    with pytest.raises(BadSettings):
        rotated(replace(Settings(), jwt_private_keys="nonsense"))
