"""The bus: Redis pub/sub as hints between processes. A lost message costs latency, never truth.

One connection listens for all channels; its reader dispatches by channel. redis-py's own health check never looks
for the answer, so a half-open connection would stay silent for ever: the bus publishes to a channel of its own and
must hear itself, or it builds the connection anew. What this process publishes reaches its own subscribers directly,
so a single process stays live without Redis (subscribers see their own messages twice and must not mind).
"""

from __future__ import annotations

import asyncio
import logging
import math
import random
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from msgspec import Struct
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from singr.infra.aside import ended
from singr.infra.redis import AWAY
from singr.telemetry import metrics

log = logging.getLogger("singr.bus")

PUBLISHERS_MAX = 32
CHANNELS_AT_ONCE = 500

Heard = Callable[[bytes], None]


class BusDown(Exception):
    """Redis has not confirmed the subscription; the channel is subscribed as soon as it can be reached."""


class Silent(Exception):
    """The connection is up, but we do not hear ourselves."""


class Pace(Struct, frozen=True, kw_only=True):
    """Durations in seconds."""

    publish_s: float = 0.25
    confirm_s: float = 2
    echo_s: float = 2
    misses: int = 2
    retry_min_s: float = 0.1
    retry_max_s: float = 2


PACE = Pace()


class Bus:
    """`opened` starts and ends it. `on_resubscribed` is called whenever all channels are (again) subscribed."""

    def __init__(self, url: str, pace: Pace) -> None:
        self._pace = pace
        once = Retry(NoBackoff(), 0)
        self._pool = ConnectionPool.from_url(url, protocol=2, retry=once, socket_connect_timeout=pace.confirm_s)
        self._publisher = Redis.from_url(
            url,
            protocol=2,
            retry=once,
            max_connections=PUBLISHERS_MAX,
            socket_timeout=pace.publish_s,
            socket_connect_timeout=pace.publish_s,
        )
        self._heard: dict[bytes, Heard] = {}
        self._confirmed: dict[bytes, asyncio.Future[None]] = {}
        self._connection: Any = None
        self._echo = f"singr:echo:{secrets.token_hex(8)}".encode()
        self._echoed = False
        self.on_resubscribed: list[Callable[[], None]] = []

    @property
    def listening(self) -> bool:
        """Are all channels subscribed on a connection believed good? If not, the service is degraded, not down."""
        return self._connection is not None

    async def publish(self, channel: str, payload: bytes) -> None:
        """Hand `payload` to everybody who listens; at most 250 ms, never raises. A loss is counted."""
        if heard := self._heard.get(channel.encode()):
            self._guarded(heard, payload)
        try:
            async with asyncio.timeout(self._pace.publish_s):
                await self._publisher.publish(channel, payload)
        except AWAY:
            metrics.HINTS_LOST.inc()

    async def subscribe(self, channel: str, heard: Heard) -> None:
        """Call `heard` with every payload from now on; returns once Redis has confirmed.

        Raises BusDown when it has not within 2 s. The channel stays wanted all the same, until `unsubscribe`.
        """
        name = channel.encode()
        self._heard[name] = heard
        connection = self._connection
        if connection is None:
            raise BusDown
        confirmed = self._confirmation(name)
        try:
            async with asyncio.timeout(self._pace.confirm_s):
                await connection.send_command("SUBSCRIBE", name)
                await confirmed
        except AWAY as exc:
            raise BusDown from exc

    async def unsubscribe(self, channel: str) -> None:
        """Forget the channel; never raises."""
        name = channel.encode()
        self._heard.pop(name, None)
        self._confirmed.pop(name, None)
        connection = self._connection
        if connection is None:
            return
        try:
            async with asyncio.timeout(self._pace.confirm_s):
                await connection.send_command("UNSUBSCRIBE", name)
        except AWAY:
            pass  # the next connection subscribes only what is wanted then

    async def run(self) -> None:
        """Listen for ever, on one connection after the other."""
        delay_s = self._pace.retry_min_s
        while True:
            connection: Any = self._pool.make_connection()  # type: ignore[no-untyped-call]
            why = "lost"
            try:
                await self._connect(connection)
                delay_s = self._pace.retry_min_s
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._listen(connection))
                    group.create_task(self._probe())
            except* Silent:
                why = "silent"
            except* Exception as failures:
                log.warning("bus away", extra={"error": repr(failures.exceptions[0])})
            finally:
                self._connection = None
                with suppress(*AWAY):
                    await connection.disconnect(nowait=True)
            metrics.BUS_REBUILDS.labels(why).inc()
            await asyncio.sleep(delay_s * random.uniform(0.5, 1))  # noqa: S311
            delay_s = min(delay_s * 2, self._pace.retry_max_s)

    async def _connect(self, connection: Any) -> None:
        """Dial, subscribe everything wanted, and wait until Redis has confirmed all of it."""
        async with asyncio.timeout(self._pace.confirm_s):
            await connection.connect()
            subscribed: set[bytes] = set()
            while wanted := [name for name in (self._echo, *self._heard) if name not in subscribed]:
                confirmations = [self._confirmation(name) for name in wanted]
                for at in range(0, len(wanted), CHANNELS_AT_ONCE):
                    await connection.send_command("SUBSCRIBE", *wanted[at : at + CHANNELS_AT_ONCE])
                while not all(confirmed.done() for confirmed in confirmations):
                    self._dispatch(await self._read(connection))
                subscribed.update(wanted)
        self._connection = connection
        for tell in self.on_resubscribed:
            self._guarded(tell)

    async def _listen(self, connection: Any) -> None:
        while True:
            self._dispatch(await self._read(connection))

    async def _read(self, connection: Any) -> Any:
        """The next thing Redis says, however long that takes: silence is the probe's business."""
        return await connection.read_response(timeout=math.inf, disconnect_on_error=False)

    def _dispatch(self, message: Any) -> None:
        kind, name, payload = message
        if kind == b"message":
            if name == self._echo:
                self._echoed = True
            elif heard := self._heard.get(name):
                self._guarded(heard, payload)
        elif kind == b"subscribe" and (confirmed := self._confirmed.pop(name, None)) and not confirmed.done():
            confirmed.set_result(None)

    def _guarded(self, tell: Callable[..., None], *payload: bytes) -> None:
        """A subscriber's mistake is its own."""
        try:
            tell(*payload)
        except Exception:
            log.exception("a subscriber failed")

    def _confirmation(self, name: bytes) -> asyncio.Future[None]:
        """Done when Redis confirms the next subscription of `name`."""
        confirmed = self._confirmed.get(name)
        if confirmed is None or confirmed.done():
            confirmed = self._confirmed[name] = asyncio.get_running_loop().create_future()
        return confirmed

    async def _probe(self) -> None:
        """Publish to ourselves and hear it; raises Silent after two misses in a row."""
        missed = 0
        while missed < self._pace.misses:
            self._echoed = False
            await self.publish(self._echo.decode(), b"")
            await asyncio.sleep(self._pace.echo_s)
            missed = 0 if self._echoed else missed + 1
        raise Silent

    async def close(self) -> None:
        await self._publisher.aclose()


@asynccontextmanager
async def opened(url: str, pace: Pace = PACE) -> AsyncIterator[Bus]:
    """A running bus; waits for the first connection, but not longer than `Pace.confirm_s`."""
    bus = Bus(url, pace)
    first = asyncio.Event()
    bus.on_resubscribed.append(first.set)
    running = asyncio.create_task(bus.run())
    try:
        try:
            async with asyncio.timeout(pace.confirm_s):
                await first.wait()
        except TimeoutError:
            log.warning("bus not reached yet")
        yield bus
    finally:
        await ended(running)
        await bus.close()
