"""Connections of a pool, lent again without asking it: the pool's own way out and back takes a task, two timers and a
future at every statement, more than the statement itself."""

from __future__ import annotations

import asyncio
from collections import deque
from types import TracebackType
from typing import Any

import asyncpg


class Lending:
    """Lends up to `size` of an asyncpg pool's connections, the one that came back last first; who waits is served in
    order."""

    def __init__(self, pool: Any, size: int) -> None:
        self._pool, self._size = pool, size
        self._taken = 0
        self._at_hand: list[Any] = []
        self._waiting: deque[asyncio.Future[Any]] = deque()

    def acquire(self, *, timeout: float) -> Lent:
        """An async context with a connection; raises TimeoutError where none comes free within `timeout` seconds."""
        return Lent(self, timeout)

    async def take(self, timeout_s: float) -> Any:
        clock = asyncio.get_running_loop().time
        until_s = clock() + timeout_s
        while True:
            if self._at_hand:
                connection = self._at_hand.pop()
            elif self._taken < self._size:
                return await self._from_pool(max(until_s - clock(), 0))
            else:
                connection = await self._wait(until_s - clock())
            if connection is not None:
                if _is_open(connection):
                    return connection
                await self._to_pool(connection)

    async def give_back(self, connection: Any, *, is_well: bool) -> None:
        """After an error the pool gets it, which may have to end it or to wait for its last words."""
        if not is_well or not _is_open(connection):
            await self._to_pool(connection)
        elif not self._hand_on(connection):
            self._at_hand.append(connection)

    def _hand_on(self, connection: Any) -> bool:
        """Whether somebody waited; None is leave to take another one from the pool."""
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(connection)
                return True
        return False

    async def _wait(self, timeout_s: float) -> Any:
        loop = asyncio.get_running_loop()
        waiter = loop.create_future()
        self._waiting.append(waiter)
        timer = loop.call_later(timeout_s, _give_up, waiter)
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and not waiter.exception():
                connection = waiter.result()
                if not self._hand_on(connection) and connection:
                    self._at_hand.append(connection)
            raise
        finally:
            timer.cancel()

    async def _from_pool(self, timeout_s: float) -> Any:
        self._taken += 1
        try:
            return await self._pool.acquire(timeout=timeout_s)
        except BaseException:
            self._taken -= 1
            self._hand_on(None)
            raise

    async def _to_pool(self, connection: Any) -> None:
        try:
            await self._pool.release(connection)
        finally:
            self._taken -= 1
            self._hand_on(None)

    async def close(self) -> None:
        """Close the pool once all it lent is back."""
        while self._at_hand:
            await self._pool.release(self._at_hand.pop())
        await self._pool.close()

    def terminate(self) -> None:
        self._pool.terminate()


class Lent:
    """One connection while it is lent."""

    __slots__ = ("_connection", "_lending", "_timeout_s")

    def __init__(self, lending: Lending, timeout_s: float) -> None:
        self._lending, self._timeout_s = lending, timeout_s

    async def __aenter__(self) -> Any:
        self._connection = await self._lending.take(self._timeout_s)
        return self._connection

    async def __aexit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self._lending.give_back(self._connection, is_well=kind is None)


def _give_up(waiter: asyncio.Future[Any]) -> None:
    if not waiter.done():
        waiter.set_exception(TimeoutError("no connection came free"))


def _is_open(connection: Any) -> bool:
    """The pool takes back by itself what the server ended."""
    try:
        return not connection.is_closed()
    except asyncpg.InterfaceError:
        return False
