"""The rooms this process keeps open: opened for the first watcher, closed some time after the last.

Opening is subscribe, confirmed, then read one snapshot (any other order has a hole), once however many ask. Without
Redis a room opens all the same and the sweep keeps it true.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any
from uuid import UUID

from singr.core.errors import NotFound, UpstreamUnavailable
from singr.infra.bus import Bus, BusDown
from singr.realtime.open_room import OpenRoom
from singr.realtime.source import Source, channel
from singr.realtime.state import Position
from singr.realtime.tempo import Tempo

LOADS_AT_ONCE = 8


class Rooms:
    """`open` maps venues to their rooms."""

    def __init__(self, bus: Bus, source: Source, tempo: Tempo) -> None:
        self._bus, self._source, self._tempo = bus, source, tempo
        self._loop = asyncio.get_running_loop()
        self._loads = asyncio.Semaphore(LOADS_AT_ONCE)
        self._opening: dict[UUID, asyncio.Task[OpenRoom]] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self.open: dict[UUID, OpenRoom] = {}

    async def enter(self, venue_id: UUID, since: Position | None = None) -> OpenRoom:
        """The venue's room, at least at `since`: a client may come from a process that has heard more.

        Raises NotFound, or UpstreamUnavailable when the database does not answer.
        """
        room = self.open.get(venue_id)
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
            opening = self._opening[venue_id] = self._start(self._open(venue_id))
        return opening

    async def _open(self, venue_id: UUID) -> OpenRoom:
        room = OpenRoom(venue_id, self._source, self._tempo, self._loads)
        try:
            with suppress(BusDown):  # the bus subscribes when Redis is back
                await self._bus.subscribe(channel(venue_id), room.heard)
            await room.reload()
            if not room.loaded:
                await self._bus.unsubscribe(channel(venue_id))
                raise NotFound("no such venue") if room.gone else UpstreamUnavailable("the venue cannot be read")
            self.open[venue_id] = room
        finally:
            del self._opening[venue_id]
        return room

    def look_after(self, now: float) -> None:
        """Tell who may be stale; close what nobody watches."""
        for room in list(self.open.values()):
            room.look_after(now)
            if room.gone or (not room.audience and now - room.empty_since > self._tempo.linger_s):
                self._close(room)

    def _close(self, room: OpenRoom) -> None:
        if self.open.get(room.venue_id) is room:
            del self.open[room.venue_id]
            self._start(self._bus.unsubscribe(channel(room.venue_id)))
        room.close()

    def _start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Everything started here is bounded, and its failure is told to whoever waits for it."""
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        return task

    async def close(self) -> None:
        for room in list(self.open.values()):
            self._close(room)
        for task in self._opening.values():
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
