"""Public answers out of the cache: the names they are kept and forgotten by, and what a handler does about it."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import msgspec

from singr.http.call import Call
from singr.infra.cache import Keep

VENUES = "venues"
SHORTLY = Keep(fresh_s=20, stale_s=300)

_encode = msgspec.json.Encoder().encode


def venue(venue_id: UUID | str) -> str:
    """The tag of what is told of one venue, its queue included."""
    return f"venue:{venue_id}"


def book(tenant: UUID, system: int) -> str:
    """The tag of what is told of one song book."""
    return f"book:{tenant}:{system}"


def digest(asked: Any) -> str:
    """A question's part of a key."""
    return hashlib.blake2b(_encode(asked), digest_size=12).hexdigest()


async def answer(call: Call, key: str, *tags: str, make: Callable[[], Awaitable[Any]], keep: Keep = SHORTLY) -> Any:
    """What `make` gives, as it is sent; from the cache until one of `tags` is forgotten."""

    async def fill() -> bytes:
        return _encode(await make())

    return msgspec.Raw(await call.kit.cache.get(key, tags, fill, keep))
