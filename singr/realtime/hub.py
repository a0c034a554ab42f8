"""The hub: every connection of this process, its seats in the rooms, and how it says goodbye."""

from __future__ import annotations

import asyncio
import random
import resource
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiohttp import web

from singr.infra.aside import ended
from singr.infra.bus import Bus
from singr.realtime import messages, rounds
from singr.realtime.close import RESTARTING, Close
from singr.realtime.names import Names
from singr.realtime.open_room import OpenRoom
from singr.realtime.pulse import Pulse
from singr.realtime.rooms import Rooms
from singr.realtime.seat import Seat
from singr.realtime.source import Source
from singr.realtime.state import Holder, Position, Viewer
from singr.realtime.sweep import Sweep
from singr.realtime.tempo import TEMPO, Tempo
from singr.realtime.watcher import Watcher
from singr.telemetry import metrics

# For everything but watchers: listeners, databases, calls being answered.
DESCRIPTORS_KEPT = 200


GoesOn = Callable[[Holder], bool]
"""Whether a session, and what its person may do, is still what it was when somebody began to look by it."""


class Hub:
    """Made inside a running loop; `opened` starts and ends it."""

    def __init__(self, bus: Bus, source: Source, tempo: Tempo, goes_on: GoesOn) -> None:
        self.source, self.tempo, self.goes_on = source, tempo, goes_on
        self._loop = asyncio.get_running_loop()
        self.rooms = Rooms(bus, source, tempo)
        self._tasks: set[asyncio.Task[Any]] = set()
        self.names = Names(source, tempo.names_s, tempo.read_s)
        self.pulse = Pulse(tempo)
        self.sweep = Sweep(self.rooms.open, source, tempo)
        self.watchers: set[Watcher] = set()
        self.held: set[Seat] = set()
        self.greeting: dict[Watcher, float] = {}
        self.behind: dict[Watcher, float] = {}
        self.watchers_max = _descriptors() - DESCRIPTORS_KEPT
        self.draining = False
        self._empty = asyncio.Event()

    @property
    def sweep_age_s(self) -> float:
        """Seconds since the database last told the newest versions; readiness follows it."""
        return self.sweep.age_s

    def run(self, work: Coroutine[Any, Any, Any]) -> None:
        """Start work that the hub ends with; whoever starts it bounds it."""
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # Seats

    def sit(
        self,
        watcher: Watcher,
        room: OpenRoom,
        viewer: Viewer,
        *,
        venue: str,
        expires_at: float = 0,
        holder: Holder | None = None,
        since: Position | None = None,
    ) -> None:
        """Give `watcher` a seat in `room` and tell it what it does not know; a seat it had there is given up."""
        for former in watcher.seats:
            if former.room is room:
                self.vacate(former)
        room.flush()
        seat = Seat(watcher, room, viewer, venue, self.pulse.period_s(viewer.view))
        seat.renew(expires_at, holder)
        if holder:
            self.held.add(seat)
        watcher.seats = (*watcher.seats, seat)
        self.greeting.pop(watcher, None)
        room.audience.join(seat)
        self.pulse.add(seat)
        seat.welcome(since)

    def vacate(self, seat: Seat) -> None:
        seat.watcher.seats = tuple(other for other in seat.watcher.seats if other is not seat)
        seat.room.audience.leave(seat)
        seat.room.empty_since = self._loop.time()
        self.pulse.discard(seat)
        self.held.discard(seat)

    # Connections, as watchers report them

    def arrived(self, watcher: Watcher) -> None:
        now = self._loop.time()
        watcher.heard_at = self.greeting[watcher] = now
        watcher.rotate_at = now + self.tempo.rotate_s * random.uniform(0.8, 1.2)  # noqa: S311
        self.watchers.add(watcher)
        metrics.CONNECTIONS.labels(watcher.form.name.lower()).inc()

    def ending(self, watcher: Watcher, why: Close) -> None:
        metrics.CLOSED.labels(why.code).inc()
        self._forget(watcher)

    def left(self, watcher: Watcher) -> None:
        if watcher in self.watchers:
            self.watchers.remove(watcher)
            if self.draining and not self.watchers:
                self._empty.set()
            metrics.CONNECTIONS.labels(watcher.form.name.lower()).dec()
        self._forget(watcher)

    def _forget(self, watcher: Watcher) -> None:
        for seat in watcher.seats:
            self.vacate(seat)
        self.greeting.pop(watcher, None)
        self.behind.pop(watcher, None)

    def fell_behind(self, watcher: Watcher) -> None:
        metrics.BEHIND.inc()
        if not watcher.ended:
            self.behind[watcher] = self._loop.time()

    def drained(self, watcher: Watcher) -> None:
        self.behind.pop(watcher, None)

    def bye(self) -> messages.Bye:
        """For a client that we send away: it may come back soon, since we send one after the other."""
        return messages.Bye(round(1000 * random.uniform(0, self.tempo.return_max_s)))  # noqa: S311

    async def drain(self) -> None:
        """Send everybody elsewhere, spread over the drain time; nobody is let in any more."""
        self.draining = True
        leaving = list(self.watchers)
        spread_s = min(self.tempo.drain_s, len(leaving) / self.tempo.drain_per_s)
        started_at = self._loop.time()
        for number, watcher in enumerate(leaving):
            ahead_s = started_at + spread_s * number / len(leaving) - self._loop.time()
            if ahead_s > self.tempo.coalesce_s:
                await asyncio.sleep(ahead_s)
            watcher.end(RESTARTING, self.bye())
        if not self.watchers:
            self._empty.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(self.tempo.goodbye_s):
                await self._empty.wait()

    async def close(self) -> None:
        """Drain, then end everything the hub has started."""
        await self.drain()
        for watcher in list(self.watchers):
            watcher.transport.abort()
        await ended(*self._tasks)
        await self.rooms.close()


def _descriptors() -> int:
    """How many this process may have."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if soft == resource.RLIM_INFINITY else soft


HUB: web.AppKey[Hub] = web.AppKey("hub", Hub)


@asynccontextmanager
async def opened(
    bus: Bus, source: Source, tempo: Tempo = TEMPO, goes_on: GoesOn = lambda _holder: True
) -> AsyncIterator[Hub]:
    """A running hub; leaving drains it."""
    hub = Hub(bus, source, tempo, goes_on)
    bus.on_resubscribed.append(hub.sweep.soon)
    metrics.ROOMS.set_function(lambda: len(hub.rooms.open))
    metrics.STALE_ROOMS.set_function(lambda: sum(room.told_stale for room in hub.rooms.open.values()))
    metrics.SWEEP_AGE.set_function(lambda: hub.sweep_age_s)
    loop = asyncio.get_running_loop()
    metrics.TASKS.set_function(lambda: len(asyncio.all_tasks(loop)))
    clocks = [asyncio.create_task(hub.sweep.run()), asyncio.create_task(rounds.make_forever(hub))]
    try:
        yield hub
    finally:
        bus.on_resubscribed.remove(hub.sweep.soon)
        await hub.close()
        await ended(*clocks)
