"""A phone as second channel of the second factor: six digits by text message, where the app is not at hand.

The number is confirmed by a code before it counts, and stands sealed in the database. Redis knows a code only as a MAC,
for five minutes; it is good once, and five wrong ones end it. Wrong codes count like wrong codes of the app.
"""

from __future__ import annotations

import logging
import secrets
from uuid import UUID

from msgspec import Struct

from singr.core.actor import SYSTEM
from singr.core.errors import AuthenticationFailed, Conflict, NotFound, RateLimited, UpstreamUnavailable
from singr.core.sealing import Seal
from singr.core.secrets import Signer, digest
from singr.core.settings import Settings
from singr.http.call import Call
from singr.identity import credentials, links, people, throttle
from singr.identity.forms import ConfirmCode, ConfirmPassword, Phone, Told
from singr.identity.shapes import Password
from singr.infra import sms
from singr.infra.limits import Rate
from singr.infra.redis import reachable
from singr.infra.sql import maybe, none
from singr.notifications import outbox
from singr.notifications.outbox import Letter

LIFETIME_S = 300
TRIES = 5
SENDING = Rate(5, per_s=3600, by="user", inside=True)
SENT = Told("A code is on its way to your phone.")

# KEYS[1] the code; ARGV: its MAC, what is kept with it, tries, seconds to live.
KEEP = """
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'mac', ARGV[1], 'detail', ARGV[2], 'left', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
"""
# KEYS[1] the code; ARGV[1] the MAC of what was offered. Gives what was kept with the right one.
TAKE = """
local kept = redis.call('HMGET', KEYS[1], 'mac', 'detail')
if not kept[1] then return false end
if kept[1] == ARGV[1] then redis.call('DEL', KEYS[1]) return kept[2] end
if redis.call('HINCRBY', KEYS[1], 'left', -1) <= 0 then redis.call('DEL', KEYS[1]) end
return false
"""


class SetPhone(Struct, rename="camel", forbid_unknown_fields=True):
    password: Password
    phone_number: Phone


class Kept(Struct):
    phone_sealed: bytes | None


KEPT = maybe("factor_phone", Kept)
SET = none("factor_phone_set")

log = logging.getLogger("singr.security")


async def set_up(call: Call, *, body: SetPhone) -> Told:
    """Have a code sent to a phone; it counts once the code was shown to `/2fa/phone/verify`."""
    person = await credentials.confirmed(call, body.password)
    if not sms.is_sent(call.kit.settings):
        raise UpstreamUnavailable("no text messages are sent from here")
    if await KEPT(call.kit.db, user_id=person.id) is None:
        raise Conflict("switch the second factor on first")
    await _send(call, person.id, f"setup:{person.id}", body.phone_number, detail=body.phone_number)
    return SENT


async def confirm(call: Call, *, body: ConfirmCode) -> None:
    """Use the phone from now on, by the code sent there; the owner is told by mail."""
    person = await people.load(call.kit.db, credentials.own_id(call), call.actor.context)
    locks = await throttle.attempt(call, str(person.id), kind="totp")
    phone = await _take(call, f"setup:{person.id}", body.code)
    if phone is None:
        await throttle.failed(call, locks, str(person.id))
        raise AuthenticationFailed("the code is wrong")
    await throttle.succeeded(call, str(person.id), kind="totp")
    sealed = _seal(call.kit.settings).close(phone)
    async with call.kit.db.transaction(call.actor) as tx:
        if not await SET(tx, user_id=person.id, sealed=sealed):
            raise Conflict("switch the second factor on first")
        letter = await links.tell(tx, call.kit.settings, "phone_added", to=person.email, name=person.name)
    await outbox.post(call.kit, letter)
    log.warning("phone for codes set", extra={"user": str(person.id), "address": call.address})


async def remove(call: Call, *, body: ConfirmPassword) -> None:
    """No codes by text message any more."""
    person = await credentials.confirmed(call, body.password)
    async with call.kit.db.transaction(call.actor) as tx:
        await SET(tx, user_id=person.id, sealed=None)
    log.warning("phone for codes removed", extra={"user": str(person.id), "address": call.address})


async def send_code(call: Call, user_id: UUID, challenge: str) -> Told:
    """Have a code for this challenge sent to the phone of whoever signs in; it ends the one before."""
    phone = await number_of(call, user_id)
    if phone is None:
        raise NotFound("no phone is known")
    await _send(call, user_id, f"challenge:{challenge}", phone)
    return SENT


async def number_of(call: Call, user_id: UUID) -> str | None:
    """The phone that codes may be sent to, None without one."""
    kept = await KEPT(call.kit.db, user_id=user_id)
    opened = _seal(call.kit.settings).open(kept.phone_sealed) if kept and kept.phone_sealed else None
    return opened.decode() if opened else None


async def is_right(call: Call, challenge: str, offered: str) -> bool:
    """Takes the code that was sent for a challenge, once."""
    return await _take(call, f"challenge:{challenge}", offered.strip()) is not None


async def _send(call: Call, user_id: UUID, purpose: str, to: str, *, detail: str = "") -> None:
    verdict = await call.kit.limits.take(f"sms:{user_id}", SENDING)
    if not verdict.allowed:
        raise RateLimited("too many text messages", retry_after_s=verdict.retry_after_s)
    code, settings = f"{secrets.randbelow(1_000_000):06}", call.kit.settings
    mac = _mac(settings, purpose, code)
    with reachable():
        await call.kit.redis.register_script(KEEP)(keys=[_key(purpose)], args=[mac, detail, TRIES, LIFETIME_S])
    async with call.kit.db.transaction(SYSTEM) as tx:
        letter = await outbox.put(tx, settings, Letter("code", to, {"code": code}, by="sms"), for_s=LIFETIME_S)
    await outbox.post(call.kit, letter)
    log.info("code sent by text", extra={"user": str(user_id), "address": call.address})


async def _take(call: Call, purpose: str, offered: str) -> bytes | None:
    mac = _mac(call.kit.settings, purpose, offered)
    with reachable():
        kept: bytes | None = await call.kit.redis.register_script(TAKE)(keys=[_key(purpose)], args=[mac])
    return kept


def _mac(settings: Settings, purpose: str, code: str) -> str:
    return Signer(settings.auth_secret, "sms").sign(f"{purpose}:{code}").rpartition(".")[2]


def _key(purpose: str) -> str:
    return f"sms:{digest(purpose)}"


def _seal(settings: Settings) -> Seal:
    return Seal(settings.auth_secret, "phone")
