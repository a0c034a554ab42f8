"""Rolling restart: servers on one port, one after the other stopped and started again, and what watchers notice of it.

`ROLLING` is how many watchers (10,000), `ROLLING_PROCESSES` how many servers (2).
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
WRITES_S = 10
CONNECTS_S, CALM_S, SETTLES_S, RETURNS_S = 300, 10, 3, 60


async def run() -> list[Figure]:
    watchers, processes = int(os.environ.get("ROLLING", "10000")), int(os.environ.get("ROLLING_PROCESSES", "2"))
    return await place.alone(processes, lambda here: measured(here, watchers))


async def measured(here: Place, watchers: int) -> list[Figure]:
    async with receivers.opened(
        here.program, here.port, watchers=watchers, venues=VENUES_WATCHED, patient=True
    ) as crowd:
        await place.complete(crowd, watchers, CONNECTS_S)
        async with guests.asking(here, WRITES_S) as asking:
            await asyncio.sleep(CALM_S)
            began_at, away_s = time.time(), []
            for server in here.servers:
                away_s.append(await here.restart([server], signal.SIGTERM))
                await asyncio.sleep(SETTLES_S)  # the receivers count once a second
                await place.complete(crowd, watchers, RETURNS_S)
            ended_at = time.time()
        missing, _ = await place.arrivals(crowd, asking.written)
        gaps_s = [gap_s for _, gap_s in crowd.gaps]
        before_ms = guests.waited_ms(asking.between(0, began_at))
        during_ms = guests.waited_ms(asking.between(began_at, ended_at))
        start = "a server was away"
        return [
            once(f"of {watchers:,} watchers not back", "", watchers - crowd.count("connected"), "0"),
            once("a watcher's gap, p50", "s", percentile(gaps_s, 50), beside=max(away_s), of=start),
            once("a watcher's gap, p99", "s", percentile(gaps_s, 99), "≤ 3", beside=max(away_s), of=start),
            once("a watcher's gap, the longest", "s", max(gaps_s, default=0), beside=max(away_s), of=start),
            once("gaps a watcher", "", len(gaps_s) / watchers, beside=len(here.servers), of="restarts"),
            once(
                f"p99 of {len(during_ms)} writes meanwhile",
                "ms",
                percentile(during_ms, 99),
                beside=percentile(before_ms, 99),
                of="before",
            ),
            once("writes refused: a page asks again with the same key", "", len(asking.refused)),
            once(f"of {len(asking.written)} writes never reached all", "", missing, "0"),
        ]
