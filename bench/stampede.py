"""Stampede: everybody comes back after a kill -9 of the API, while guests go on asking.

`STAMPEDE` is how many (10,000), `STAMPEDE_PROCESSES` how many servers they had (1). They come back as the reference
client does, and start anew: each is sent a snapshot.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time

from bench.figures import Figure, once, percentile
from bench.reach import guests, place, receivers
from bench.reach.place import VENUES_WATCHED, Place

BY_NAME_ALONE = True
WRITES_S = 40
CONNECTS_S, SETTLES_S, CALM_S, RETURNS_S = 300, 5, 15, 120


async def run() -> list[Figure]:
    watchers, processes = int(os.environ.get("STAMPEDE", "10000")), int(os.environ.get("STAMPEDE_PROCESSES", "1"))
    return await place.alone(processes, lambda here: measured(here, watchers))


async def measured(here: Place, watchers: int) -> list[Figure]:
    async with receivers.opened(
        here.program, here.port, watchers=watchers, venues=VENUES_WATCHED, patient=True
    ) as crowd:
        await place.complete(crowd, watchers, CONNECTS_S)
        await asyncio.sleep(SETTLES_S)
        async with guests.asking(here, WRITES_S) as asking:
            await asyncio.sleep(CALM_S)
            killed_at = time.time()
            away_s = await here.restart(here.servers, signal.SIGKILL)
            answered_at = time.time()
            await place.until(lambda: len(crowd.gaps) >= watchers, RETURNS_S)
            back_at = max((ended_at for ended_at, _ in crowd.gaps), default=time.time())
            await asyncio.sleep(SETTLES_S)
        written = asking.between(answered_at)
        missing, _ = await place.arrivals(crowd, written)
        before_ms = guests.waited_ms(asking.between(0, killed_at - 1))
        during_ms = guests.waited_ms(asking.between(answered_at, max(back_at, answered_at + 1)))
        gaps_s = [gap_s for _, gap_s in crowd.gaps]
        start = "the servers were away"
        return [
            once(f"of {watchers:,} watchers not back", "", watchers - crowd.count("connected"), "0"),
            once("from the kill until all were back", "s", back_at - killed_at, "≤ 20", beside=away_s, of=start),
            once("a watcher's gap, p50", "s", percentile(gaps_s, 50), beside=away_s, of=start),
            once("a watcher's gap, p99", "s", percentile(gaps_s, 99), beside=away_s, of=start),
            once(
                f"p99 of {len(during_ms)} writes meanwhile, once it answered",
                "ms",
                percentile(during_ms, 99),
                "< 500",
                beside=percentile(before_ms, 99),
                of="before",
            ),
            once("writes refused once it answered", "", sum(at >= answered_at for at in asking.refused), "0"),
            once(f"of {len(written)} writes never reached all", "", missing, "0"),
        ]
