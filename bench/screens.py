"""So many screens of a venue in one process, for `fanout`: `python -m bench.screens URL VENUE SCREENS`.

Prints a line once all of them are shown the venue, and how many changes arrived so far for each line it is sent.
"""

from __future__ import annotations

import asyncio
import resource
import sys

import orjson
import uvloop
from yarl import URL

MASK = b"\0\0\0\0"
TOGETHER = 50


class Screen(asyncio.Protocol):
    """Reads unmasked frames (RFC 6455) and counts the changes among them."""

    changes = 0

    def __init__(self, venue: str) -> None:
        self._venue, self._heard, self._is_open = venue, b"", False
        self.shown = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._heard += data
        if not self._is_open and (end := self._heard.find(b"\r\n\r\n")) >= 0:
            self._heard, self._is_open = self._heard[end + 4 :], True
            hello = orjson.dumps({"type": "hello", "venue": self._venue, "view": "display"})
            self._transport.write(bytes([0x81, 0x80 | len(hello)]) + MASK + hello)  # type: ignore[attr-defined]
        while self._is_open and (frame := self._next()) is not None:
            if b'"type":"delta"' in frame:
                Screen.changes += 1
            elif b'"type":"snapshot"' in frame and not self.shown.done():
                self.shown.set_result(None)

    def _next(self) -> bytes | None:
        """One frame's payload, once all of it is here."""
        if len(self._heard) < 2:
            return None
        length, start = self._heard[1] & 0x7F, 2
        if length >= 126:
            start = 4 if length == 126 else 10
            length = int.from_bytes(self._heard[2:start], "big")
        if len(self._heard) < start + length:
            return None
        frame, self._heard = self._heard[start : start + length], self._heard[start + length :]
        return frame


async def watch(url: str, venue: str, screens: int) -> None:
    where, loop = URL(url), asyncio.get_running_loop()
    ask = (
        f"GET /v1/live HTTP/1.1\r\nHost: {where.authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
    ).encode()
    for begun in range(0, screens, TOGETHER):
        opened = []
        for _ in range(min(TOGETHER, screens - begun)):
            transport, screen = await loop.create_connection(lambda: Screen(venue), where.host or "", where.port or 0)
            transport.write(ask)
            opened.append(screen)
        await asyncio.gather(*(screen.shown for screen in opened))
    print(screens, flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        print(Screen.changes, flush=True)


if __name__ == "__main__":
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    uvloop.run(watch(sys.argv[1], sys.argv[2], int(sys.argv[3])))
