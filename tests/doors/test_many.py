"""Several `singr serve` side by side: behind nginx as operators are told to, and on one port."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from typing import Any

import aiohttp
import orjson
import pytest

from singr.core.secrets import digest
from singr.core.settings import Settings
from singr.infra import redis
from singr.up.ports import free_port
from tests.house import SONG, VENUE
from tests.live import DEADLINE_S, DEMO, Shown
from tests.proxies import nginx

STARTS_S = 60
BORN = re.compile(r"^process_start_time_seconds (\S+)$", re.M)
TOLD = re.compile(r"^singr_live_connections\{.*\} (\S+)$", re.M)


@asynccontextmanager
async def serving(settings: Settings, port: int, **more: str) -> AsyncIterator[Process]:
    """One `singr serve` that is ready, or at least answers at its port."""
    environ = os.environ | {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "RUN_WORKERS": "false",
        "LOG_LEVEL": "warning",
        **more,
    }
    command = (sys.executable, "-m", "singr", "serve")
    process = await asyncio.create_subprocess_exec(*command, env=environ, stderr=DEVNULL)
    try:
        async with asyncio.timeout(STARTS_S), aiohttp.ClientSession() as session:
            while not await _ready(session, f"http://127.0.0.1:{port}/readyz"):
                assert process.returncode is None
                await asyncio.sleep(0.1)
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _ready(session: aiohttp.ClientSession, url: str) -> bool:
    with suppress(aiohttp.ClientError, OSError):
        async with session.get(url) as answer:
            return answer.status == 200
    return False


@asynccontextmanager
async def somebody(address: str = "127.0.0.1") -> AsyncIterator[aiohttp.ClientSession]:
    """Who comes from that address, and never uses a connection twice."""
    connector = aiohttp.TCPConnector(force_close=True, ssl=False, local_addr=(address, 0))
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield session


async def watch(session: aiohttp.ClientSession, url: str) -> Shown:
    """The demo venue's screen, by WebSocket; as long as the session is open."""
    shown = Shown()
    socket = await session.ws_connect(f"{url}/v1/live")
    await socket.send_json({"type": "hello", "venue": DEMO, "view": "display"})

    async def read() -> None:
        async for message in socket:
            shown.take(orjson.loads(message.data))

    shown.reading = asyncio.create_task(read())  # type: ignore[attr-defined]
    await shown.until(lambda s: s.version >= 0)
    return shown


async def each(ports: list[int], pattern: re.Pattern[str]) -> list[float]:
    """The sum of a figure at each process."""
    async with somebody() as session:
        told = [await (await session.get(f"http://127.0.0.1:{port}/metrics")).text() for port in ports]
    return [sum(map(float, pattern.findall(text))) for text in told]


async def becomes(true: Callable[[], Any]) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while not await true():
            await asyncio.sleep(0.05)


def _has(request: int, shown: Shown) -> bool:
    return request in shown.requests


@pytest.fixture
async def behind(settings: Settings) -> AsyncIterator[tuple[str, list[int], list[Process]]]:
    """nginx's URL, and the ports and processes behind it."""
    ports = [free_port(), free_port()]
    async with AsyncExitStack() as stack:
        started = (serving(settings, port, TRUSTED_PROXIES="127.0.0.1/32") for port in ports)
        processes = [await stack.enter_async_context(one) for one in started]
        with nginx(ports) as url:
            yield url, ports, processes


@pytest.mark.timeout(240)
async def test_behind_nginx_a_request_through_one_process_is_live_at_the_other(
    behind: tuple[str, list[int], list[Process]],
) -> None:
    url, ports, processes = behind
    async with somebody() as session, session.get(f"{url}{VENUE.replace('/public/', '/live/')}/events") as events:
        screens = [await watch(session, url) for _ in range(4)]
        assert min(await each(ports, TOLD)) >= 1, "both processes have watchers"
        stream = Shown()

        async def read() -> None:
            async for line in events.content:
                if line.startswith(b"data:"):
                    stream.take(orjson.loads(line[5:]))

        reading = asyncio.create_task(read())
        await stream.until(lambda s: s.version >= 0)
        for number in range(2):
            async with session.post(f"{url}{VENUE}/requests", json=SONG | {"title": f"Song {number}"}) as answer:
                assert answer.status == 201, await answer.text()
                receipt = await answer.json()
            for shown in (stream, *screens):
                await shown.until(partial(_has, receipt["id"]))
        async with session.get(f"{url}/metrics") as answer:
            assert answer.status == 404
        # One process goes: its watchers are told so, and everybody is answered by the other.
        processes[0].send_signal(signal.SIGTERM)
        await asyncio.wait_for(processes[0].wait(), DEADLINE_S)
        for _ in range(4):
            async with session.get(f"{url}{VENUE}") as answer:
                assert answer.status == 200
        await watch(session, url)
        reading.cancel()


@pytest.mark.timeout(240)
async def test_behind_nginx_everybody_has_their_own_address_and_nobody_chooses_it(
    behind: tuple[str, list[int], list[Process]], settings: Settings
) -> None:
    url, _, _ = behind
    wrong = {"email": "nobody@example.com", "password": "not this one at all"}
    async with somebody("127.0.0.2") as session:
        lie = {"X-Forwarded-For": "203.0.113.7"}
        async with session.post(f"{url}/v1/auth/signin", json=wrong, headers=lie) as answer:
            assert answer.status == 401
    async with redis.opened(settings.redis_url) as kept:
        counted = [await kept.exists(f"{{attempts}}:address:{digest(who)}") for who in ("127.0.0.2", "203.0.113.7")]
    assert counted == [1, 0]


@pytest.mark.timeout(240)
async def test_processes_share_a_port_and_one_that_goes_takes_nobody_along(settings: Settings) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    async with serving(settings, port, REUSE_PORT="true") as first, serving(settings, port, REUSE_PORT="true"):
        born: set[float] = set()

        async def both() -> bool:
            born.update(await each([port], BORN))
            return len(born) == 2

        await becomes(both)
        async with somebody() as session:
            screens = [await watch(session, url) for _ in range(12)]
            async with session.post(f"{url}{VENUE}/requests", json=SONG) as answer:
                receipt = await answer.json()
            for shown in screens:
                await shown.until(lambda s: receipt["id"] in s.requests)
            first.send_signal(signal.SIGTERM)
            await asyncio.wait_for(first.wait(), DEADLINE_S)
            assert len({*(await each([port] * 8, BORN))}) == 1
