"""The second factor: an authenticator app, and ten recovery codes for when the phone is gone."""

from __future__ import annotations

import base64
import io
import logging
import secrets
import time
from uuid import UUID

import segno
from msgspec import Struct

from singr.core.errors import AuthenticationFailed, Conflict
from singr.core.sealing import Seal
from singr.core.secrets import digest
from singr.core.settings import Settings
from singr.http.call import Call
from singr.identity import credentials, phones, throttle, totp
from singr.identity.forms import Code, ConfirmCode, ConfirmPassword
from singr.identity.shapes import Password
from singr.infra.sql import maybe, none, value

RECOVERY_CODES = 10
RECOVERY_BYTES = 10


class Disable(Struct, rename="camel", forbid_unknown_fields=True):
    password: Password
    code: Code


class Setup(Struct, rename="camel"):
    """`secret` is for typing, `uri` the same for apps, `qrSvg` the same as a picture."""

    secret: str
    uri: str
    qr_svg: str


class RecoveryCodes(Struct, rename="camel"):
    """Shown once. Each signs in once instead of a code from the app."""

    recovery_codes: list[str]


class Factor(Struct):
    secret: bytes
    is_enabled: bool


FACTOR = maybe("totp_factor", Factor)
PREPARE = none("totp_prepare")
ENABLE = none("totp_enable")
USE_STEP = none("totp_use_step")
REMOVE = none("totp_remove")
KEEP_CODES = none("recovery_codes_keep")
USE_CODE = none("recovery_code_use")
IS_ON = value("totp_is_on", bool)

log = logging.getLogger("singr.security")


async def set_up(call: Call, *, body: ConfirmPassword) -> Setup:
    """A new secret for an authenticator app; it counts once a code made with it was shown to `/2fa/verify`."""
    person = await credentials.confirmed(call, body.password)
    secret = totp.new_secret()
    async with call.kit.db.transaction(call.actor) as tx:
        if not await PREPARE(tx, user_id=person.id, sealed=_seal(call.kit.settings).close(secret)):
            raise Conflict("the second factor is on: disable it first")
    picture, uri = io.BytesIO(), totp.uri(secret, person.email)
    segno.make(uri, error="m").save(picture, kind="svg", scale=4, xmldecl=False)
    return Setup(totp.base32(secret), uri, picture.getvalue().decode())


async def enable(call: Call, *, body: ConfirmCode) -> RecoveryCodes:
    """Switch the second factor on by a code from the app; gives the recovery codes, once."""
    user_id = credentials.own_id(call)
    locks = await throttle.attempt(call, str(user_id), kind="totp")
    factor = await FACTOR(call.kit.db, user_id=user_id)
    secret = _seal(call.kit.settings).open(factor.secret) if factor else None
    step = totp.step_of(secret, body.code, time.time()) if secret else None
    if factor is None or factor.is_enabled or step is None:
        await throttle.failed(call, locks, str(user_id))
        raise AuthenticationFailed("the code is wrong")
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    async with call.kit.db.transaction(call.actor) as tx:
        if not await ENABLE(tx, user_id=user_id, step=step):
            raise AuthenticationFailed("the code is wrong")
        await KEEP_CODES(tx, user_id=user_id, hashes=[digest(_plain(code)) for code in codes])
    await throttle.succeeded(call, str(user_id), kind="totp")
    log.info("second factor on", extra={"user": str(user_id)})
    return RecoveryCodes(codes)


async def disable(call: Call, *, body: Disable) -> None:
    """Switch the second factor off; needs the password and a code."""
    person = await credentials.confirmed(call, body.password)
    await check(call, person.id, body.code)
    async with call.kit.db.transaction(call.actor) as tx:
        await REMOVE(tx, user_id=person.id)
    log.warning("second factor off", extra={"user": str(person.id)})


async def check(call: Call, user_id: UUID, offered: str, *, challenge: str = "") -> None:
    """Take a code of the app, one sent for `challenge` by text, or a recovery code, each of which is good once.

    Raises AuthenticationFailed.
    """
    locks = await throttle.attempt(call, str(user_id), kind="totp")
    if not await _is_good(call, user_id, offered, challenge):
        log.warning("second factor refused", extra={"user": str(user_id), "address": call.address})
        await throttle.failed(call, locks, str(user_id))
        raise AuthenticationFailed("the code is wrong")
    await throttle.succeeded(call, str(user_id), kind="totp")


async def _is_good(call: Call, user_id: UUID, offered: str, challenge: str) -> bool:
    factor = await FACTOR(call.kit.db, user_id=user_id)
    if factor is None or not factor.is_enabled:
        return False
    secret = _seal(call.kit.settings).open(factor.secret)  # None after AUTH_SECRET has changed: other codes go on
    step = totp.step_of(secret, offered.strip(), time.time()) if secret else None
    if step is None and challenge and await phones.is_right(call, challenge, offered):
        return True
    async with call.kit.db.transaction(credentials.acting_as(user_id)) as tx:
        if step is not None:
            return bool(await USE_STEP(tx, user_id=user_id, step=step))
        used = bool(await USE_CODE(tx, user_id=user_id, code_hash=digest(_plain(offered))))
    if used:
        log.warning("recovery code used", extra={"user": str(user_id), "address": call.address})
    return used


def _recovery_code() -> str:
    text = base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def _plain(code: str) -> str:
    """A recovery code as it is hashed, however it was typed."""
    return "".join(code.split()).replace("-", "").lower()


def _seal(settings: Settings) -> Seal:
    return Seal(settings.auth_secret, "totp")
