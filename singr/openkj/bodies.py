"""Room for large bodies, which anybody may send before a key is looked at: so many bytes at once in a process."""

from __future__ import annotations

import asyncio

from aiohttp import hdrs, web

from singr.core.errors import UpstreamUnavailable, ValidationFailed

LARGE = 1 << 20
TOGETHER_MAX = 256 << 20
WAIT_S = 5.0
LOOK_EVERY_S = 0.05

_taken = 0


class Room:
    """Room for a body until it is answered; one of untold length may have `most` bytes. Small ones need none.

    Raises ValidationFailed for a compressed body, of which a few bytes may become many and which no OpenKJ sends, and
    UpstreamUnavailable where 5 s bring no room.
    """

    __slots__ = ("_size",)

    def __init__(self, request: web.Request, most: int) -> None:
        if request.headers.get(hdrs.CONTENT_ENCODING, "identity").strip().lower() not in ("", "identity"):
            raise ValidationFailed("Compressed bodies are not read")
        size = min(most if request.content_length is None else request.content_length, most)
        self._size = size if request.body_exists and size > LARGE else 0

    async def __aenter__(self) -> None:
        global _taken
        if self._size:
            await _wait(self._size)
            _taken += self._size

    async def __aexit__(self, *_why: object) -> None:
        global _taken
        _taken -= self._size


async def _wait(size: int) -> None:
    for _ in range(round(WAIT_S / LOOK_EVERY_S)):
        if _taken + size <= TOGETHER_MAX:
            return
        await asyncio.sleep(LOOK_EVERY_S)
    raise UpstreamUnavailable("Too much is being sent at once. Please try again.")
