"""Every fault of the matrix: how it comes, how long it stays, and how it goes."""

from __future__ import annotations

import asyncio
import itertools
import random
import signal
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis

from tests.faults.night import Night

Deed = Callable[[Night], Awaitable[Any]]
COUNT = itertools.count(1)
SOME = 11
"""One watcher in so many: of every view, which come by tens."""
# One thread that stays: a server ends when the thread that started it does.
HANDS = ThreadPoolExecutor(1)


@dataclass(frozen=True)
class Fault:
    """Durations in seconds. `needs` names what a small city may lack: postgres (a server of ours), wires. With
    `then_quiet` nobody writes any more while the fault lasts, so no later hint can tell of an earlier one's loss.
    """

    name: str
    inject: Deed
    heal: Deed
    hold_s: float = 8
    before_s: float = 2
    needs: str = ""
    then_quiet: bool = False
    staleness_max_s: float = 10


async def nothing(_night: Night) -> None:
    return None


async def _redis(night: Night, *command: str) -> None:
    async with Redis.from_url(night.redis.url) as client:
        await client.execute_command(*command)  # type: ignore[no-untyped-call]


def at_redis(*command: str) -> Deed:
    return lambda night: _redis(night, *command)


def order(**what: Any) -> Deed:
    async def give(night: Night) -> None:
        night.city.order(**what)

    return give


def server(name: str, deed: str) -> Deed:
    """Do something to PostgreSQL or Redis: start, stop, kill, pause, resume."""
    return lambda night: asyncio.get_running_loop().run_in_executor(HANDS, getattr(getattr(night, name), deed))


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


FAULTS = (
    Fault("nothing", nothing, nothing, staleness_max_s=1),
    Fault("redis killed", server("redis", "kill"), server("redis", "start")),
    Fault("redis restarted", server("redis", "stop"), server("redis", "start"), hold_s=1),
    Fault("redis paused", at_redis("CLIENT", "PAUSE", "8000", "ALL"), nothing),
    Fault("redis stopped", server("redis", "pause"), server("redis", "resume")),
    Fault("subscriptions killed", again_and_again, nothing, hold_s=1),
    Fault("subscription lost unnoticed", deafen_one, nothing),
    Fault("redis half-open for one", wire("redis", "cut"), wire("redis", "mend"), hold_s=15, needs="wires"),
    Fault("redis flushed", at_redis("FLUSHALL"), nothing, hold_s=2),
    Fault("all hints lost", order(hints="lost"), order(hints=None)),
    Fault("the last hints lost", order(hints="lost"), order(hints=None), hold_s=3, then_quiet=True),
    Fault("a tenth of hints lost", order(hints="some lost", lost_each=10), order(hints=None)),
    Fault("half of the hints lost", order(hints="some lost", lost_each=2), order(hints=None), hold_s=12),
    Fault("hints doubled", order(hints="doubled"), order(hints=None)),
    Fault("hints reordered", order(hints="reordered"), order(hints=None)),
    Fault("crash before the hint", die_before_telling, revive, hold_s=3),
    Fault("database restarted", server("postgres", "stop"), server("postgres", "start"), hold_s=1, needs="postgres"),
    Fault("database away", server("postgres", "kill"), server("postgres", "start"), hold_s=15, needs="postgres"),
    Fault("database stopped", server("postgres", "pause"), server("postgres", "resume"), hold_s=15, needs="postgres"),
    Fault("backends killed", kill_backends, nothing, hold_s=1),
    Fault("database half-open for one", wire("postgres", "cut"), wire("postgres", "mend"), hold_s=20, needs="wires"),
    Fault("database slow for one", wire("postgres", "slow", latency_ms=500), wire("postgres", "mend"), needs="wires"),
    Fault("API killed", kill_one, revive, hold_s=5),
    Fault("API stopped", send(signal.SIGSTOP), send(signal.SIGCONT), hold_s=20),
    Fault("API blocked 3 s", block_one, nothing, hold_s=4),
    Fault("rolling restart", roll, nothing, hold_s=1),
    Fault("clients half-open", wire("clients", "cut"), wire("clients", "mend"), hold_s=20, needs="wires"),
    Fault("clients at 1 KB/s", wire("clients", "slow", kb_per_s=1), wire("clients", "mend"), hold_s=15, needs="wires"),
    Fault("clients stop reading", deafen_some, hear_again, hold_s=20),
    Fault("clients sleep a minute", sleep_some, wake_some, hold_s=60),
    Fault("tickets expire asleep", sleep_hosts, wake_hosts, hold_s=70),
    Fault("worker killed", kill_workers, revive, hold_s=3),
)  # fmt: skip
BY_NAME = {fault.name: fault for fault in FAULTS}
