"""The bus: Redis pub/sub as hints between processes. A lost message costs latency, never truth.

One connection to each Redis listens for all its channels (`Line`); in a cluster a channel has a slot, and its master
alone tells of it (sharded pub/sub). What this process publishes reaches its own subscribers directly, so a single
process stays live without Redis (subscribers see their own messages twice and must not mind).
"""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from singr.infra import nodes
from singr.infra.aside import ended
from singr.infra.line import BusDown as BusDown
from singr.infra.line import Line
from singr.infra.line import Pace as Pace
from singr.infra.nodes import Node
from singr.infra.redis import AWAY
from singr.infra.words import PLAIN, SHARDED, Hears
from singr.telemetry import metrics

log = logging.getLogger("singr.bus")

Heard = Callable[[bytes], None]

PACE = Pace()


class Bus:
    """`opened` starts and ends it. `on_resubscribed` is called whenever a Redis has all its channels (again)."""

    def __init__(self, url: str, pace: Pace) -> None:
        self._pace = pace
        self._words = SHARDED if nodes.is_cluster(url) else PLAIN
        self._nodes = nodes.nodes(url)
        self._echo = f"singr:echo:{secrets.token_hex(8)}"
        self._heard: dict[bytes, Heard] = {}
        self._lines: dict[Node, Line] = {}
        self._running: dict[Node, asyncio.Task[None]] = {}
        self._doubted = asyncio.Event()
        self.on_resubscribed: list[Callable[[], None]] = []

    @property
    def lines(self) -> list[Line]:
        return list(self._lines.values())

    @property
    def listening(self) -> bool:
        """Are all channels subscribed on connections believed good? If not, the service is degraded, not down."""
        return bool(self._lines) and all(line.connection is not None for line in self._lines.values())

    def post(self, channel: str, payload: bytes) -> bool:
        """`publish` without waiting, or False where that takes a connection first, and nothing was done."""
        name = channel.encode()
        line = self._line(name)
        if line is None or not line.post(name, payload):
            return False
        if heard := self._heard.get(name):
            asyncio.get_running_loop().call_soon(self._guarded, heard, payload)
        return True

    async def publish(self, channel: str, payload: bytes) -> None:
        """Hand `payload` to everybody who listens; at most 250 ms, never raises. A loss is counted."""
        name = channel.encode()
        if heard := self._heard.get(name):
            self._guarded(heard, payload)
        line = self._line(name)
        try:
            if line is None:
                raise BusDown
            await line.publish(name, payload)
        except (*AWAY, BusDown):
            metrics.HINTS_LOST.inc()

    async def subscribe(self, channel: str, heard: Heard) -> None:
        """Call `heard` with every payload from now on; returns once Redis has confirmed.

        Raises BusDown when it has not within 2 s. The channel stays wanted all the same, until `unsubscribe`.
        """
        name = channel.encode()
        self._heard[name] = heard
        line = self._line(name)
        if line is None:
            raise BusDown
        await line.subscribe(name)

    async def unsubscribe(self, channel: str) -> None:
        """Forget the channel; never raises."""
        name = channel.encode()
        self._heard.pop(name, None)
        for line in self.lines:
            if name in line.wanted:
                await line.unsubscribe(name)

    async def run(self) -> None:
        """Keep a line to each Redis for ever."""
        while True:
            self._doubted.clear()
            try:
                await self._nodes.look()
            except AWAY as exc:
                log.warning("the cluster's nodes are not known", extra={"error": repr(exc)})
                self._doubted.set()
            await self._lay()
            await asyncio.sleep(self._pace.retry_max_s * random.uniform(0.5, 1))  # noqa: S311
            with suppress(TimeoutError):
                async with asyncio.timeout(self._pace.look_s):
                    await self._doubted.wait()

    async def _lay(self) -> None:
        """A line to each master, each with the channels it owns: those that came to it are subscribed now."""
        for node in [node for node in self._lines if node not in self._nodes.masters]:
            await self._take_down(node)
        owned: dict[Node | None, set[bytes]] = defaultdict(set)
        for name in self._heard:
            owned[self._nodes.owner(name)].add(name)
        came: list[tuple[Line, bytes]] = []
        for node in self._nodes.masters:
            if node not in self._lines:
                self._lines[node] = Line(node, self._pace, self._words, b"", self._hears)
            line = self._lines[node]
            await self._claim(node, line, owned[node])
            if node not in self._running:
                self._running[node] = asyncio.create_task(line.run())
            if line.connection is not None:
                came += [(line, name) for name in line.wanted - line.subscribed]
        if came:
            await asyncio.gather(*(line.subscribe(name) for line, name in came), return_exceptions=True)
            self._whole()

    async def _claim(self, node: Node, line: Line, owned: set[bytes]) -> None:
        """The line wants what its master owns, and a channel of its own there; the rest has another master now."""
        if not line.echo or self._nodes.owner(line.echo) != node:
            line.echo = self._nodes.name_at(node, self._echo)
        line.wanted |= owned | {line.echo}
        for name in line.wanted - owned - {line.echo}:
            if name not in self._heard or self._nodes.owner(name) != node:  # not one that has just come
                await line.unsubscribe(name)

    def _line(self, name: bytes) -> Line | None:
        owner = self._nodes.owner(name)
        return None if owner is None else self._lines.get(owner)

    @property
    def _hears(self) -> Hears:
        return Hears(self._told, self._whole, self._doubted.set)

    def _told(self, name: bytes, payload: bytes) -> None:
        if heard := self._heard.get(name):
            self._guarded(heard, payload)

    def _whole(self) -> None:
        for tell in self.on_resubscribed:
            self._guarded(tell)

    def _guarded(self, tell: Callable[..., None], *payload: bytes) -> None:
        """A subscriber's mistake is its own."""
        try:
            tell(*payload)
        except Exception:
            log.exception("a subscriber failed")

    async def _take_down(self, node: Node) -> None:
        if running := self._running.pop(node, None):
            await ended(running)
        await self._lines.pop(node).close()

    async def close(self) -> None:
        for node in list(self._lines):
            await self._take_down(node)


@asynccontextmanager
async def opened(url: str, pace: Pace = PACE) -> AsyncIterator[Bus]:
    """A running bus; waits for the first connections, but not longer than `Pace.confirm_s`."""
    bus = Bus(url, pace)
    some = asyncio.Event()
    bus.on_resubscribed.append(some.set)
    metrics.BUS_LISTENING.set_function(lambda: bus.listening)
    running = asyncio.create_task(bus.run())
    try:
        try:
            async with asyncio.timeout(pace.confirm_s):
                while not bus.listening:
                    some.clear()
                    await some.wait()
        except TimeoutError:
            log.warning("bus not reached yet")
        yield bus
    finally:
        await ended(running)
        await bus.close()
