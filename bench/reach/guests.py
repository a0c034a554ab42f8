"""Guests who ask at a steady pace, whether or not they are answered, and how long each of them waited."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import partial
from math import inf
from typing import Any

import aiohttp

from bench.reach.place import VENUES_WATCHED, Place, Written
from bench.reach.receivers import Receivers

WAITS_S = 30


class Guests:
    """`written` is what was answered, `refused` when the others had asked (Unix seconds)."""

    def __init__(self) -> None:
        self.written: list[Written] = []
        self.refused: list[float] = []

    def between(self, since: float, until: float = inf) -> list[Written]:
        """What was asked for in that time."""
        return [one for one in self.written if since <= one.asked_at < until]

    async def ask(self, here: Place, session: aiohttp.ClientSession, venues: int, words: str) -> None:
        asked_at = time.time()
        try:
            self.written.append(await here.ask(session, venues, words))
        except (aiohttp.ClientError, OSError, TimeoutError):
            self.refused.append(asked_at)


@asynccontextmanager
async def asking(here: Place, per_s: float, *, venues: int = VENUES_WATCHED, words: str = "") -> AsyncIterator[Guests]:
    """So many a second; on leaving, whoever still waits is waited for."""
    guests = Guests()
    patience = aiohttp.ClientTimeout(total=WAITS_S)
    async with (
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=patience) as session,
        asyncio.TaskGroup() as under_way,
    ):
        coming = asyncio.create_task(_come(under_way, per_s, partial(guests.ask, here, session, venues, words)))
        try:
            yield guests
        finally:
            coming.cancel()


async def _come(under_way: asyncio.TaskGroup, per_s: float, ask: Callable[[], Coroutine[Any, Any, None]]) -> None:
    due = time.monotonic()
    while True:
        under_way.create_task(ask())
        due += 1 / per_s
        await asyncio.sleep(due - time.monotonic())


def waited_ms(written: list[Written]) -> list[float]:
    """For their answers."""
    return [one.took_ms for one in written]


def shown_ms(crowd: Receivers, written: list[Written]) -> list[float]:
    """For each watcher and request, the time from the beginning of the request's transaction until it was shown."""
    return [ms for one in written for ms in crowd.each_after_ms(one.venue, one.version, one.stored_at)]
