"""Where a connection leaves aiohttp: the only module here that touches what aiohttp does not promise to keep.

After the checks and the response head, the transport is given to a protocol of our own. What aiohttp kept for the
connection (its protocol, parser, task, request) is let go, which makes a waiting connection cost 2 instead of 16 KB.
Guarded by `tests/realtime/test_takeover.py`, which drives it through a real socket; aiohttp's minor version is pinned.
"""

from __future__ import annotations

import asyncio
import socket
from typing import cast

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter

SEND_BUFFER = 64 * 1024


class TakenOver(web.StreamResponse):
    """What a handler returns when aiohttp must forget the connection: everything has been written already."""

    keep_alive = False
    CLIENT_LEFT = 499

    @property
    def succeeded(self) -> bool:
        """False when the client had left before."""
        return self.status != self.CLIENT_LEFT

    @property
    def prepared(self) -> bool:
        return True

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        return None

    async def write_eof(self, data: bytes = b"") -> None:
        return None


def take_over(request: web.Request, watcher: asyncio.Protocol, status: int) -> TakenOver:
    """Make `watcher` the protocol of this request's connection, if that is still there.

    `watcher.connection_made` is called with the transport and must write the head of the response. Nothing in aiohttp
    closes the connection any more, at shutdown neither.
    """
    server = request.protocol
    transport = server.transport
    if transport is None or transport.is_closing():
        return TakenOver(status=TakenOver.CLIENT_LEFT)
    pipelined = server._message_tail
    transport.set_protocol(watcher)
    server.transport = None
    server.connection_lost(None)
    if not transport.is_reading():
        transport.resume_reading()
    watcher.connection_made(transport)
    if pipelined:
        watcher.data_received(pipelined)
    return TakenOver(status=status)


def bound_kernel(transport: asyncio.Transport, *, dead_after_s: float) -> None:
    """Small send buffer (a client that never reads absorbs 4.2 MB otherwise), and an end for silent dead peers."""
    sock = cast("socket.socket | None", transport.get_extra_info("socket"))
    if sock is None or sock.family not in (socket.AF_INET, socket.AF_INET6):
        return
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(dead_after_s * 1000))
