"""The hub: every room this process keeps open and every connection into one.

A room opens for its first watcher: subscribe, confirmed, then read one snapshot (any other order has a hole). Without
Redis it opens all the same and the sweep keeps it true. It closes some seconds after the last watcher has left.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

from aiohttp import web

from singr.core.errors import NotFound, UpstreamUnavailable
from singr.infra.bus import Bus, BusDown
from singr.realtime import messages, rounds
from singr.realtime.close import RESTARTING, Close
from singr.realtime.names import Names
from singr.realtime.open_room import OpenRoom
from singr.realtime.pulse import Pulse
from singr.realtime.seat import Seat
from singr.realtime.source import Source, channel
from singr.realtime.state import Position, Viewer
from singr.realtime.sweep import Sweep
from singr.realtime.tempo import TEMPO, Tempo
from singr.realtime.watcher import Watcher
from singr.telemetry import metrics

LOADS_AT_ONCE = 8


class Hub:
    """Made inside a running loop; `opened` starts and ends it."""

    def __init__(self, bus: Bus, source: Source, tempo: Tempo) -> None:
        self._bus, self.source, self.tempo = bus, source, tempo
        self._loop = asyncio.get_running_loop()
        self.rooms: dict[UUID, OpenRoom] = {}
        self._opening: dict[UUID, asyncio.Task[OpenRoom]] = {}
        self._loads = asyncio.Semaphore(LOADS_AT_ONCE)
        self._tasks: set[asyncio.Task[Any]] = set()
        self.names = Names(source, tempo.names_s, tempo.read_s)
        self.pulse = Pulse(tempo)
        self.sweep = Sweep(self.rooms, source, tempo)
        self.watchers: set[Watcher] = set()
        self.greeting: dict[Watcher, float] = {}
        self.behind: dict[Watcher, float] = {}
        self.draining = False
        self._empty = asyncio.Event()

    @property
    def sweep_age_s(self) -> float:
        """Seconds since the database last told the newest versions; readiness follows it."""
        return self.sweep.age_s

    def run(self, work: Coroutine[Any, Any, Any]) -> None:
        """Start work that the hub ends with; whoever starts it bounds it."""
        self._keep(self._loop.create_task(work))

    def _keep(self, task: asyncio.Task[Any]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # Rooms

    async def room(self, venue_id: UUID, since: Position | None = None) -> OpenRoom:
        """The venue's room, opened if need be, and at least at `since`.

        Raises NotFound, or UpstreamUnavailable when the database does not answer.
        """
        room = self.rooms.get(venue_id)
        if room is None or room.gone:
            room = await asyncio.shield(self._open_once(venue_id))
        room.empty_since = self._loop.time()
        if since and since.epoch == room.room.position.epoch and since.version > room.room.position.version:
            room.room.expect(since)
            await asyncio.shield(room.reload())
        return room

    def _open_once(self, venue_id: UUID) -> asyncio.Task[OpenRoom]:
        opening = self._opening.get(venue_id)
        if opening is None:
            opening = self._opening[venue_id] = self._loop.create_task(self._open(venue_id))
            opening.add_done_callback(lambda task: task.cancelled() or task.exception())
            self._keep(opening)
        return opening

    async def _open(self, venue_id: UUID) -> OpenRoom:
        room = OpenRoom(venue_id, self.source, self.tempo, self._loads)
        try:
            with suppress(BusDown):  # the bus subscribes when Redis is back; until then the sweep serves
                await self._bus.subscribe(channel(venue_id), room.heard)
            await room.reload()
            if not room.loaded:
                await self._bus.unsubscribe(channel(venue_id))
                raise NotFound("no such venue") if room.gone else UpstreamUnavailable("the venue cannot be read")
            self.rooms[venue_id] = room
        finally:
            del self._opening[venue_id]
        return room

    def close_room(self, room: OpenRoom) -> None:
        if self.rooms.get(room.venue_id) is not room:
            return
        del self.rooms[room.venue_id]
        room.close()
        self.run(self._bus.unsubscribe(channel(room.venue_id)))

    # Seats

    def sit(
        self,
        watcher: Watcher,
        room: OpenRoom,
        viewer: Viewer,
        *,
        venue: str,
        expires_at: float = 0,
        since: Position | None = None,
    ) -> None:
        """Give `watcher` a seat in `room` and tell it what it does not know; a seat it had there is given up."""
        for former in watcher.seats:
            if former.room is room:
                self.vacate(former)
        room.flush()
        seat = Seat(watcher, room, viewer, venue, self.pulse.period_s(viewer.view))
        seat.renew(expires_at)
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

    def retry_ms(self) -> int:
        """When a client that we send away may come back: spread, so that not all come at once."""
        return round(1000 * random.uniform(0, self.tempo.retry_max_s))  # noqa: S311

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
            watcher.end(RESTARTING, messages.Bye(self.retry_ms()))
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
        for room in list(self.rooms.values()):
            self.close_room(room)
        if self._tasks:
            _, unfinished = await asyncio.wait(self._tasks, timeout=self.tempo.goodbye_s)
            for task in unfinished:
                task.cancel()


HUB: web.AppKey[Hub] = web.AppKey("hub", Hub)


@asynccontextmanager
async def opened(bus: Bus, source: Source, tempo: Tempo = TEMPO) -> AsyncIterator[Hub]:
    """A running hub; leaving drains it."""
    hub = Hub(bus, source, tempo)
    bus.on_resubscribed.append(hub.sweep.soon)
    metrics.ROOMS.set_function(lambda: len(hub.rooms))
    metrics.SWEEP_AGE.set_function(lambda: hub.sweep_age_s)
    clocks = [asyncio.create_task(hub.sweep.run()), asyncio.create_task(rounds.make_forever(hub))]
    try:
        yield hub
    finally:
        bus.on_resubscribed.remove(hub.sweep.soon)
        await hub.close()
        for clock in clocks:
            clock.cancel()
        await asyncio.gather(*clocks, return_exceptions=True)
