"""The matrix's watchers do as they are told: who sleeps hears nothing over either transport, and wakes to the truth."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import aiohttp
import pytest

from singr.client.ways import Events, Socket
from tests.faults.journal import Shown
from tests.faults.watchers import Watcher
from tests.realtime.stage import process
from tests.realtime.waiting import until
from tests.realtime.world import World


async def nobody() -> Mapping[str, str]:
    return {}


@pytest.mark.parametrize("kind", [Socket, Events])
async def test_who_sleeps_hears_nothing_until_woken(kind: type[Socket] | type[Events], redis_url: str) -> None:
    world, noted = World(), list[Shown]()
    async with process(redis_url, world) as one, aiohttp.ClientSession() as session:
        base = str(one.url).rstrip("/")
        sleeper, awake = (
            Watcher(session, base, name, "bar", "display", kind, nobody, noted.append) for name in ("sleeper", "awake")
        )
        running = [asyncio.create_task(watcher.run()) for watcher in (sleeper, awake)]
        await until(lambda: sleeper.version == awake.version == world.version)
        sleeper.sleep()
        for number in range(3):
            await one.publish(world, world.put(f"r{number}", "slept through"))
        await until(lambda: awake.version == world.version)
        assert sleeper.version == 0
        assert [shown.status for shown in noted if shown.watcher == "sleeper"][-1] == "asleep"
        sleeper.wake()
        await until(lambda: (sleeper.version, sleeper.status) == (world.version, "live"))
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
