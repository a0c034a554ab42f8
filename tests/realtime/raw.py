"""A client that is only a socket: it reads when a test says so, and no faster."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import Any

from yarl import URL

from singr.realtime.frame import CLOSE, TEXT
from tests.realtime.test_rfc6455 import client_frame

RECEIVE_BUFFER = 4096
UPGRADE = (
    "GET /v1/live HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
ACCEPTED = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="  # RFC 6455, section 1.3


class RawClient:
    """Its kernel and its reader hold next to nothing, so what it does not read piles up at the server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def connect(cls, url: URL) -> RawClient:
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, (url.host, url.port))
        return cls(*await asyncio.open_connection(sock=sock, limit=RECEIVE_BUFFER))

    async def ask(self, text: str) -> str:
        """Send a request; the head of the answer."""
        self.writer.write(text.encode())
        async with asyncio.timeout(30):
            return (await self.reader.readuntil(b"\r\n\r\n")).decode()

    def send(self, **message: Any) -> None:
        self.writer.write(client_frame(TEXT, json.dumps(message).encode()))

    async def frame(self) -> tuple[int, bytes]:
        """The next frame: opcode and payload."""
        async with asyncio.timeout(30):
            head, size = await self.reader.readexactly(2)
            if size >= 126:
                size = int.from_bytes(await self.reader.readexactly(2 if size == 126 else 8), "big")
            return head & 0x0F, await self.reader.readexactly(size)

    async def message(self) -> dict[str, Any] | int:
        """The next message, or the code of a close frame."""
        opcode, payload = await self.frame()
        if opcode == CLOSE:
            return int.from_bytes(payload[:2], "big")
        message: dict[str, Any] = json.loads(payload)
        return message

    async def event(self) -> dict[str, Any]:
        """The next server-sent event that carries a message."""
        while True:
            async with asyncio.timeout(30):
                lines = []
                while line := (await self._line()).rstrip("\n"):
                    lines.append(line)
            fields = dict(line.split(": ", 1) for line in lines)
            if "data" in fields:
                message: dict[str, Any] = json.loads(fields["data"])
                return message

    async def _line(self) -> str:
        line = b""
        while not line.endswith(b"\n"):
            piece = await self.reader.read(1) if len(line) % RECEIVE_BUFFER else await self.reader.readexactly(1)
            assert piece, "the stream has ended"
            line += piece
        return line.decode()

    def close(self) -> None:
        self.writer.transport.abort()
