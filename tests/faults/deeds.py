"""What is done to a night: to its servers, networks, processes and watchers."""

from __future__ import annotations

import asyncio
import itertools
import random
import signal
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from redis.asyncio import Redis

from tests.faults.night import Night

Deed = Callable[[Night], Awaitable[Any]]
COUNT = itertools.count(1)
SOME = 11
"""One watcher in so many: of every view, which come by tens."""
# One thread that stays: a server ends when the thread that started it does.
HANDS = ThreadPoolExecutor(1)


async def nothing(_night: Night) -> None:
    return None


async def _redis(night: Night, *command: str) -> None:
    async with Redis.from_url(night.around.redis.url) as client:
        await client.execute_command(*command)  # type: ignore[no-untyped-call]


def at_redis(*command: str) -> Deed:
    return lambda night: _redis(night, *command)


def order(**what: Any) -> Deed:
    async def give(night: Night) -> None:
        night.city.order(**what)

    return give


def server(name: str, deed: str) -> Deed:
    """Do something to PostgreSQL, Redis or the pooler: start, stop, kill, pause, resume."""
    return lambda night: asyncio.get_running_loop().run_in_executor(HANDS, getattr(getattr(night.around, name), deed))


def wire(name: str, deed: str, **given: Any) -> Deed:
    async def do(night: Night) -> None:
        assert night.city.wires
        await getattr(night.city.wires, deed)(name, **given)

    return do


def send(number: signal.Signals, which: int = 0) -> Deed:
    async def do(night: Night) -> None:
        night.city.apis[which].signal(number)

    return do


async def kill_one(night: Night) -> None:
    night.city.apis[0].signal(signal.SIGKILL)
    await night.city.apis[0].gone()


async def revive(night: Night) -> None:
    """Start again whatever has died."""
    for process in (*night.city.apis, *night.city.workers):
        if not process.alive:
            await process.start()


async def roll(night: Night) -> None:
    """Restart one process after the other, politely."""
    for api in night.city.apis:
        api.signal(signal.SIGTERM)
        await api.gone()
        await api.start()
        await api.ready()


async def die_before_telling(night: Night) -> None:
    night.city.apis[0].order(hints="fatal")
    await night.city.apis[0].gone()
    night.city.apis[0].order(hints=None)


async def kill_workers(night: Night) -> None:
    for worker in night.city.workers:
        worker.signal(signal.SIGKILL)
        await worker.gone()


async def block_one(night: Night) -> None:
    night.city.apis[0].order(block=next(COUNT))


async def deafen_one(night: Night) -> None:
    night.city.apis[0].order(deaf=next(COUNT))


async def again_and_again(night: Night) -> None:
    for _ in range(8):
        await _redis(night, "CLIENT", "KILL", "TYPE", "pubsub")
        await asyncio.sleep(1)


async def kill_backends(night: Night) -> None:
    for _ in range(4):
        await night.archive.kill_backends()
        await asyncio.sleep(1)


def some(night: Night) -> list[Any]:
    return night.watchers[::SOME]


async def deafen_some(night: Night) -> None:
    for watcher in some(night):
        watcher.deafen()


async def hear_again(night: Night) -> None:
    for watcher in some(night):
        watcher.deafen(deaf=False)


async def sleep_some(night: Night) -> None:
    for watcher in some(night):
        watcher.sleep()


async def wake_some(night: Night) -> None:
    for watcher in random.sample(some(night), len(some(night))):
        watcher.wake()
        await asyncio.sleep(0.01)


async def sleep_hosts(night: Night) -> None:
    for watcher in night.watchers:
        if watcher.as_view == "host":
            watcher.sleep()


async def wake_hosts(night: Night) -> None:
    for watcher in night.watchers:
        if watcher.as_view == "host":
            watcher.wake()


async def wake_sleepers(night: Night) -> None:
    for sleeper in night.crowd.rouse():
        sleeper.wake()
        await asyncio.sleep(0.01)
