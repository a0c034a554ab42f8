"""One connection to Redis, with many commands under way at once.

redis-py lends a connection to each command and lets it wait there for its answer alone: five times the work, and a
wake-up of both sides for each. Here a command is written as it comes, what comes in one turn of the loop leaves in one
write, and answers belong to commands in the order in which they were sent.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

import hiredis
from redis.asyncio import ConnectionPool
from redis.exceptions import ConnectionError as Lost
from redis.exceptions import TimeoutError as Silent

UNANSWERED_MAX = 10_000
_NOTHING_YET = object()


class Link:
    """Asks on one connection, and on another one after that is lost. `answer_s` is how long Redis may be silent."""

    def __init__(self, pool: ConnectionPool, answer_s: float) -> None:
        self._pool, self._answer_s = pool, answer_s
        self._wire: _Wire | None = None
        self._dialling: asyncio.Task[_Wire] | None = None

    async def ask(self, command: tuple[Any, ...]) -> Any:
        """The answer as hiredis reads it; raises redis-py's errors."""
        wire = self._wire
        if wire is None or wire.is_over:
            wire = await self._dialled()
        return await wire.ask(hiredis.pack_command(command))

    def post(self, command: tuple[Any, ...]) -> asyncio.Future[Any] | None:
        """`ask` without waiting: the answer to come, or None where a connection has to be made first."""
        wire = self._wire
        if wire is None or wire.is_over:
            return None
        return wire.ask(hiredis.pack_command(command))

    async def _dialled(self) -> _Wire:
        if self._dialling is None or self._dialling.done():
            self._dialling = asyncio.create_task(self._dial())
            self._dialling.add_done_callback(_seen)
        return await asyncio.shield(self._dialling)

    async def _dial(self) -> _Wire:
        """redis-py knows how to be let in: TLS, password, database; then its reader is not needed any more."""
        connection: Any = self._pool.make_connection()  # type: ignore[no-untyped-call]
        await connection.connect()
        self._wire = _Wire(connection, self._answer_s)
        return self._wire

    async def close(self) -> None:
        if self._dialling:
            await asyncio.wait([self._dialling])
        if self._wire:
            self._wire.end(Lost("closed"))


class _Wire(asyncio.Protocol):
    """A connection until it is lost, or silent for too long: then nobody could tell any more which answer is whose."""

    def __init__(self, connection: Any, answer_s: float) -> None:
        self.is_over = False
        self._answer_s = answer_s
        self._loop = asyncio.get_running_loop()
        self._reader = hiredis.Reader(replyError=connection._parser.parse_error, notEnoughData=_NOTHING_YET)
        self._asked: deque[tuple[float, asyncio.Future[Any]]] = deque()
        self._watch: asyncio.TimerHandle | None = None
        self._writer, connection._writer = connection._writer, None  # redis-py shall neither use nor close it
        self._transport = self._writer.transport
        self._transport.set_protocol(self)

    def ask(self, packed: bytes) -> asyncio.Future[Any]:
        if self.is_over or len(self._asked) >= UNANSWERED_MAX:
            raise Lost("the connection to Redis is gone, or far behind")
        answer, due_s = self._loop.create_future(), self._loop.time() + self._answer_s
        self._asked.append((due_s, answer))
        self._transport.write(packed)
        if self._watch is None:
            self._watch = self._loop.call_at(due_s, self._look)
        return answer

    def data_received(self, data: bytes) -> None:
        self._reader.feed(data)
        try:
            while (told := self._reader.gets()) is not _NOTHING_YET:
                if not isinstance(told, hiredis.PushNotification):
                    self._answered(told)
        except (hiredis.ProtocolError, IndexError) as exc:
            self.end(Lost(f"this is not Redis: {exc}"))

    def _answered(self, told: Any) -> None:
        _, answer = self._asked.popleft()
        if answer.done():  # whoever asked is gone
            return
        if isinstance(told, Exception):
            answer.set_exception(told)
        else:
            answer.set_result(told)

    def connection_lost(self, exc: Exception | None) -> None:
        self.end(Lost(f"the connection to Redis was lost: {exc}"))

    def _look(self) -> None:
        self._watch = None
        if not self._asked:
            return
        due_s, _ = self._asked[0]
        if due_s <= self._loop.time():
            self.end(Silent("Redis does not answer"))
        else:
            self._watch = self._loop.call_at(due_s, self._look)

    def end(self, why: Exception) -> None:
        self.is_over = True
        if self._watch:
            self._watch.cancel()
        self._transport.abort()
        while self._asked:
            _, answer = self._asked.popleft()
            if not answer.done():
                answer.set_exception(why)


def _seen(task: asyncio.Task[_Wire]) -> None:
    """Whoever dialled may be gone."""
    if not task.cancelled():
        task.exception()
