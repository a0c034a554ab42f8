"""The safety net: every two seconds one query compares all open rooms with the database.

It heals every hint that was lost, also one that was never sent because the process died between commit and publish.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Mapping
from uuid import UUID

from singr.realtime.open_room import OpenRoom
from singr.realtime.source import Source
from singr.realtime.state import Position
from singr.realtime.tempo import Tempo
from singr.telemetry import metrics

log = logging.getLogger("singr.realtime")

JITTER = 0.1


class Sweep:
    """`age_s` is the time since a sweep succeeded; readiness follows it."""

    def __init__(self, rooms: Mapping[UUID, OpenRoom], source: Source, tempo: Tempo) -> None:
        self._rooms, self._source, self._tempo = rooms, source, tempo
        self._loop = asyncio.get_running_loop()
        self._asked = asyncio.Event()
        self._swept_at = self._loop.time()

    @property
    def age_s(self) -> float:
        return self._loop.time() - self._swept_at

    def soon(self) -> None:
        """Sweep at once: hints may have been lost."""
        self._asked.set()

    async def run(self) -> None:
        while True:
            pause_s = self._tempo.sweep_s * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311
            try:
                async with asyncio.timeout(pause_s):
                    await self._asked.wait()
            except TimeoutError:
                pass
            self._asked.clear()
            try:
                await self._once()
            except Exception as exc:
                metrics.SWEEPS.labels("failed").inc()
                log.warning("sweep failed", extra={"error": repr(exc)})
            else:
                metrics.SWEEPS.labels("done").inc()

    async def _once(self) -> None:
        rooms = {venue_id: room for venue_id, room in self._rooms.items() if room.loaded}
        known = {venue_id: room.room.position for venue_id, room in rooms.items()}
        asked_at = self._loop.time()
        async with asyncio.timeout(self._tempo.read_s):
            found = await self._source.versions(list(rooms)) if rooms else {}
        self._swept_at = asked_at
        for venue_id, room in rooms.items():
            if venue_id in found:
                room.confirm(Position(*found[venue_id]), asked_at, known[venue_id])
            else:
                room.reload()
