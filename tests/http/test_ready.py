"""Answers in one write, driven through a real socket: they are what aiohttp's own would be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import BaseTestServer, TestServer

from singr.http.ready import Ready

Server = tuple[asyncio.StreamReader, asyncio.StreamWriter]
GET = b"GET / HTTP/1.1\r\nHost: here\r\n%b\r\n"


@pytest.fixture
async def server() -> AsyncIterator[BaseTestServer]:
    async def answer(request: web.Request) -> web.StreamResponse:
        body = b"x" * int(request.query.get("size", "2"))
        headers = {
            "Content-Type": "text/plain",
            **{name: request.query[name] for name in ("A", "B") if name in request.query},
        }
        return Ready(body, 201, headers)  # type: ignore[return-value]

    app = web.Application()
    app.router.add_route("*", "/", answer)
    async with TestServer(app) as served:
        yield served


@pytest.fixture
async def link(server: BaseTestServer) -> AsyncIterator[Server]:
    reader, writer = await asyncio.open_connection(server.host, server.port)
    yield reader, writer
    writer.close()


async def told(reader: asyncio.StreamReader, *, has_body: bool = True) -> tuple[list[str], bytes]:
    async with asyncio.timeout(30):
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[:-2]
        length = next(int(line[16:]) for line in head if line.startswith("Content-Length: "))
        return head, await reader.readexactly(length) if has_body else b""


async def test_one_connection_carries_many_answers_pipelined_or_not(link: Server) -> None:
    reader, writer = link
    writer.write(GET % b"" * 3)
    for _ in range(3):
        head, body = await told(reader)
        assert head[0] == "HTTP/1.1 201 Created"
        assert {"Content-Type: text/plain", "Content-Length: 2"} <= set(head)
        assert body == b"xx"
    writer.write(GET % b"")
    assert (await told(reader))[1] == b"xx"


@pytest.mark.parametrize("asked", [GET % b"Connection: close\r\n", b"GET / HTTP/1.0\r\n\r\n"])
async def test_a_connection_that_ends_is_ended(link: Server, asked: bytes) -> None:
    reader, writer = link
    writer.write(asked)
    assert (await told(reader))[1] == b"xx"
    assert await reader.read() == b""


async def test_head_gets_no_body(link: Server) -> None:
    reader, writer = link
    writer.write(b"HEAD / HTTP/1.1\r\nHost: here\r\n\r\n" + GET % b"")
    await told(reader, has_body=False)
    assert (await told(reader))[1] == b"xx"


async def test_a_header_of_two_lines_reaches_nobody(link: Server) -> None:
    reader, writer = link
    writer.write(b"GET /?A=a%0d%0aB:%20b HTTP/1.1\r\nHost: here\r\n\r\n")
    assert b"B: b" not in await reader.read(1_000)


async def test_a_client_that_does_not_read_stops_what_it_asks_for(server: BaseTestServer, link: Server) -> None:
    reader, writer = link
    writer.write(b"GET /?size=4000000 HTTP/1.1\r\nHost: here\r\n\r\n" * 20)
    async with asyncio.timeout(30):
        while not (behind := [one for one in server.handler.connections if one._paused]):
            await asyncio.sleep(0.01)
    assert len(behind) == 1
    for _ in range(20):
        assert len((await told(reader))[1]) == 4_000_000
