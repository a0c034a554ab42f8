"""How many watch a venue, whichever processes they came to."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from singr.infra.redis import Client
from singr.realtime import attendance
from singr.realtime.attendance import Watching
from tests.clusters import Cluster
from tests.realtime.stage import Crowd, Process, process
from tests.realtime.waiting import DEADLINE_S
from tests.realtime.world import HOST, World, singer
from tests.services import Server

EVERY_S = 0.02


async def becomes(redis: Client, world: World, wanted: Watching) -> None:
    """Waits until so many are said to watch; on a busy machine nobody may know for a moment."""
    async with asyncio.timeout(DEADLINE_S):
        while await attendance.of(redis, world.venue_id) != wanted:
            await asyncio.sleep(EVERY_S)


async def telling(stack: AsyncExitStack, at: Process) -> None:
    await stack.enter_async_context(attendance.told(at.redis, at.hub.rooms.open, EVERY_S))


async def two_watched(redis_url: str, world: World, people: Crowd) -> None:
    """Two processes of three phones, a screen and a host; then one of them ends."""
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(process(redis_url, world))
        await telling(stack, one)
        async with AsyncExitStack() as short:
            other = await short.enter_async_context(process(redis_url, world))
            await telling(short, other)
            for at, viewer in ((one, singer("ann")), (one, HOST), (other, singer("bo")), (other, singer("cy"))):
                await (await people.socket(at)).hello(world, viewer)
            await people.stream(other, world)
            await becomes(one.redis, world, Watching(phones=3, screens=1))
            await becomes(one.redis, World(), Watching(0, 0))
        await becomes(one.redis, world, Watching(phones=1, screens=0))


async def test_phones_and_screens_of_all_processes_are_added_up(redis_url: str, world: World, people: Crowd) -> None:
    await two_watched(redis_url, world, people)


async def test_a_cluster_adds_them_up_as_well(redis_cluster: Cluster, world: World, people: Crowd) -> None:
    await two_watched(redis_cluster.url, world, people)


async def test_who_leaves_is_counted_no_more(one: Process, world: World, people: Crowd) -> None:
    async with AsyncExitStack() as stack:
        await telling(stack, one)
        socket = await people.socket(one)
        await socket.hello(world, singer("ann"))
        await becomes(one.redis, world, Watching(1, 0))
        await socket.ws.close()
        await becomes(one.redis, world, Watching(0, 0))


async def test_nobody_knows_while_redis_is_away(redis_server: Server, world: World, people: Crowd) -> None:
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(process(redis_server.url, world))
        await telling(stack, one)
        await (await people.socket(one)).hello(world, singer("ann"))
        await becomes(one.redis, world, Watching(1, 0))
        redis_server.stop()
        await becomes(one.redis, world, Watching())
        redis_server.start()
        await becomes(one.redis, world, Watching(1, 0))
