"""Guessing made slow: by account, by device and by address, each failure costs more time, and at last a lock.

An attempt is counted at its account and its device before it is judged, so a hundred at once are no faster than one
after the other; a good one is taken back. Accounts that do not exist are counted, too. A whole bar shares one address:
there only what has failed counts, and much of it is borne. Redis away: nobody signs in (503).
"""

from __future__ import annotations

import logging

from msgspec import Struct

from singr.core.errors import RateLimited
from singr.core.secrets import digest
from singr.http.call import Call
from singr.infra.redis import reachable

REMEMBERED_MS = 60 * 60 * 1000
LOCKED_MS = 15 * 60 * 1000

log = logging.getLogger("singr.security")


class Patience(Struct, frozen=True):
    """`free` failures cost nothing, the next ones 2, 4, 8 … seconds, and the one numbered `locked_at` `LOCKED_MS`."""

    free: int
    locked_at: int


ACCOUNT = Patience(free=3, locked_at=10)
DEVICE = Patience(free=5, locked_at=20)
ADDRESS = Patience(free=200, locked_at=220)

# KEYS what is counted, then what is only looked at; ARGV: ms locked, ms remembered, then for each that is counted its
# free failures and the one that locks. Nothing is counted while one of them is closed.
ATTEMPT = """
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
for _, key in ipairs(KEYS) do
  local until_ms = tonumber(redis.call('HGET', key, 'closed_until_ms') or 0)
  if until_ms > now then return {-1, until_ms - now} end
end
local counted = {}
for n = 1, (#ARGV - 2) / 2 do
  local attempts, wait_ms = redis.call('HINCRBY', KEYS[n], 'attempts', 1), 0
  local free, locks = tonumber(ARGV[2 * n + 1]), tonumber(ARGV[2 * n + 2])
  if attempts >= locks then wait_ms = tonumber(ARGV[1])
  elseif attempts > free then wait_ms = math.min(1000 * 2 ^ (attempts - free), tonumber(ARGV[1])) end
  redis.call('HSET', KEYS[n], 'closed_until_ms', string.format('%.0f', now + wait_ms))
  redis.call('PEXPIRE', KEYS[n], ARGV[2])
  counted[n] = attempts
end
return counted
"""
TAKE_BACK = """
for _, key in ipairs(KEYS) do
  local attempts = tonumber(redis.call('HGET', key, 'attempts') or 0)
  if attempts > 0 then redis.call('HSET', key, 'attempts', attempts - 1, 'closed_until_ms', 0) end
end
"""


class Counted(Struct, frozen=True):
    """`what` names it in the log."""

    what: str
    key: str
    patience: Patience


class TooManyFailures(RateLimited):
    title = "Too many failed attempts"


async def attempt(call: Call, account: str, *, kind: str = "signin") -> list[str]:
    """Count an attempt: what it locks if it is wrong. Raises TooManyFailures, UpstreamUnavailable."""
    counted = [Counted("account", key(account, kind), ACCOUNT)]
    if call.device:
        counted.append(Counted("device", _at("device", call.device), DEVICE))
    return await _count(call, counted, [_at("address", call.network)])


async def unjudged(call: Call, account: str, *, kind: str = "signin") -> None:
    """Nobody could tell whether the attempt was right: it is taken back."""
    await _take_back(call, key(account, kind), *([_at("device", call.device)] if call.device else []))


async def failed(call: Call, locks: list[str], user: str | None) -> None:
    """The attempt was wrong: that counts at the address, and is told where it locks something."""
    at_address = Counted("address", _at("address", call.network), ADDRESS)
    for what in [*locks, *await _count(call, [at_address], [])]:
        log.warning("locked out", extra={"what": what, "user": user, "address": call.address})


async def succeeded(call: Call, account: str, *, kind: str = "signin") -> None:
    """Forget the failures of this account; those of the device stay, but for this attempt."""
    with reachable():
        await call.kit.redis.delete(key(account, kind))
    if call.device:
        await _take_back(call, _at("device", call.device))


async def _count(call: Call, counted: list[Counted], looked_at: list[str]) -> list[str]:
    given = [number for each in counted for number in (each.patience.free, each.patience.locked_at)]
    with reachable():
        script = call.kit.redis.register_script(ATTEMPT)
        keys = [*(each.key for each in counted), *looked_at]
        answer: list[int] = await script(keys=keys, args=[LOCKED_MS, REMEMBERED_MS, *given])
    if answer[0] < 0:
        raise TooManyFailures("wait before you try again", retry_after_s=answer[1] / 1000)
    return [each.what for each, times in zip(counted, answer, strict=True) if times >= each.patience.locked_at]


async def _take_back(call: Call, *keys: str) -> None:
    with reachable():
        await call.kit.redis.register_script(TAKE_BACK)(keys=list(keys))


def key(account: str, kind: str = "signin") -> str:
    """Where an account is counted, by its address as it is stored: none stands in Redis in clear."""
    return f"{{attempts}}:{kind}:{digest(account)}"


def _at(what: str, name: str) -> str:
    return f"{{attempts}}:{what}:{digest(name)}"
