"""A sign-in that is under way while everything of a person is ended: it ends too."""

from __future__ import annotations

from typing import Any

import pytest
from argon2 import PasswordHasher

from singr.core.settings import Settings
from singr.identity import epochs, passwords
from tests.house import House, opened
from tests.identity.test_factors import with_factor
from tests.identity.visits import NEW_PASSWORD, bearer, post, profile, sign_in
from tests.mailbox import Mailbox
from tests.openid.visitor import Visitor

SET_HASH = "UPDATE users SET password_hash = $1 WHERE email = $2 RETURNING 1"
ENDED = """INSERT INTO auth_epochs AS e (users_id, epoch, generation) VALUES ($1, 1, 1) ON CONFLICT (users_id) DO UPDATE
SET epoch = e.epoch + 1, generation = e.generation + 1, changed_at = clock_timestamp() RETURNING 1"""


async def reset(home: House, mailbox: Mailbox, email: str = "customer@example.com") -> None:
    await mailbox.collect(home.kit)
    await post(home, "password/forgot", email=email)
    token = await mailbox.token(home.kit)
    assert (await post(home, "password/reset", token=token, password=NEW_PASSWORD))[0] == 200


async def test_a_reset_ends_a_sign_in_by_the_old_password_that_is_just_judged(
    home: House, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    host, verify = home.demo.host, passwords.verify
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(host.password)
    await home.value(SET_HASH, weak, host.email)

    async def slowly(stored: str | None, password: str) -> bool:
        is_right = await verify(stored, password)
        await reset(home, mailbox)
        return is_right

    with monkeypatch.context() as patch:
        patch.setattr(passwords, "verify", slowly)
        assert (await sign_in(home, host.email, host.password))[0] == 401
    assert (await sign_in(home, host.email, NEW_PASSWORD))[0] == 200
    assert (await sign_in(home, host.email, host.password))[0] == 401, "an outdated hash does not come back"


async def test_a_reset_ends_a_sign_in_that_waits_for_a_code(home: House, mailbox: Mailbox) -> None:
    _, codes, _ = await with_factor(home)
    _, challenge = await sign_in(home, home.demo.host.email, home.demo.host.password)
    await reset(home, mailbox)
    token = challenge["twoFactorToken"]
    assert (await post(home, "2fa/challenge", twoFactorToken=token, code=codes[0]))[0] == 401
    _, challenge = await sign_in(home, home.demo.host.email, NEW_PASSWORD)
    token = challenge["twoFactorToken"]
    assert (await post(home, "2fa/challenge", twoFactorToken=token, code=codes[0]))[0] == 200


async def test_a_reset_ends_a_sign_in_that_comes_back_from_a_provider(
    visitor: Visitor, welcoming: House, mailbox: Mailbox
) -> None:
    landing = await visitor.sign_in("customer@example.com")
    await reset(welcoming, mailbox)
    assert (await visitor.exchange(landing.code))[0] == 401
    landing = await visitor.sign_in("customer@example.com")
    assert (await visitor.exchange(landing.code))[0] == 200


async def test_switching_does_not_revive_a_session_whose_end_is_not_heard_here_yet(
    mailing: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(epochs, "SWEEP_S", 3600)
    async with opened(mailing) as home:
        _, session = await sign_in(home, home.demo.host.email, home.demo.host.password)
        wanted: dict[str, Any] = (await profile(home, session))[1]["activeContext"]
        await home.value(ENDED, session["user"]["id"])
        assert (await profile(home, session))[0] == 200, "this process has not heard"
        assert (await post(home, "context", bearer(session), **wanted))[0] == 401
        assert (await post(home, "refresh", refreshToken=session["refreshToken"]))[0] == 401
