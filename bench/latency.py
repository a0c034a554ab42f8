"""Latency: from the commit of a guest's request to each watcher's screen, with the server at half of its load.

`LATENCY` is how many watchers (10,000, at ten venues), `LATENCY_S` for how long (50). The pace at which one server uses
half a core is found first. Time counts from the beginning of the request's transaction, so its commit is in it.
"""

from __future__ import annotations

import asyncio
import os
import time

from bench.figures import Figure, percentile
from bench.reach import guests, place, receivers
from bench.reach.place import Place
from bench.reach.receivers import Receivers

BY_NAME_ALONE = True
VENUES, SPELLS, MOST_PER_S = 10, 5, 300
HALF, TRIED_PER_S = 0.5, 20.0
CONNECTS_S, TRIES_S = 300, 8
PERCENTILES = {50: "≤ 15", 99: "≤ 100", 99.9: "≤ 1,000"}


async def run() -> list[Figure]:
    watchers, asking_s = int(os.environ.get("LATENCY", "10000")), float(os.environ.get("LATENCY_S", "50"))
    return await place.alone(1, lambda here: measured(here, watchers, asking_s))


async def measured(here: Place, watchers: int, asking_s: float, most_per_s: float = MOST_PER_S) -> list[Figure]:
    async with receivers.opened(here.program, here.port, watchers=watchers, venues=VENUES) as crowd:
        await place.complete(crowd, watchers, CONNECTS_S)
        pace_per_s = await _pace_of_half(here, most_per_s)
        loads, spells = [], []
        async with guests.asking(here, pace_per_s, venues=VENUES) as asking:
            for _ in range(SPELLS):
                began_at = time.time()
                loads.append(await _load(here, asking_s / SPELLS))
                spells.append((began_at, time.time()))
        missing, _ = await place.arrivals(crowd, asking.written)
        rows = [asking.between(*spell) for spell in spells]
        return [
            Figure(name=f"load of the server, {pace_per_s:.0f} requests a second", unit="cores", runs=loads),
            *_percentiles(crowd, rows),
            Figure(name=f"of {len(asking.written)} writes never reached all", unit="", runs=[missing], budget="0"),
            Figure(name="writes refused", unit="", runs=[len(asking.refused)], budget="0"),
        ]


def _percentiles(crowd: Receivers, rows: list[list[place.Written]]) -> list[Figure]:
    shown, waited = [guests.shown_ms(crowd, row) for row in rows], [guests.waited_ms(row) for row in rows]
    return [
        Figure(
            name=f"commit → client, p{percent}",
            unit="ms",
            runs=[percentile(spell, percent) for spell in shown],
            reference=[percentile(spell, percent) for spell in waited],
            reference_name="the guest's own answer",
            budget=budget,
        )
        for percent, budget in PERCENTILES.items()
    ]


async def _pace_of_half(here: Place, most_per_s: float) -> float:
    """Requests a second that half a core serves: told from a few, then from as many as those promise."""
    idle, pace_per_s = await _load(here, TRIES_S), TRIED_PER_S
    for _ in range(2):
        async with guests.asking(here, pace_per_s, venues=VENUES):
            await asyncio.sleep(1)
            tried = await _load(here, TRIES_S)
        pace_per_s = min(max(1.0, (HALF - idle) * pace_per_s / max(tried - idle, 1e-3)), most_per_s)
    return pace_per_s


async def _load(here: Place, for_s: float) -> float:
    """Cores that the server uses."""
    before_s, began = here.cpu_s, time.monotonic()
    await asyncio.sleep(for_s)
    return (here.cpu_s - before_s) / (time.monotonic() - began)
