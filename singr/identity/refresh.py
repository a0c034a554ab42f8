"""Refresh tokens: opaque, rotated at every use, revoked as a family when an old one comes back.

A token is `family.number.signature`. Redis knows the family only by its hash and keeps whose it is and the number that
is current. Presenting the current number gives the next one; the one before it gives the same answer again for ten
seconds (the client may not have got it); any other number means two parties hold the family, and ends it. However
often it is used, a family ends some time after its start.
"""

from __future__ import annotations

from uuid import UUID

import msgspec
from msgspec import Struct

from singr.core import ids
from singr.core.actor import Context
from singr.core.errors import AuthenticationFailed
from singr.core.secrets import Signer, digest
from singr.infra.kit import Kit
from singr.infra.redis import Client, reachable

GRACE_MS = 10_000

# KEYS[1] the family; ARGV: its owner, seconds to live.
START = """
redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'number', 1, 'rotated_ms', 0, 'started_s', redis.call('TIME')[1])
redis.call('EXPIRE', KEYS[1], ARGV[2])
"""
# KEYS[1] the family; ARGV: the number presented, ms of grace, seconds to live, seconds from its start to its end.
ROTATE = """
local family = redis.call('HMGET', KEYS[1], 'owner', 'number', 'rotated_ms', 'started_s')
if not family[1] then return {'unknown', ''} end
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local presented, current = tonumber(ARGV[1]), tonumber(family[2])
if presented == current then
  current = current + 1
  redis.call('HSET', KEYS[1], 'number', current, 'rotated_ms', now)
elseif presented ~= current - 1 or now - tonumber(family[3]) > tonumber(ARGV[2]) then
  redis.call('DEL', KEYS[1])
  return {'reused', family[1]}
end
redis.call('EXPIRE', KEYS[1], math.min(ARGV[3], (family[4] or t[1]) + ARGV[4] - t[1]))
return {tostring(current), family[1]}
"""


# KEYS[1] the family; ARGV[1] the context. The generation stays: what has ended does not begin again.
KEEP = """
local owner = redis.call('HGET', KEYS[1], 'owner')
if not owner then return 0 end
owner = cjson.decode(owner)
owner.context = cjson.decode(ARGV[1])
redis.call('HSET', KEYS[1], 'owner', cjson.encode(owner))
return 1
"""


class Owner(Struct):
    """Whose session it is, and what it acts as; all sessions of older generations have ended."""

    user_id: UUID
    context: Context | None
    generation: int = 0


class TokenReused(AuthenticationFailed):
    title = "The session was ended: an old refresh token came back"

    def __init__(self, session: str, user_id: UUID) -> None:
        super().__init__()
        self.session, self.user_id = session, user_id


class RefreshTokens:
    def __init__(self, redis: Client, auth_secret: str, ttl_s: int, session_ttl_s: int) -> None:
        self._redis, self._ttl_s, self._session_ttl_s = redis, min(ttl_s, session_ttl_s), session_ttl_s
        self._signer = Signer(auth_secret, "refresh")
        self._start = redis.register_script(START)
        self._rotate = redis.register_script(ROTATE)
        self._keep = redis.register_script(KEEP)

    @classmethod
    def of(cls, kit: Kit) -> RefreshTokens:
        settings = kit.settings
        return cls(kit.redis, settings.auth_secret, settings.refresh_token_ttl_s, settings.session_ttl_s)

    async def start(self, owner: Owner) -> tuple[str, str]:
        """A new family: its first token and the session's public name. Redis away: UpstreamUnavailable."""
        family = ids.token(16)
        session = digest(family)
        with reachable():
            await self._start(keys=[_key(session)], args=[msgspec.json.encode(owner), self._ttl_s])
        return self._signer.sign(f"{family}.1"), session

    async def rotate(self, token: str) -> tuple[str, str, Owner]:
        """The next token, the session and its owner; raises AuthenticationFailed, TokenReused, UpstreamUnavailable."""
        family, number = self._read(token)
        session = digest(family)
        with reachable():
            lives_s = (self._ttl_s, self._session_ttl_s)
            answer, owner = await self._rotate(keys=[_key(session)], args=[number, GRACE_MS, *lives_s])
        if answer == b"unknown":
            raise AuthenticationFailed("the session has ended")
        whose = msgspec.json.decode(owner, type=Owner)
        if answer == b"reused":
            raise TokenReused(session, whose.user_id)
        return self._signer.sign(f"{family}.{answer.decode()}"), session, whose

    def session_of(self, token: str) -> str:
        """The session a token belongs to, whether it still goes on or not; raises AuthenticationFailed."""
        return digest(self._read(token)[0])

    def _read(self, token: str) -> tuple[str, str]:
        family, _, number = (self._signer.verify(token) or "").partition(".")
        if not number.isdigit():
            raise AuthenticationFailed("the refresh token is not valid")
        return family, number

    async def owner_of(self, token: str) -> Owner | None:
        """Whose session it is, while it goes on; raises AuthenticationFailed, UpstreamUnavailable."""
        with reachable():
            owner = await self._redis.hget(_key(self.session_of(token)), "owner")
        return None if owner is None else msgspec.json.decode(owner, type=Owner)

    async def keep(self, session: str, context: Context) -> None:
        """From now on the session acts as `context`; raises AuthenticationFailed when it has ended."""
        with reachable():
            is_there = await self._keep(keys=[_key(session)], args=[msgspec.json.encode(context)])
        if not is_there:
            raise AuthenticationFailed("the session has ended")

    async def end(self, session: str) -> None:
        """End a session: none of its refresh tokens works again."""
        with reachable():
            await self._redis.delete(_key(session))


def _key(session: str) -> str:
    return f"refresh:{session}"
