"""Fill one machine with watchers, change things, and see when everybody knows."""

from __future__ import annotations

import asyncio
import os
import time
from operator import attrgetter

import aiohttp

from bench.figures import Figure, once, percentile
from bench.reach import place, receivers
from bench.reach.place import VENUES_WATCHED, Place, Written
from bench.reach.receivers import Receivers
from bench.reach.strain import Strain
from bench.reference import sockets

WRITES, BURST = 100, 200
CONNECTS_S, SETTLES_S = int(os.environ.get("REACH_S", "600")), 5
LOOKS_S, SLOWEST = 10.0, 0.001
AGAIN_S, ANSWERED_S = 0.5, 60


async def run() -> list[Figure]:
    watchers, processes = int(os.environ.get("REACH", "50000")), int(os.environ.get("REACH_PROCESSES", "4"))

    async def beside_aiohttp(here: Place) -> list[Figure]:
        return await measured(here, watchers, await sockets.kib_each(here.program.parent))

    return await place.alone(processes, beside_aiohttp)


async def measured(here: Place, watchers: int, aiohttp_kib: float | None = None) -> list[Figure]:
    """Where not all come, only how far it went and what was left: they would never all know."""
    before, started, strain = here.memory, time.monotonic(), Strain(here)
    async with (
        receivers.opened(here.program, here.port, watchers=watchers, venues=VENUES_WATCHED) as crowd,
        aiohttp.ClientSession() as session,
    ):
        await _come(crowd, watchers)
        took_s, connected = time.monotonic() - started, crowd.count("connected")
        left = strain.figures()
        await asyncio.sleep(SETTLES_S)
        each = (here.memory - before) / max(connected, 1) / 1024
        came = [
            once("watchers connected", "", connected, f"{watchers:,}, in {len(here.servers)} processes"),
            once("until all were connected, or no more came", "s", took_s),
            once("server memory a watcher", "KiB", each, "≤ 4", beside=aiohttp_kib, of="an aiohttp WebSocket"),
            *left,
        ]
        if connected < watchers:
            return [*came, once("watchers lost", "", crowd.count("lost"), "0")]
        return [
            *came,
            *await _write_one_by_one(session, here, crowd),
            *await _write_at_once(session, here, crowd),
            once("watchers lost", "", crowd.count("lost"), "0"),
        ]


async def _come(crowd: Receivers, watchers: int) -> None:
    """Until all have come, `CONNECTS_S` are over, or hardly anybody comes any more. Says how far it is."""
    deadline, before, coming = time.monotonic() + CONNECTS_S, 0, True
    while coming and time.monotonic() < deadline:
        await place.complete(crowd, watchers, LOOKS_S)
        connected, lost = crowd.count("connected"), crowd.count("lost")
        print(f"{connected:,} connected, {lost:,} lost", flush=True)
        if connected + lost >= watchers:
            return
        coming, before = connected - before > watchers * SLOWEST, connected


async def _write_one_by_one(session: aiohttp.ClientSession, here: Place, crowd: Receivers) -> list[Figure]:
    """Ten writes a second: how long until all watchers of the venue have each."""
    written = []
    for _ in range(WRITES):
        written.append(await here.ask(session))
        await asyncio.sleep(max(0.0, written[-1].asked_at + 0.1 - time.time()))
    missing, took_ms = await place.arrivals(crowd, written)
    return [
        once("from the write to its last watcher, p50", "ms", percentile(took_ms, 50)),
        once("from the write to its last watcher, p99", "ms", percentile(took_ms, 99)),
        once(f"of {WRITES} writes never reached all", "", missing, "0"),
    ]


async def _write_at_once(session: aiohttp.ClientSession, here: Place, crowd: Receivers) -> list[Figure]:
    """As quickly as the servers take them: what a second of theirs delivers. Coalescing makes it fewer messages."""
    before, asked_at, refused = crowd.count("deltas"), time.time(), 0

    async def insist() -> Written:
        nonlocal refused
        while True:
            try:
                return await here.ask(session)
            except aiohttp.ClientResponseError:
                refused += 1
                await asyncio.sleep(AGAIN_S)

    async with asyncio.timeout(ANSWERED_S):
        answered = await asyncio.gather(*(insist() for _ in range(BURST)))
    newest = {one.venue: one for one in sorted(answered, key=attrgetter("version"))}
    missing, _ = await place.arrivals(crowd, list(newest.values()))
    all_s = max(crowd.arrived_at(one.venue, one.version) or 0 for one in newest.values()) - asked_at
    await asyncio.sleep(1.5)  # the receivers count once a second
    delivered = crowd.count("deltas") - before
    return [
        once(f"{BURST} writes at once, until all know", "s", all_s, "10"),
        once("told to come back, which they did", "", refused),
        once(f"of {len(newest)} venues never reached all", "", missing, "0"),
        once("deliveries a second meanwhile", "", delivered / all_s),
    ]
