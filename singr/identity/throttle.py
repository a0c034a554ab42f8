"""Guessing made slow: each account waits longer after every failure, and is locked for a while after ten.

An attempt is counted before the password is judged, so a hundred at once are no faster than one after the other. It is
counted for addresses that do not exist, too. Redis away: nobody signs in (503).
"""

from __future__ import annotations

from redis.asyncio import Redis

from singr.core.errors import RateLimited
from singr.core.secrets import digest
from singr.infra.redis import reachable

FREE = 3
LOCKED_AT = 10
LOCKED_MS = 15 * 60 * 1000
REMEMBERED_MS = 60 * 60 * 1000

# KEYS[1] the account; ARGV: free attempts, attempts until the lock, ms locked, ms remembered.
ATTEMPT = """
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local known = redis.call('HMGET', KEYS[1], 'attempts', 'closed_until_ms')
local until_ms = tonumber(known[2] or 0)
if until_ms > now then return {0, until_ms - now} end
local attempts = tonumber(known[1] or 0) + 1
local wait_ms = 0
if attempts >= tonumber(ARGV[2]) then wait_ms = tonumber(ARGV[3])
elseif attempts > tonumber(ARGV[1]) then wait_ms = 1000 * 2 ^ (attempts - tonumber(ARGV[1])) end
redis.call('HSET', KEYS[1], 'attempts', attempts, 'closed_until_ms', string.format('%.0f', now + wait_ms))
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return {1, attempts}
"""


class TooManyFailures(RateLimited):
    title = "Too many failed attempts"


async def attempt(redis: Redis, email: str, *, kind: str = "signin") -> int:
    """Count an attempt; how many there were since the last success. Raises TooManyFailures, UpstreamUnavailable."""
    with reachable():
        script = redis.register_script(ATTEMPT)
        passed, number = await script(keys=[key(email, kind)], args=[FREE, LOCKED_AT, LOCKED_MS, REMEMBERED_MS])
    if not passed:
        raise TooManyFailures("wait before you try again", retry_after_s=int(number) / 1000)
    return int(number)


async def succeeded(redis: Redis, email: str, *, kind: str = "signin") -> None:
    """Forget the failures of this account."""
    with reachable():
        await redis.delete(key(email, kind))


def key(email: str, kind: str = "signin") -> str:
    """What is counted: no address stands in Redis in clear."""
    return f"attempts:{kind}:{digest(email.lower())}"
