"""A process that dies between commit and publish: the request is there, and other processes' watchers see it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from singr.core.settings import Settings
from tests.house import SONG, VENUE, opened
from tests.live import DEADLINE_S, watching

DIES_BEFORE_TELLING = """
import os, signal
from singr.realtime import hints
hints.tell = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
from singr.cli import main
main()
"""


@asynccontextmanager
async def serving(settings: Settings, port: int, program: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """`singr serve` as a process of its own, run by `program`."""
    environ = os.environ | {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "PORT": str(port),
        "HOST": "127.0.0.1",
        "RUN_WORKERS": "false",
    }
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, "serve", env=environ)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def ready(url: str) -> None:
    """Wait until the process answers."""
    async with asyncio.timeout(DEADLINE_S), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(f"{url}/readyz") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.05)


async def test_watchers_elsewhere_converge_after_a_crash_before_the_hint(
    settings: Settings, unused_tcp_port: int
) -> None:
    url = f"http://127.0.0.1:{unused_tcp_port}"
    async with (
        opened(settings) as other,
        watching(other) as screen,
        serving(settings, unused_tcp_port, DIES_BEFORE_TELLING) as doomed,
        aiohttp.ClientSession() as guest,
    ):
        await ready(url)
        with pytest.raises(aiohttp.ClientError):
            await guest.post(url + VENUE + "/requests", json=SONG, headers={"Idempotency-Key": "again"})
        assert await doomed.wait() == -9
        await screen.until(lambda s: len(s.requests) == 1)
        headers = {"Idempotency-Key": "again"}
        status, receipt = await other.call("POST", f"{VENUE}/requests", json=SONG, headers=headers)
        assert status == 201
        assert list(screen.requests) == [receipt["id"]]
