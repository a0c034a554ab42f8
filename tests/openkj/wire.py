"""HTTP as QNetworkAccessManager speaks it: byte for byte the same call, a POST repeated once when the server hangs up
without an answer, no redirects, at most six connections."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

MOST_CONNECTIONS = 6
# Ours: Qt has none. No test should wait for ever.
ANSWER_TIMEOUT_S = 30

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class HungUp(Exception):
    """The server closed without an answer, twice."""


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def closes(self) -> bool:
        return self.headers.get("connection", "").lower() == "close"


def call(host: str, path: str, body: bytes) -> bytes:
    """A POST as Qt writes it."""
    lines = (
        f"POST {path} HTTP/1.1",
        f"Host: {host}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Connection: Keep-Alive",
        "Accept-Encoding: gzip, deflate",
        "Accept-Language: en,*",
        "User-Agent: Mozilla/5.0",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


@dataclass
class Manager:
    """One QNetworkAccessManager."""

    host: str
    port: int
    path: str
    posts: int = 0
    _idle: list[Streams] = field(default_factory=list)
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MOST_CONNECTIONS))

    async def post(self, body: bytes) -> Answer:
        """One call; raises HungUp."""
        async with self._slots, asyncio.timeout(ANSWER_TIMEOUT_S):
            for _ in range(2):
                streams = self._idle.pop() if self._idle else await asyncio.open_connection(self.host, self.port)
                self.posts += 1
                answer = await self._try(streams, body)
                if answer is not None:
                    return answer
        raise HungUp

    async def _try(self, streams: Streams, body: bytes) -> Answer | None:
        reader, writer = streams
        try:
            writer.write(call(f"{self.host}:{self.port}", self.path, body))
            await writer.drain()
            answer = await read_answer(reader)
        except (ConnectionError, asyncio.IncompleteReadError):
            writer.close()
            return None
        if answer.closes:
            writer.close()
        else:
            self._idle.append(streams)
        return answer

    async def close(self) -> None:
        for _, writer in self._idle:
            writer.close()
        self._idle.clear()

    @property
    def open_connections(self) -> int:
        return len(self._idle)


async def read_answer(reader: asyncio.StreamReader) -> Answer:
    """Status, headers and body; raises IncompleteReadError when nothing comes. A cut-off body is given as it came."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    status_line, *lines = head.split("\r\n")
    headers = {n.strip().lower(): v.strip() for n, _, v in (line.partition(":") for line in lines if line)}
    try:
        body = await reader.readexactly(int(headers.get("content-length", 0)))
    except asyncio.IncompleteReadError as exc:
        body = exc.partial
    return Answer(int(status_line.split()[1]), headers, body)
