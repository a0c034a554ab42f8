"""API keys at OpenKJ's door: found by their SHA-256, refused in words that help only the key's owner."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from msgspec import Struct

from singr.core import secrets
from singr.core.actor import Actor, Context
from singr.core.errors import AuthenticationFailed, AuthorizationDenied, RateLimited
from singr.http.call import Call
from singr.infra.limits import Rate
from singr.infra.sql import Runs, each

RATE = Rate(600, per_s=60, by="key", inside=True)
# Opening OpenKJ's windows and several laptops with one key make bursts. Documents of a sync are not counted here: they
# come as fast as they are answered.
BURST = Rate(60, per_s=1, by="key", inside=True)
# For keys not known here yet. Generous: after a restart, all of a network's KJs come with such a key at once.
GUESSES = Rate(6000, per_s=60, by="address", inside=True)
KEY_MAX = 200

NOT_ACCEPTED = "API key not accepted"
REFUSALS = {
    "revoked": "This API key was revoked. Make a new one in the Singr console.",
    "suspended": "This API key is suspended. Ask in the Singr console why.",
    "expired": "This API key has expired. Make a new one in the Singr console.",
}


class Key(Struct):
    """A key and, read in the same statement, the serial of whose it is."""

    id: UUID
    tenant: UUID
    status: str
    serial: int
    scopes: list[str]


FIND = each("openkj_key", Key)


async def find(on: Runs, digest: str) -> Key:
    """The key with this SHA-256; raises AuthenticationFailed."""
    return admitted(await FIND(on, digest))


def admitted(key: Key | None) -> Key:
    """The key if it may be used; raises AuthenticationFailed."""
    if key is None or key.status != "active":
        raise AuthenticationFailed(REFUSALS.get(key.status, NOT_ACCEPTED) if key else NOT_ACCEPTED)
    return key


def allow(key: Key, scope: str) -> None:
    """Raises AuthorizationDenied unless the key was issued for this."""
    if scope not in key.scopes:
        raise AuthorizationDenied(f"This API key was not issued for {scope}. Make another one in the Singr console.")


def digest(api_key: Any) -> str:
    """An API key's SHA-256, pasted with or without spaces; raises AuthenticationFailed for what can be none."""
    offered = api_key.strip() if isinstance(api_key, str) else ""
    if not offered or len(offered) > KEY_MAX or not offered.isascii():
        raise AuthenticationFailed(NOT_ACCEPTED)
    return secrets.digest(offered)


def count(call: Call, digest: str) -> None:
    """Count a call of this key; raises RateLimited."""
    for name, rate, span in (("burst", BURST, "second"), ("minute", RATE, "minute")):
        verdict = call.kit.limits.take_here(f"openkj:{digest}:{name}", rate)
        if not verdict.allowed:
            raise RateLimited(f"Too many calls: at most {rate.hits} a {span}", retry_after_s=verdict.retry_after_s)


def actor(key: Key) -> Actor:
    """Whom the audit log names."""
    return Actor(kind="key", id=str(key.id), context=Context("customer", key.tenant))
