"""Start and size: until `singr serve` answers, and what it holds then, beside a bare aiohttp server."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence

from bench import linux
from bench.figures import Figure
from bench.house import START_TIMEOUT_S, House, answers, filled, running
from bench.scale import scale
from singr.up.ports import free_port

ROUNDS = 5
MIB = 1 << 20
BARE = """
import os, aiohttp.web, asyncpg, hiredis, msgspec, orjson, prometheus_client, redis.asyncio, uvloop
async def ready(request): return aiohttp.web.Response()
app = aiohttp.web.Application()
app.router.add_get("/readyz", ready)
aiohttp.web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]), print=None)
"""
REFERENCE = "a bare aiohttp server with the same libraries"


async def run() -> list[Figure]:
    return await asyncio.to_thread(_run)


def _run() -> list[Figure]:
    with filled(scale(0.01)) as house:
        found = [(_started(house, ["-m", "singr", "serve"]), _started(house, ["-c", BARE])) for _ in range(ROUNDS)]
    units = ("seconds until it answers", "s", 1), ("memory when it answers", "MiB", MIB)
    return [
        Figure(
            name=name,
            unit=unit,
            runs=[ours[at] / of for ours, _ in found],
            reference=[bare[at] / of for _, bare in found],
            reference_name=REFERENCE,
        )
        for at, (name, unit, of) in enumerate(units)
    ]


def _started(house: House, program: Sequence[str]) -> tuple[float, int]:
    """Seconds until the program answered, and the bytes that it held then."""
    port = free_port()
    env = {**house.env, "HOST": "127.0.0.1", "PORT": str(port)}
    began_s = time.monotonic()
    with running([sys.executable, *program], env, house.home / f"{port}.log") as child:
        child.wait_until(lambda: answers(f"http://127.0.0.1:{port}/readyz"), timeout_s=START_TIMEOUT_S)
        return time.monotonic() - began_s, linux.memory(child.process.pid if child.process else 0)
