"""A room that this process keeps open and true: hints in, reloads where they do not suffice, coalesced frames out."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from uuid import UUID

from singr.realtime.audience import Audience
from singr.realtime.close import NOT_FOUND
from singr.realtime.room import RING, UNKNOWN, Room
from singr.realtime.seat import Seat
from singr.realtime.source import Source
from singr.realtime.state import Position
from singr.realtime.step import Step, merge
from singr.realtime.tempo import Tempo
from singr.telemetry import metrics

log = logging.getLogger("singr.realtime")


class OpenRoom:
    """`confirmed_at` is the loop time at which the database last agreed with us, `empty_since` when the last left.

    `gone` is set when the venue no longer exists. `loads` bounds the snapshot reads of the whole process.
    """

    def __init__(self, venue_id: UUID, source: Source, tempo: Tempo, loads: asyncio.Semaphore) -> None:
        self.venue_id = venue_id
        self.room = Room(source.arrange)
        self.audience: Audience[Seat] = Audience(self.room)
        self.gone = False
        self._source, self._tempo, self._loads = source, tempo, loads
        self._loop = asyncio.get_running_loop()
        self.confirmed_at = self.empty_since = self._loop.time()
        self._proof: tuple[Position, float] | None = None
        self.told_stale = False
        self._loading: asyncio.Task[None] | None = None
        self._patience: asyncio.TimerHandle | None = None
        self._outgoing: list[Step] = []
        self._flushing: asyncio.TimerHandle | None = None
        self._flushed_at = 0.0
        self._told: deque[tuple[int, float]] = deque(maxlen=RING)

    @property
    def loaded(self) -> bool:
        return self.room.position != UNKNOWN and not self.gone

    def heard(self, payload: bytes) -> None:
        """A hint from the bus."""
        try:
            delta = self._source.delta(payload)
        except Exception as exc:
            log.warning("unreadable hint", extra={"venue": str(self.venue_id), "error": repr(exc)})
            self.room.doubt()
        else:
            self._tell(self.room.take(delta))
        self._check()

    def confirm(self, position: Position, asked_at: float, known: Position) -> None:
        """The database was at `position` when asked at `asked_at`; `known` is where the room was then."""
        if position.epoch == known.epoch and position.version < known.version:
            self.room.doubt()
        self.room.expect(position)
        self._proof = (position, asked_at)
        self._check()

    def reload(self) -> asyncio.Task[None]:
        """Read a snapshot, or join the reading under way. The task never raises; look at `loaded` and `lacking`."""
        if self._loading is None or self._loading.done():
            self._loading = self._loop.create_task(self._load())
        return self._loading

    async def _load(self) -> None:
        async with self._loads:
            asked, asked_at = self.room.ask(), self._loop.time()
            try:
                async with asyncio.timeout(self._tempo.read_s):
                    snapshot = await self._source.snapshot(self.venue_id)
            except Exception as exc:
                metrics.SNAPSHOT_LOADS.labels("failed").inc()
                log.warning("room not read", extra={"venue": str(self.venue_id), "error": repr(exc)})
                self.room.doubt()
                return
        metrics.SNAPSHOT_LOADS.labels("read").inc()
        if snapshot is None:
            self._dissolve()
            return
        self.confirmed_at = asked_at
        steps = self.room.catch_up(snapshot, asked)
        if steps is None:
            self._start_over()
        else:
            self._tell(steps)
        self._check()

    def _check(self) -> None:
        """Do we know all that the database knew when last asked? What is missing may be a hint that took another
        way: give it a moment before reading everything."""
        here = self.room.position
        if self._proof and self._proof[0].epoch == here.epoch and self._proof[0].version <= here.version:
            self.confirmed_at, self._proof = self._proof[1], None
        if self.room.lacking and self._patience is None and not self.gone:
            self._patience = self._loop.call_later(self._tempo.patience_s, self._lose_patience)

    def _lose_patience(self) -> None:
        self._patience = None
        if self.room.lacking and not self.gone:
            metrics.HEALED.inc()
            self.reload()

    def _tell(self, steps: list[Step]) -> None:
        """Tell members of steps: at once in a quiet room, gathered for `coalesce_s` in a busy one."""
        self._outgoing += steps
        if self._outgoing and self._flushing is None:
            quiet_at = self._flushed_at + self._tempo.coalesce_s
            if quiet_at <= self._loop.time():
                self.flush()
            else:
                self._flushing = self._loop.call_at(quiet_at, self.flush)

    def flush(self) -> None:
        """Everybody now knows what the room knows."""
        if self._flushing:
            self._flushing.cancel()
            self._flushing = None
        if not self._outgoing:
            return
        step, self._outgoing = merge(self._outgoing), []
        self._flushed_at = self._loop.time()
        self._told.append((step.version, self._flushed_at))
        written = sum(seat.show(frame) for seat, frame in self.audience.deliveries(step))
        metrics.DELIVERIES.inc(written)
        for seat, frame in self.audience.notices(step):
            seat.mention(frame)

    def age_s(self, version: int) -> float:
        """For how long members have been told something newer than `version`; at least, for one long past."""
        newer_at = next((at for told, at in self._told if told > version), None)
        return 0.0 if newer_at is None else self._loop.time() - newer_at

    def _start_over(self) -> None:
        """Another epoch, or a database that holds something else than we were told."""
        self._outgoing = []
        self._told.clear()
        if self.audience:
            log.warning("a room starts over", extra={"venue": str(self.venue_id), "position": self.room.position})
        for seat in self.audience:
            seat.welcome(None)

    def _dissolve(self) -> None:
        """The venue is gone: so are its watchers, unless they watch others too."""
        self.gone = True
        for seat in list(self.audience):
            seat.watcher.refuse(NOT_FOUND, seat.venue)

    def show_all(self, seat: Seat) -> None:
        """The snapshot, to one seat."""
        self.flush()
        seat.show(self.audience.snapshot(seat.viewer))

    def heartbeat(self, seat: Seat) -> None:
        self.flush()
        seat.mention(self.audience.heartbeat(stale=self.told_stale))

    def look_after(self, now: float) -> None:
        """Tell everybody at once when the room becomes stale, and when it no longer is."""
        stale = now - self.confirmed_at > self._tempo.stale_s
        if stale is not self.told_stale:
            self.told_stale = stale
            for seat in self.audience:
                self.heartbeat(seat)

    def close(self) -> None:
        for handle in (self._patience, self._flushing, self._loading):
            if handle is not None:
                handle.cancel()
