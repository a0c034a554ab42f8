"""A venue, live: keeps a Ledger true over whatever connection there is, and says honestly how true it is."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Literal

import aiohttp

from singr.client.endings import Ending
from singr.client.ledger import Ledger, Lost, Message
from singr.client.ways import AWAY, Events, Link, Socket, Way

Status = Literal["connecting", "live", "stale", "offline"]
Kind = Callable[[Link], Way]

LOOK_S, OPENING_S = 0.5, 6.0
QUIET_BEATS, SILENT_BEATS = 2.0, 2.5
"""Without a sign of life for so many heartbeats we say that we may be stale, and connect anew."""
AHEAD_S, ASK_AGAIN_S, PONG_S, GRACE_S = 2.0, 3.0, 10.0, 5.0
FIRST_RETRY_S, RETRY_MIN_S = 2.0, 0.5
RETRY_SOON_S, RETRY_MAX_S, LONG_S = 5.0, 30.0, 60.0
"""What is mended within a minute is found mended soon; whoever is away for longer is asked less often."""


async def _none() -> None:
    return None


async def _no_headers() -> Mapping[str, str]:
    return {}


class Live(Ledger):
    """Watches `venue` while `run` runs. All of `told` are called after every change of what is shown or of `status`.

    `base` is the server's address, or gives one for each attempt. `ticket` gives a ticket for the views singer and
    host, `headers` what signs in an event stream. `kinds` of transport take turns while attempts fail.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        base: str | Callable[[], str],
        venue: str,
        view: str = "display",
        *,
        ticket: Callable[[], Awaitable[str | None]] = _none,
        headers: Callable[[], Awaitable[Mapping[str, str]]] = _no_headers,
        kinds: tuple[Kind, ...] = (Socket, Events),
    ) -> None:
        super().__init__()
        self._session, self._base, self._name, self._view = session, base, venue, view
        self._ticket, self._headers, self._kinds = ticket, headers, kinds
        self.status: Status = "connecting"
        self.ended: Ending | None = None
        self.told: list[Callable[[], None]] = []
        self.connected = self.snapshots = self.resyncs = 0
        self._loop = asyncio.get_running_loop()
        self._way: Way | None = None
        self._given_up = asyncio.Event()
        self._tasks: set[asyncio.Task[object]] = set()
        self._ready = self._server_stale = self._forgotten = False
        self._failures, self._beat_s = 0, 15.0
        self._heard_at = self._lost_at = self._tried_at = self._loop.time()
        self._ahead_since = self._asked_at = self._pong_at = 0.0

    async def run(self) -> None:
        """Watch until cancelled, or until it is of no use to try again: `ended` then says why."""
        looking = asyncio.create_task(self._look_forever())
        try:
            while self.ended is None:
                ending = await self._attempt()
                if ending.again:
                    await asyncio.sleep(self._pause_s(ending.retry_s))
                else:
                    self.ended = ending
        finally:
            leaving = [looking, *self._tasks]
            for task in leaving:
                task.cancel()
            await asyncio.gather(*leaving, return_exceptions=True)
            self._judge()

    async def _attempt(self) -> Ending:
        """One connection from its beginning to its end. What we give up ends without our waiting for it: over a dead
        link that takes long."""
        base = self._base if isinstance(self._base, str) else self._base()
        since = {} if self._forgotten else self.position
        link = Link(self._session, base, self._name, self._view, since, self._ticket, self._headers, self._hear)
        self._way = way = self._kinds[self._failures % len(self._kinds)](link)
        self._failures += 1
        self._given_up.clear()
        self._tried_at = self._loop.time()
        running, giving_up = self._start(way.run()), self._start(self._given_up.wait())
        try:
            await asyncio.wait({running, giving_up}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._way = None
            giving_up.cancel()
            running.cancel()
            if self._ready:
                self._ready, self._lost_at = False, self._loop.time()
        ending = running.result() if running.done() and not running.cancelled() else None
        return ending if isinstance(ending, Ending) else Ending()

    def _start(self, work: Awaitable[object]) -> asyncio.Task[object]:
        task = asyncio.ensure_future(work)
        assert isinstance(task, asyncio.Task)  # noqa: S101 - for the type checker
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _pause_s(self, retry_s: float | None) -> float:
        """Full jitter, growing with each attempt that got nowhere."""
        if retry_s is not None:
            return retry_s
        grown_s = FIRST_RETRY_S if self._failures <= 1 else RETRY_MIN_S * 2.0 ** min(self._failures - 1, 10)
        most_s = RETRY_SOON_S if self._loop.time() - self._lost_at < LONG_S else RETRY_MAX_S
        return random.uniform(0, min(grown_s, most_s))  # noqa: S311

    def _hear(self, message: Message) -> None:
        self._heard_at = self._loop.time()
        kind = message["type"]
        if kind == "ready":
            self._ready, self._server_stale = True, False
            self._beat_s = message["heartbeatS"]
            self.connected += self._failures > 0
            self._failures = 0
        elif kind == "heartbeat":
            self._server_stale = message.get("stale", False)
            ahead = message["version"] > self.version
            self._ahead_since = (self._ahead_since or self._heard_at) if ahead else 0.0
            self._taken(message)
            self._pong()
        elif kind in ("snapshot", "delta"):
            self._ahead_since = 0.0
            self._taken(message)
        self._judge()

    def _taken(self, message: Message) -> None:
        try:
            changed = self.take(message)
        except Lost:
            self._resync()
            return
        if message["type"] == "snapshot":
            self._forgotten = False
            self.snapshots += 1
        if changed:
            self._tell()

    def _pong(self) -> None:
        if self._heard_at - self._pong_at >= PONG_S:
            self._pong_at = self._heard_at
            self._start(self._say({"type": "pong", "version": max(self.version, 0)}))

    def _resync(self) -> None:
        """Ask for the snapshot; until it has come, once in a while."""
        if self._loop.time() - self._asked_at >= ASK_AGAIN_S:
            self._asked_at, self._ahead_since = self._loop.time(), 0.0
            self.resyncs += 1
            self._start(self._ask())

    async def _ask(self) -> None:
        """An event stream cannot be asked: the next one, begun without a position, starts with the snapshot."""
        if not await self._say({"type": "resync"}):
            self._forgotten = True
            self._given_up.set()

    async def _say(self, message: Message) -> bool:
        try:
            return self._way is None or await self._way.say(message)
        except AWAY:
            return True  # the connection is ending, and says so itself

    async def _look_forever(self) -> None:
        """Twice a second: is this connection still one?"""
        while True:
            await asyncio.sleep(LOOK_S)
            now = self._loop.time()
            if self._quiet_for(SILENT_BEATS) if self._ready else self._way and now - self._tried_at > OPENING_S:
                self._given_up.set()
            elif self._ahead_since and now - self._ahead_since > AHEAD_S:
                self._resync()
            self._judge()

    def _quiet_for(self, beats: float) -> bool:
        return self._loop.time() - self._heard_at > beats * self._beat_s

    def _judge(self) -> None:
        status = self._verdict()
        if status != self.status:
            self.status = status
            self._tell()

    def _verdict(self) -> Status:
        if self.ended:
            return "offline"
        if not self.epoch:
            return "connecting"
        if self._ready:
            return "stale" if self._server_stale or self._quiet_for(QUIET_BEATS) else "live"
        return "live" if not self._server_stale and self._loop.time() - self._lost_at < GRACE_S else "stale"

    def _tell(self) -> None:
        for tell in self.told:
            tell()
