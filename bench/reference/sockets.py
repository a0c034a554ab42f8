"""What a watcher costs where aiohttp keeps its WebSocket: a task, a parser and a request object for each."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from bench import linux
from bench.house import START_TIMEOUT_S, answers, running
from singr.up.ports import free_port

SERVER = """
import os, uvloop
from aiohttp import web
async def watch(request):
    socket = web.WebSocketResponse(compress=False, heartbeat=30)
    await socket.prepare(request)
    async for _ in socket: pass
    return socket
async def ready(request): return web.Response()
app = web.Application()
app.router.add_get("/live", watch)
app.router.add_get("/readyz", ready)
uvloop.install()
web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]), print=None, access_log=None)
"""
HELLO = (
    b"GET /live HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
CONNECTIONS, WAIT_S = 5_000, 60


async def kib_each(home: Path) -> float:
    """KiB that an aiohttp server grows by, for each open WebSocket."""
    port = free_port()
    with running([sys.executable, "-c", SERVER], {"PORT": str(port)}, home / "sockets.log") as server:
        await asyncio.to_thread(
            server.wait_until, lambda: answers(f"http://127.0.0.1:{port}/readyz"), timeout_s=START_TIMEOUT_S
        )
        pid = server.process.pid if server.process else 0
        before = linux.memory(pid)
        async with asyncio.timeout(WAIT_S):
            writers = [await _opened(port) for _ in range(CONNECTIONS)]
        grown = linux.memory(pid) - before
        for writer in writers:
            writer.close()
    return grown / CONNECTIONS / 1024


async def _opened(port: int) -> asyncio.StreamWriter:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(HELLO)
    await reader.readuntil(b"\r\n\r\n")
    return writer
