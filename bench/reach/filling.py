"""Fill one machine with watchers, change things, and see when everybody knows."""

from __future__ import annotations

import asyncio
import os
import time
from statistics import quantiles

import aiohttp
import uvloop

from bench.figures import Figure
from bench.reach import place, receivers
from bench.reach.place import VENUES_WATCHED, Place
from bench.reach.receivers import Receivers

WRITES, BURST = 100, 200
CONNECTS_S, SETTLES_S = 600, 5


def run() -> list[Figure]:
    with place.opened(int(os.environ.get("REACH_PROCESSES", "4"))) as here:
        return measured(here, int(os.environ.get("REACH", "50000")))


def measured(here: Place, watchers: int) -> list[Figure]:
    return uvloop.run(_filled(here, watchers))


async def _filled(here: Place, watchers: int) -> list[Figure]:
    before, started = here.memory, time.monotonic()
    async with (
        receivers.opened(here.program, here.port, watchers=watchers, venues=VENUES_WATCHED) as crowd,
        aiohttp.ClientSession() as session,
    ):
        await place.until(lambda: crowd.count("connected") + crowd.count("lost") >= watchers, CONNECTS_S)
        took_s, connected = time.monotonic() - started, crowd.count("connected")
        await asyncio.sleep(SETTLES_S)
        each = (here.memory - before) / max(connected, 1) / 1024
        return [
            figure("watchers connected", "", connected, f"{watchers:,}, in {len(here.servers)} processes"),
            figure("until all were connected", "s", took_s),
            figure("server memory a watcher", "KiB", each, "≤ 4"),
            *await _write_one_by_one(session, here, crowd),
            *await _write_at_once(session, here, crowd),
            figure("watchers lost", "", crowd.count("lost"), "0"),
        ]


def figure(name: str, unit: str, found: float, budget: str = "") -> Figure:
    return Figure(name=name, unit=unit, runs=[found], budget=budget)


async def _write_one_by_one(session: aiohttp.ClientSession, here: Place, crowd: Receivers) -> list[Figure]:
    """Ten writes a second: how long until all watchers of the venue have each."""
    written = []
    for _ in range(WRITES):
        asked_at = time.time()
        written.append((asked_at, *await here.ask(session)))
        await asyncio.sleep(max(0.0, asked_at + 0.1 - time.time()))
    missing, took_ms = await place.arrivals(crowd, written)
    cuts = quantiles(took_ms, n=100)
    return [
        figure("from the write to its last watcher, p50", "ms", cuts[49]),
        figure("from the write to its last watcher, p99", "ms", cuts[98]),
        figure(f"of {WRITES} writes never reached all", "", missing, "0"),
    ]


async def _write_at_once(session: aiohttp.ClientSession, here: Place, crowd: Receivers) -> list[Figure]:
    """As quickly as the servers take them: what a second of theirs delivers. Coalescing makes it fewer messages."""
    before, asked_at = crowd.count("deltas"), time.time()
    answered = await asyncio.gather(*(here.ask(session) for _ in range(BURST)))
    newest: dict[str, int] = {}
    for venue, version in answered:
        newest[venue] = max(newest.get(venue, 0), version)
    missing, took_ms = await place.arrivals(crowd, [(asked_at, *last) for last in newest.items()])
    await asyncio.sleep(1.5)  # the receivers count once a second
    delivered, all_s = crowd.count("deltas") - before, max(took_ms) / 1000
    return [
        figure(f"{BURST} writes at once, until all know", "s", all_s, "10"),
        figure(f"of {len(newest)} venues never reached all", "", missing, "0"),
        figure("deliveries a second meanwhile", "", delivered / all_s),
    ]
