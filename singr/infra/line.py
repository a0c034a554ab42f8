"""One connection that listens to one Redis for all its channels, rebuilt whenever it is lost or silent.

redis-py's own health check never looks for the answer, so a half-open connection would stay silent for ever: the line
publishes to a channel of its own and must hear itself, or it builds the connection anew.
"""

from __future__ import annotations

import asyncio
import logging
import math
import random
from collections.abc import Awaitable, Iterable
from contextlib import suppress
from typing import Any, cast

from msgspec import Struct
from redis.asyncio import ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import MovedError

from singr.infra.aside import ended
from singr.infra.redis import AWAY, Linked
from singr.infra.words import Hears, Words
from singr.telemetry import metrics

log = logging.getLogger("singr.bus")

CHANNELS_AT_ONCE = 500


class BusDown(Exception):
    """Redis has not confirmed the subscription; the channel is subscribed as soon as it can be reached."""


class Pace(Struct, frozen=True, kw_only=True):
    """Durations in seconds."""

    publish_s: float = 0.25
    confirm_s: float = 2
    echo_s: float = 2
    misses: int = 2
    retry_min_s: float = 0.1
    retry_max_s: float = 2
    look_s: float = 10
    """How often a cluster is asked who has what; a doubt shortens it, but not below `retry_max_s`."""


class Line:
    """To the Redis at `url`; `wanted` are its channels, `subscribed` those it has confirmed on this connection."""

    def __init__(self, url: str, pace: Pace, words: Words, echo: bytes, hears: Hears) -> None:
        self._pace, self._words, self._hears = pace, words, hears
        limits: dict[str, Any] = {"protocol": 2, "retry": Retry(NoBackoff(), 0)}
        self._pool = ConnectionPool.from_url(url, socket_connect_timeout=pace.confirm_s, **limits)
        quick: dict[str, Any] = {"socket_timeout": pace.publish_s, "socket_connect_timeout": pace.publish_s}
        self._publisher = cast(Linked, Linked.from_url(url, **quick, **limits))
        self.connection: Any = None
        self.echo = echo
        self._echoed = False
        self.wanted: set[bytes] = set()
        self.subscribed: set[bytes] = set()
        self._confirmed: dict[bytes, asyncio.Future[None]] = {}

    async def publish(self, channel: bytes, payload: bytes) -> None:
        """Raises one of AWAY, within 250 ms."""
        try:
            async with asyncio.timeout(self._pace.publish_s):
                await self._publisher.execute_command(self._words.publish, channel, payload)
        except MovedError:
            self._hears.doubt()
            raise

    def post(self, channel: bytes, payload: bytes) -> bool:
        """`publish` without waiting; a loss is counted. False where there is no connection yet, and nothing is done."""
        try:
            answer = self._publisher.post(self._words.publish, channel, payload)
        except AWAY:
            answer = None
        if answer is None:
            return False
        answer.add_done_callback(self._posted)
        return True

    def _posted(self, answer: asyncio.Future[Any]) -> None:
        if answer.cancelled() or answer.exception():
            metrics.HINTS_LOST.inc()
            if not answer.cancelled() and isinstance(answer.exception(), MovedError):
                self._hears.doubt()

    async def subscribe(self, name: bytes) -> None:
        """Returns once Redis has confirmed; raises BusDown when it has not within 2 s, and wants it all the same."""
        self.wanted.add(name)
        connection = self.connection
        if connection is None:
            raise BusDown
        confirmed = self._confirmation(name)
        try:
            async with asyncio.timeout(self._pace.confirm_s):
                await self._send(connection, self._words.subscribe, [name])
                await confirmed
        except AWAY as exc:
            raise BusDown from exc

    async def unsubscribe(self, name: bytes) -> None:
        """Never raises."""
        self.wanted.discard(name)
        self.subscribed.discard(name)
        self._confirmed.pop(name, None)
        connection = self.connection
        if connection is None:
            return
        try:
            async with asyncio.timeout(self._pace.confirm_s):
                await self._send(connection, self._words.unsubscribe, [name])
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
                why = await self._first_of(self._listen(connection), self._probe())
            except Exception as exc:
                log.warning("bus away", extra={"error": repr(exc)})
            finally:
                self.connection = None
                with suppress(*AWAY):
                    await connection.disconnect(nowait=True)
            metrics.BUS_REBUILDS.labels(why).inc()
            self._hears.doubt()
            await asyncio.sleep(delay_s * random.uniform(0.5, 1))  # noqa: S311
            delay_s = min(delay_s * 2, self._pace.retry_max_s)

    async def _first_of(self, *works: Awaitable[str]) -> str:
        """What the first to end gives or raises; the others are ended."""
        tasks = [asyncio.ensure_future(work) for work in works]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            return done.pop().result()
        finally:
            await ended(*tasks)
            for task in tasks:
                task.cancelled() or task.exception()  # seen

    async def _connect(self, connection: Any) -> None:
        """Dial, subscribe everything wanted, and wait until Redis has confirmed all of it."""
        self.subscribed.clear()
        async with asyncio.timeout(self._pace.confirm_s):
            await connection.connect()
            while wanted := {self.echo, *self.wanted} - self.subscribed:
                await self._send(connection, self._words.subscribe, wanted)
                while not wanted <= self.subscribed:
                    self._dispatch(await self._read(connection))
                    wanted &= {self.echo, *self.wanted}
        self.connection = connection
        self._hears.whole()

    async def _send(self, connection: Any, command: bytes, names: Iterable[bytes]) -> None:
        """One command a channel: in a cluster channels of several slots do not go into one."""
        packed = [(command, name) for name in names]
        for at in range(0, len(packed), CHANNELS_AT_ONCE):
            await connection.send_packed_command(connection.pack_commands(packed[at : at + CHANNELS_AT_ONCE]))

    async def _listen(self, connection: Any) -> str:
        while True:
            try:
                self._dispatch(await self._read(connection))
            except MovedError:
                self._hears.doubt()

    async def _read(self, connection: Any) -> Any:
        """The next thing Redis says, however long that takes: silence is the probe's business."""
        return await connection.read_response(timeout=math.inf, disconnect_on_error=False)

    def _dispatch(self, told: Any) -> None:
        kind, name, payload = told
        if kind == self._words.message:
            if name == self.echo:
                self._echoed = True
            else:
                self._hears.message(name, payload)
        elif kind == self._words.subscribed:
            self.subscribed.add(name)
            if (confirmed := self._confirmed.pop(name, None)) and not confirmed.done():
                confirmed.set_result(None)
        elif kind == b"sunsubscribe" and name in self.wanted:  # not by us: its slot has another master
            self.subscribed.discard(name)
            self._hears.doubt()

    def _confirmation(self, name: bytes) -> asyncio.Future[None]:
        """Done when Redis confirms the next subscription of `name`."""
        confirmed = self._confirmed.get(name)
        if confirmed is None or confirmed.done():
            confirmed = self._confirmed[name] = asyncio.get_running_loop().create_future()
        return confirmed

    async def _probe(self) -> str:
        """Publish to ourselves and hear it; ends after two misses in a row."""
        missed = 0
        while missed < self._pace.misses:
            self._echoed = False
            try:
                await self.publish(self.echo, b"")
            except AWAY:
                metrics.HINTS_LOST.inc()
            await asyncio.sleep(self._pace.echo_s)
            missed = 0 if self._echoed else missed + 1
        return "silent"

    async def close(self) -> None:
        await self._publisher.aclose()
