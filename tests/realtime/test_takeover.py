"""Taking a connection from aiohttp, on a real socket and on both event loops; what aiohttp changes shows here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import uvloop
from aiohttp import web
from aiohttp.test_utils import TestServer

from singr.realtime.takeover import SEND_BUFFER, TakenOver, bound_kernel, take_over
from tests.realtime.raw import RawClient
from tests.realtime.waiting import until

Scenario = Callable[["Doors"], Awaitable[None]]
LOOPS = pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])


class Echo(asyncio.Protocol):
    """What a taken connection is given to: it greets, echoes, and says when it has been paused."""

    def __init__(self) -> None:
        self.transport: Any = None
        self.heard = b""
        self.lost = self.paused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.transport.set_write_buffer_limits(high=1024, low=0)
        self.transport.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")

    def data_received(self, data: bytes) -> None:
        self.heard += data
        self.transport.write(data)

    def pause_writing(self) -> None:
        self.paused = True

    def resume_writing(self) -> None:
        self.paused = False

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True


class Doors:
    """A server with one path that gives its connections away, and one that does not."""

    def __init__(self) -> None:
        self.taken: list[Echo] = []
        app = web.Application()
        app.router.add_get("/take", self._take)
        app.router.add_get("/keep", self._keep)
        self.server = TestServer(app)

    async def _take(self, request: web.Request) -> web.StreamResponse:
        self.taken.append(Echo())
        return take_over(request, self.taken[-1], status=200)

    async def _keep(self, request: web.Request) -> web.StreamResponse:
        return web.Response(text="kept")

    @property
    def kept(self) -> int:
        """Connections that aiohttp still knows."""
        runner = self.server.runner
        assert runner
        assert runner.server
        return len(runner.server.connections)

    async def visit(self) -> RawClient:
        return await RawClient.connect(self.server.make_url("/"))


def get(path: str) -> str:
    return f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"


def played(run: Callable[..., Any], scenario: Scenario) -> None:
    async def main() -> None:
        doors = Doors()
        async with doors.server:
            await scenario(doors)

    run(main())


@LOOPS
def test_the_connection_is_ours_alone(run: Callable[..., Any]) -> None:
    async def scenario(doors: Doors) -> None:
        client = await doors.visit()
        assert (await client.ask(get("/take"))).startswith("HTTP/1.1 200")
        await until(lambda: doors.kept == 0, "aiohttp has forgotten it")
        client.writer.write(b"not http at all \x00\xff")
        assert await client.reader.readexactly(18) == b"not http at all \x00\xff"
        doors.taken[0].transport.write(b"from us")
        assert await client.reader.readexactly(7) == b"from us"
        client.close()
        await until(lambda: doors.taken[0].lost)

    played(run, scenario)


@LOOPS
def test_a_connection_that_was_kept_alive_can_be_taken(run: Callable[..., Any]) -> None:
    async def scenario(doors: Doors) -> None:
        client = await doors.visit()
        assert "200 OK" in await client.ask(get("/keep"))
        assert await client.reader.readexactly(4) == b"kept"
        assert "200 OK" in await client.ask(get("/take"))
        client.writer.write(b"hello")
        assert await client.reader.readexactly(5) == b"hello"
        client.close()

    played(run, scenario)


@LOOPS
def test_bytes_sent_along_with_an_upgrade_are_not_lost(run: Callable[..., Any]) -> None:
    async def scenario(doors: Doors) -> None:
        client = await doors.visit()
        upgrade = "GET /take HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nimpatient"
        await client.ask(upgrade)
        assert await client.reader.readexactly(9) == b"impatient"
        client.close()

    played(run, scenario)


@LOOPS
def test_closing_the_server_does_not_close_what_was_taken(run: Callable[..., Any]) -> None:
    """Whoever takes connections must end them: the hub drains."""

    async def scenario(doors: Doors) -> None:
        client, other = await doors.visit(), await doors.visit()
        await client.ask(get("/take"))
        await other.ask(get("/keep"))
        runner = doors.server.runner
        assert runner
        assert runner.server
        await runner.server.shutdown(1)
        assert doors.kept == 0
        client.writer.write(b"still there")
        assert await client.reader.readexactly(11) == b"still there"
        doors.taken[0].transport.close()
        assert await client.reader.read() == b""
        for each in (client, other):
            each.close()

    played(run, scenario)


@LOOPS
def test_a_client_that_stops_reading_pauses_us_and_resumes_us(run: Callable[..., Any]) -> None:
    async def scenario(doors: Doors) -> None:
        client = await doors.visit()
        await client.ask(get("/take"))
        [echo] = doors.taken
        bound_kernel(echo.transport, dead_after_s=30)
        size = 0
        while not echo.paused:
            assert size < 64 << 20, "nothing pauses us"
            echo.transport.write(b"x" * 65536)
            size += 65536
            await asyncio.sleep(0)
        assert size < 16 * SEND_BUFFER, "the kernel holds little"
        while size:
            size -= len(await client.reader.readexactly(min(size, 4096)))
        await until(lambda: not echo.paused)
        client.close()

    played(run, scenario)


@LOOPS
def test_a_client_that_left_meanwhile_is_not_taken(run: Callable[..., Any]) -> None:
    async def scenario(doors: Doors) -> None:
        answers: list[TakenOver] = []

        async def late(request: web.Request) -> web.StreamResponse:
            request.transport.abort()  # type: ignore[union-attr]
            await until(lambda: request.transport is None or request.transport.is_closing())
            answers.append(take_over(request, echo := Echo(), status=200))
            assert echo.transport is None
            return answers[0]

        app = web.Application()
        app.router.add_get("/late", late)
        async with TestServer(app) as server:
            client = await RawClient.connect(server.make_url("/"))
            client.writer.write(get("/late").encode())
            await until(lambda: answers)
            assert not answers[0].succeeded
            client.close()

    played(run, scenario)
