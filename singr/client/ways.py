"""The two transports. Each connects, hands every message to `hear`, and gives the ending."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp

from singr.client.endings import Ending, of_code, of_slug, of_status
from singr.client.ledger import Message

ABNORMAL = 1006
CLOSING_S = 1.0
CONNECTING_S = 6.0
AWAY = (aiohttp.ClientError, OSError, TimeoutError)


@dataclass(frozen=True, slots=True)
class Link:
    """What a transport needs of whoever watches."""

    session: aiohttp.ClientSession
    base: str
    venue: str
    view: str
    since: Message
    ticket: Callable[[], Awaitable[str | None]]
    headers: Callable[[], Awaitable[Mapping[str, str]]]
    hear: Callable[[Message], None]


class Way(Protocol):
    """One connection, once."""

    async def run(self) -> Ending:
        """From its beginning to its end; cancelling gives it up."""

    async def say(self, message: Message) -> bool:
        """Tell the server; False when this transport cannot."""


class Socket:
    """A WebSocket. It renews its ticket when told."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._retry_s: float | None = None
        self._renewing: asyncio.Task[None] | None = None

    async def run(self) -> Ending:
        link, patience = self._link, aiohttp.ClientWSTimeout(ws_close=CLOSING_S)
        try:
            hello: dict[str, Any] = {"type": "hello", "venue": link.venue, "view": link.view, **link.since}
            if ticket := await link.ticket():
                hello["ticket"] = ticket
            async with link.session.ws_connect(f"{link.base}/v1/live", timeout=patience, max_msg_size=0) as socket:
                self._socket = socket
                await socket.send_json(hello)
                async for message in socket:
                    await self._take(json.loads(message.data))
                return of_code(socket.close_code or ABNORMAL, self._retry_s)
        except aiohttp.ClientResponseError as exc:
            return of_status(exc.status)
        except AWAY:
            return Ending()
        finally:
            if self._renewing:
                self._renewing.cancel()

    async def _take(self, message: Message) -> None:
        if message["type"] == "bye":
            self._retry_s = message["retryMs"] / 1000
        elif message["type"] == "authDue":
            self._renewing = asyncio.create_task(self._renew())  # what comes meanwhile must not wait for a ticket
        self._link.hear(message)

    async def _renew(self) -> None:
        """Without a ticket the server will end this connection, and the next one asks again."""
        with suppress(*AWAY):
            await self.say({"type": "auth", "ticket": await self._link.ticket()})

    async def say(self, message: Message) -> bool:
        if self._socket is not None and not self._socket.closed:
            await self._socket.send_json(message)
        return True


class Events:
    """Server-sent events."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._answer: aiohttp.ClientResponse | None = None

    async def run(self) -> Ending:
        link, retry_s = self._link, None
        limits = aiohttp.ClientTimeout(total=None, sock_connect=CONNECTING_S)
        try:
            headers = {"Accept": "text/event-stream", **await link.headers()}
            if link.since:
                headers["Last-Event-ID"] = f"{link.since['epoch']}:{link.since['version']}"
            address = f"{link.base}/v1/live/venues/{link.venue}/events?view={link.view}"
            async with link.session.get(address, headers=headers, timeout=limits) as answer:
                if answer.status != 200:
                    return of_status(answer.status)
                self._answer = answer
                async for message in events(answer.content):
                    if message["type"] == "bye":
                        retry_s = message["retryMs"] / 1000
                    link.hear(message)
                    if message["type"] == "error":
                        return of_slug(message["code"], retry_s)
        except aiohttp.ClientResponseError as exc:
            return of_status(exc.status)
        except AWAY:
            return Ending()
        return Ending(retry_s=retry_s)

    async def say(self, message: Message) -> bool:
        return False


async def events(body: aiohttp.StreamReader) -> AsyncIterator[Message]:
    """The `data:` of each event in a body, decoded."""
    rest = b""
    async for piece in body.iter_any():
        *whole, rest = (rest + piece).split(b"\n\n")
        for event in whole:
            for line in event.split(b"\n"):
                if line.startswith(b"data: "):
                    yield json.loads(line[6:])
