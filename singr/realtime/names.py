"""Venues' names to ids, remembered for a few seconds: thousands reconnect at once, and the database may be away."""

from __future__ import annotations

import asyncio
from uuid import UUID

from singr.core.errors import Problem
from singr.realtime.source import Source

NAMES_MAX = 10_000


class Names:
    """`fresh_s` is how long a name is believed without asking; without an answer an older one still serves."""

    def __init__(self, source: Source, fresh_s: float, read_s: float) -> None:
        self._source, self._fresh_s, self._read_s = source, fresh_s, read_s
        self._known: dict[str, tuple[UUID, float]] = {}
        self._asking: dict[str, asyncio.Task[UUID | None]] = {}

    async def find(self, named: str) -> UUID | None:
        """The venue's id, or None. Raises UpstreamUnavailable or TimeoutError when it cannot be known."""
        known = self._known.get(named)
        if known and known[1] > asyncio.get_running_loop().time():
            return known[0]
        try:
            return await asyncio.shield(self._ask(named))
        except (Problem, TimeoutError):
            if known:
                return known[0]
            raise

    def _ask(self, named: str) -> asyncio.Task[UUID | None]:
        """One question at a time for each name."""
        asking = self._asking.get(named)
        if asking is None:
            asking = self._asking[named] = asyncio.get_running_loop().create_task(self._read(named))
            asking.add_done_callback(lambda task: task.cancelled() or task.exception())
        return asking

    async def _read(self, named: str) -> UUID | None:
        try:
            async with asyncio.timeout(self._read_s):
                venue_id = await self._source.find(named)
        finally:
            del self._asking[named]
        if venue_id is None:
            self._known.pop(named, None)
        else:
            if len(self._known) >= NAMES_MAX:
                self._known.clear()
            until = asyncio.get_running_loop().time() + self._fresh_s
            self._known[named] = (venue_id, until)
        return venue_id
