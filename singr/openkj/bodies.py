"""Room for large bodies, which anybody may send before a key is looked at: so many bytes at once in a process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import hdrs, web

from singr.core.errors import UpstreamUnavailable, ValidationFailed

LARGE = 1 << 20
TOGETHER_MAX = 256 << 20
WAIT_S = 5.0
LOOK_EVERY_S = 0.05

_taken = 0


@asynccontextmanager
async def room_for(request: web.Request, most: int) -> AsyncIterator[None]:
    """Hold room for a body until it is answered; one of untold length may have `most` bytes.

    Raises ValidationFailed for a compressed body, of which a few bytes may become many and which no OpenKJ sends, and
    UpstreamUnavailable where 5 s bring no room.
    """
    global _taken
    if request.headers.get(hdrs.CONTENT_ENCODING, "identity").strip().lower() not in ("", "identity"):
        raise ValidationFailed("Compressed bodies are not read")
    size = min(most if request.content_length is None else request.content_length, most)
    if not request.body_exists or size <= LARGE:
        yield
        return
    await _wait(size)
    _taken += size
    try:
        yield
    finally:
        _taken -= size


async def _wait(size: int) -> None:
    for _ in range(round(WAIT_S / LOOK_EVERY_S)):
        if _taken + size <= TOGETHER_MAX:
            return
        await asyncio.sleep(LOOK_EVERY_S)
    raise UpstreamUnavailable("Too much is being sent at once. Please try again.")
