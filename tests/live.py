"""Watching from a test: a socket or an event stream, its messages one by one, and the state they add up to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson

from tests.house import House

DEADLINE_S = 20
DEMO = "test-karaoke-bar"


@dataclass
class Shown:
    """What a client that follows the protocol shows."""

    epoch: str = ""
    version: int = -1
    venue: dict[str, Any] = field(default_factory=dict)
    requests: dict[int, dict[str, Any]] = field(default_factory=dict)
    ended: dict[int, dict[str, Any]] = field(default_factory=dict)
    messages: list[dict[str, Any]] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, message: dict[str, Any]) -> None:
        self.messages.append(message)
        if message["type"] == "snapshot":
            self.epoch, self.version, self.venue = message["epoch"], message["version"], message["venue"]
            self.requests = {request["id"]: request for request in message["requests"]}
        elif message["type"] == "delta" and message["version"] > self.version:
            assert (message["epoch"], message["prev"]) == (self.epoch, self.version)
            self.version = message["version"]
            for op in message["ops"]:
                self._apply(op)
        self.changed.set()

    def _apply(self, op: dict[str, Any]) -> None:
        if op["op"] == "venue":
            self.venue = op["venue"]
        elif op["op"] == "upsert":
            self.requests[op["id"]] = op["request"]
        else:
            self.requests.pop(op["id"], None)
            self.ended[op["id"]] = op.get("request") or {}

    async def until(self, condition: Callable[[Shown], object]) -> None:
        """Wait until `condition` holds; TimeoutError after a generous while."""
        async with asyncio.timeout(DEADLINE_S):
            while not condition(self):
                self.changed.clear()
                await self.changed.wait()


@asynccontextmanager
async def watching(house: House, view: str = "display", **ticket: Any) -> AsyncIterator[Shown]:
    """The demo venue over WebSocket; with a ticket where the view needs one."""
    hello: dict[str, Any] = {"type": "hello", "venue": DEMO, "view": view}
    if view != "display":
        headers = ticket.pop("headers", {})
        body = {"venue": DEMO, "view": view} | ticket
        status, given = await house.call("POST", "/v1/live/tickets", json=body, headers=headers)
        assert status == 201, given
        hello["ticket"] = given["ticket"]
    shown = Shown()
    async with house.client.ws_connect("/v1/live") as socket:
        await socket.send_json(hello)

        async def read() -> None:
            async for message in socket:
                shown.take(orjson.loads(message.data))

        async with _following(read, shown):
            yield shown


@asynccontextmanager
async def streaming(house: House, path: str, **given: Any) -> AsyncIterator[Shown]:
    """Server-sent events at `path`."""
    shown = Shown()
    async with house.client.get(path, **given) as answer:
        assert answer.status == 200, await answer.text()

        async def read() -> None:
            async for line in answer.content:
                if line.startswith(b"data:"):
                    shown.take(orjson.loads(line[5:]))

        async with _following(read, shown):
            yield shown


@asynccontextmanager
async def _following(read: Callable[[], Any], shown: Shown) -> AsyncIterator[None]:
    reader = asyncio.create_task(read())
    try:
        await shown.until(lambda s: s.version >= 0)
        yield
    finally:
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)
