"""Churn: 10,000 watchers who leave in every way there is and come back, and what the server holds afterwards.

`CHURN` is how many watchers, `CHURN_S` for how long (600). Each stays half a minute on average. One process has them
all; what it holds stands beside what it held before anybody came, or after as many came and left once.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from bench.figures import Figure
from bench.reach import place, receivers
from bench.reach.place import VENUES_WATCHED, Place
from bench.reach.receivers import Receivers

BY_NAME_ALONE = True
LIFETIME_S = 30
CONNECTS_S, LEAVES_S, SETTLES_S = 300, 60, 15
# Pools grow once.
SPARE = {"descriptors": 40, "tasks": 5, "rooms": 0, "connections": 0}
HELD = {
    "rooms": "singr_live_rooms ",
    "connections": "singr_live_connections{",
    "tasks": "singr_tasks ",
}


async def run() -> list[Figure]:
    watchers, churning_s = int(os.environ.get("CHURN", "10000")), float(os.environ.get("CHURN_S", "600"))
    return await place.alone(1, lambda here: measured(here, watchers, churning_s))


async def measured(here: Place, watchers: int, churning_s: float) -> list[Figure]:
    empty = await _held(here)
    async with _crowd(here, watchers):
        first = await _held(here)
    between = await _left(here, empty)
    async with _crowd(here, watchers, churning_s) as crowd, aiohttp.ClientSession() as session:
        await asyncio.sleep(churning_s)
        await _complete(crowd, watchers)
        asked = [await here.ask(session) for _ in range(20)]
        missing, _ = await place.arrivals(crowd, asked)
        again, returned, lost = await _held(here), crowd.count("returned"), crowd.count("lost")
    after = await _left(here, empty)
    there, nobody, once = "the first time", "before anybody came", "after a crowd that stayed"
    return [
        Figure(name=f"of {watchers:,} watchers left and came back in {churning_s:.0f} s", unit="", runs=[returned]),
        Figure(name="watchers lost", unit="", runs=[lost], budget="0"),
        Figure(name="of 20 writes afterwards never reached all", unit="", runs=[missing], budget="0"),
        _beside("everybody there: memory", "MiB", again, first, there),
        _beside("everybody there: descriptors", "", again, first, there),
        _beside("everybody left: memory", "MiB", after, between, once),
        _beside("everybody left: descriptors", "", after, between, once),
        *(_beside(f"everybody left: {what}", "", after, empty, nobody) for what in HELD),
    ]


def _beside(name: str, unit: str, now: dict[str, float], then: dict[str, float], reference: str) -> Figure:
    what = name.rpartition(" ")[2]
    return Figure(name=name, unit=unit, runs=[now[what]], reference=[then[what]], reference_name=reference)


@asynccontextmanager
async def _crowd(here: Place, watchers: int, churning_s: float = 0) -> AsyncIterator[Receivers]:
    """Everybody there, and for a while already."""
    lifetime_s = LIFETIME_S if churning_s else 0
    async with receivers.opened(
        here.program,
        here.port,
        watchers=watchers,
        venues=VENUES_WATCHED,
        lifetime_s=lifetime_s,
        churning_s=churning_s,
    ) as crowd:
        if not churning_s:
            await _complete(crowd, watchers)
        yield crowd


async def _complete(crowd: Receivers, watchers: int) -> None:
    """Until everybody is there, and a while longer."""
    await place.complete(crowd, watchers, CONNECTS_S)
    await asyncio.sleep(SETTLES_S)


async def _left(here: Place, empty: dict[str, float]) -> dict[str, float]:
    """What it holds once everything has been given back that will be."""
    deadline, held = time.monotonic() + LEAVES_S, await _held(here)
    while any(held[what] > empty[what] + spare for what, spare in SPARE.items()) and time.monotonic() < deadline:
        await asyncio.sleep(0.5)
        held = await _held(here)
    return held


async def _held(here: Place) -> dict[str, float]:
    async with aiohttp.ClientSession() as session:
        told = dict(zip(HELD, await here.counted(session, *HELD.values()), strict=True))
    return {"memory": here.memory / 2**20, "descriptors": here.descriptors, **told}
