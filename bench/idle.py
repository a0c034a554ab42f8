"""Idle: what watchers cost the server's CPU while nothing happens, beside the same server without anybody.

`IDLE` is how many (10,000), `IDLE_S` for how long each of the two is watched (60).
"""

from __future__ import annotations

import asyncio
import os
import time

from bench.figures import Figure
from bench.reach import place, receivers
from bench.reach.place import VENUES_WATCHED, Place

BY_NAME_ALONE = True
SPELLS = 6
CONNECTS_S, SETTLES_S = 300, 10


async def run() -> list[Figure]:
    watchers, idle_s = int(os.environ.get("IDLE", "10000")), float(os.environ.get("IDLE_S", "60"))
    return await place.alone(1, lambda here: measured(here, watchers, idle_s))


async def measured(here: Place, watchers: int, idle_s: float) -> list[Figure]:
    await asyncio.sleep(min(SETTLES_S, idle_s))
    alone_us = await _spent_us(here, idle_s)
    async with receivers.opened(here.program, here.port, watchers=watchers, venues=VENUES_WATCHED) as crowd:
        await place.complete(crowd, watchers, CONNECTS_S)
        await asyncio.sleep(min(SETTLES_S, idle_s))
        connected, there_us = crowd.count("connected"), await _spent_us(here, idle_s)
    alone = sorted(alone_us)[SPELLS // 2]
    each_us = [(spent_us - alone) / max(1, connected) for spent_us in there_us]
    return [
        Figure(
            name=f"CPU with {connected:,} idle watchers",
            unit="µs/s",
            runs=there_us,
            reference=alone_us,
            reference_name="with nobody",
        ),
        Figure(name="CPU of one idle watcher", unit="µs/s", runs=each_us, budget="≤ 20"),
    ]


async def _spent_us(here: Place, idle_s: float) -> list[float]:
    """The servers' CPU a second, in some spells of that time."""
    spent_us = []
    for _ in range(SPELLS):
        before_s, began = here.cpu_s, time.monotonic()
        await asyncio.sleep(idle_s / SPELLS)
        spent_us.append((here.cpu_s - before_s) / (time.monotonic() - began) * 1e6)
    return spent_us
