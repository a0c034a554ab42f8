"""The second factor: asked for at every sign-in, each code good once."""

from __future__ import annotations

import asyncio
import base64
import time
from typing import Any

from msgspec.structs import replace

from singr.core.settings import Settings
from singr.identity import throttle, totp
from tests.house import House, opened
from tests.identity.visits import bearer, post, profile, sign_in
from tests.mailbox import Mailbox


async def host(home: House) -> tuple[int, dict[str, Any]]:
    return await sign_in(home, home.demo.host.email, home.demo.host.password)


class Phone:
    """An authenticator app; every code it shows is of a later step than the one before, and accepted for 5 s more."""

    def __init__(self, secret: str) -> None:
        self.secret = base64.b32decode(secret + "=" * (-len(secret) % 8))
        self.step = 0

    async def show(self) -> str:
        around, passed_s = divmod(time.time(), totp.STEP_S)
        left_s = totp.STEP_S - passed_s
        self.step = max(self.step + 1, int(around) - totp.SKEW_STEPS)
        if self.step < around and left_s < 5:
            await asyncio.sleep(left_s)
            self.step += 1
        return totp.code(self.secret, self.step)


async def with_factor(home: House) -> tuple[Phone, list[str], dict[str, str]]:
    """A host with a second factor: the phone, the recovery codes, what signs calls in."""
    _, session = await host(home)
    headers = bearer(session)
    status, setup = await post(home, "2fa/setup", headers, password=home.demo.host.password)
    assert status == 200
    assert setup["qrSvg"].startswith("<svg")
    assert setup["uri"].startswith("otpauth://totp/Singr:customer%40example.com?secret=" + setup["secret"])
    phone = Phone(setup["secret"])
    assert (await post(home, "2fa/verify", headers, code="000000"))[0] == 401
    status, kept = await post(home, "2fa/verify", headers, code=await phone.show())
    assert status == 200, kept
    assert len(kept["recoveryCodes"]) == len(set(kept["recoveryCodes"])) == 10
    return phone, kept["recoveryCodes"], headers


async def answer(home: House, code: str) -> tuple[int, Any]:
    status, challenge = await host(home)
    assert (status, challenge["requiresTwoFactor"], "accessToken" in challenge) == (200, True, False)
    return await post(home, "2fa/challenge", twoFactorToken=challenge["twoFactorToken"], code=code)


async def test_a_code_finishes_signing_in_and_is_good_once(home: House) -> None:
    phone, _, _ = await with_factor(home)
    code = await phone.show()
    status, session = await answer(home, code)
    assert status == 200
    assert (await profile(home, session))[0] == 200
    assert (await answer(home, code))[0] == 401


async def test_a_challenge_makes_one_session(home: House) -> None:
    phone, codes, _ = await with_factor(home)
    _, challenge = await host(home)
    token = challenge["twoFactorToken"]
    assert (await post(home, "2fa/challenge", twoFactorToken=token, code="wrong-code"))[0] == 401
    assert (await post(home, "2fa/challenge", twoFactorToken=token, code=codes[0]))[0] == 200
    assert (await post(home, "2fa/challenge", twoFactorToken=token, code=await phone.show()))[0] == 401
    assert (await post(home, "2fa/challenge", twoFactorToken="made-up", code=await phone.show()))[0] == 401


async def test_a_recovery_code_signs_in_once_however_it_is_typed(home: House) -> None:
    _, codes, _ = await with_factor(home)
    assert (await answer(home, codes[0].upper().replace("-", " ")))[0] == 200
    assert (await answer(home, codes[0]))[0] == 401


async def test_recovery_codes_outlast_a_change_of_the_auth_secret(home: House, mailing: Settings) -> None:
    phone, codes, _ = await with_factor(home)
    async with opened(replace(mailing, auth_secret="another secret of this installation")) as later:
        assert (await answer(later, await phone.show()))[0] == 401
        assert (await answer(later, codes[0]))[0] == 200


async def test_guessing_codes_is_slowed_down(home: House) -> None:
    _, codes, _ = await with_factor(home)
    user = await home.value("SELECT users_id FROM totp_factors")
    await home.kit.redis.hset(throttle.key(str(user), "totp"), mapping={"attempts": 9, "closed_until_ms": 0})
    assert (await answer(home, "123456"))[0] == 401
    assert (await answer(home, codes[0]))[0] == 429


async def test_switching_it_off_needs_password_and_code(home: House) -> None:
    phone, _, headers = await with_factor(home)
    password = home.demo.host.password
    assert (await post(home, "2fa/setup", headers, password=password))[0] == 409
    assert (await post(home, "2fa/disable", headers, password="wrong", code=await phone.show()))[0] == 403
    assert (await post(home, "2fa/disable", headers, password=password, code="000000"))[0] == 401
    assert (await post(home, "2fa/disable", headers, password=password, code=await phone.show()))[0] == 204
    assert "accessToken" in (await host(home))[1]


async def test_neither_secret_nor_recovery_codes_can_be_read_in_the_database(home: House) -> None:
    phone, codes, _ = await with_factor(home)
    for table in ("totp_factors", "recovery_codes", "audit_logs"):
        kept = await home.value(f"SELECT string_agg(t::text, ' ') FROM {table} t")  # noqa: S608
        for secret in (phone.secret.hex(), totp.base32(phone.secret), *codes, codes[0].replace("-", "")):
            assert secret not in kept
    assert "[redacted]" in await home.value("SELECT string_agg(t::text, ' ') FROM audit_logs t")


async def test_a_magic_link_does_not_go_around_the_second_factor(home: House, mailbox: Mailbox) -> None:
    await with_factor(home)
    await post(home, "magic-link", email=home.demo.host.email)
    token = await mailbox.token(home.kit)
    status, challenge = await post(home, "magic-link/verify", token=token)
    assert (status, challenge["requiresTwoFactor"]) == (200, True)
