"""Public answers, kept in Redis: one filler a key, forgotten by tag, never trusted beyond a change.

An answer is stored with the generations its tags had before it was made. `forget` gives a tag a new generation, which
makes everything stored under it worthless without being looked for. In its own process that holds at once, whether
Redis is there or not: until Redis has heard of it, the tag's answers are made afresh. Other processes follow as Redis
hears; one that Redis is cut off from keeps an answer for a second at most.

Nobody stampedes: callers of one key in one process share one answer (but for what is kept `alone`, as cheap to make as
to share), processes share a short lock, and an answer that is merely old is given once more while one caller renews it.
Generations are random, not counted: a counter that Redis evicted would begin again and make old answers true.
"""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from itertools import islice
from typing import Any

import msgspec
from msgspec import Struct

from singr.core import ids
from singr.infra.aside import Aside, ended
from singr.infra.brief import Brief
from singr.infra.entries import Entry
from singr.infra.entries import Keep as Keep
from singr.infra.redis import AWAY, Client
from singr.telemetry import metrics

JITTER = 0.2
# Longer than any answer is kept: a tag without a generation has not changed within that time.
TAG_S = 24 * 3600
ANSWER_S = 0.25
LOCK_S = 3.0
WAIT_S, LOOK_S = 1.0, 0.02
# A Redis that is away is asked again after this; meanwhile answers live in this process, as long.
ALONE_S = 1.0
# New generations of many tags, with their time to live in front.
RENEW = "for n, tag in ipairs(KEYS) do redis.call('SET', tag, ARGV[n + 1], 'EX', ARGV[1]) end"
TOGETHER_MAX = 500
OWED_MAX = 10_000
NOTED_MAX = 10_000
EVERYTHING = "everything"

Fill = Callable[[], Awaitable[bytes]]


class Flight(Struct, frozen=True):
    """An answer under way."""

    task: asyncio.Task[bytes]
    tags: tuple[str, ...]


class Cache:
    """One instance a process."""

    def __init__(self, redis: Client, aside: Aside) -> None:
        self._redis: Any = redis
        self._renewal: Any = redis.register_script(RENEW)
        self._aside = aside
        self._flights: dict[str, Flight] = {}
        self._brief = Brief()
        self._owed: dict[str, str] = {}
        self._payer: asyncio.Task[None] | None = None
        self._alone_until_s = -math.inf
        self.noted: dict[str, str] = {}

    def note(self, name: str, text: str) -> None:
        """Keep a guess in `noted`, for this process to check."""
        if len(self.noted) >= NOTED_MAX:
            self.noted.clear()
        self.noted[name] = text

    async def get(self, key: str, tags: Sequence[str], fill: Fill, keep: Keep) -> bytes:
        """The answer `key`, made by `fill` where there is none; what `fill` raises is raised, and not kept."""
        known = (EVERYTHING, *tags)
        if keep.alone:
            return await self._alone(key, known, fill)
        flight = self._flights.get(key)
        if flight is None:
            flight = Flight(asyncio.create_task(self._answer(key, known, fill, keep)), known)
            self._flights[key] = flight
            flight.task.add_done_callback(lambda _: self._land(key, flight))
        return await asyncio.shield(flight.task)

    def forget(self, *tags: str) -> None:
        """After a commit: nothing that was answered under these tags before is given again."""
        gone = set(tags)
        for key in [key for key, flight in self._flights.items() if gone & set(flight.tags)]:
            del self._flights[key]
        self._brief.forget(gone)
        self._owed.update((tag, ids.token(8)) for tag in gone)
        if len(self._owed) > OWED_MAX:
            self._owed = {EVERYTHING: ids.token(8)}
        if self._payer is None or self._payer.done():
            self._payer = asyncio.create_task(self._pay_off())

    async def close(self) -> None:
        """Tell Redis what it has not heard of, if it listens now."""
        if self._payer:
            await ended(self._payer)
        await self._pay()

    async def _answer(self, key: str, tags: tuple[str, ...], fill: Fill, keep: Keep) -> bytes:
        if not self._owed.keys().isdisjoint(tags):
            await self._pay()
            if not self._owed.keys().isdisjoint(tags):
                return await self._alone(key, tags, fill)
        try:
            entry, generations = await self._read(key, tags)
            if entry is None:
                entry, generations = await self._of_another(key, tags, generations)
            elif entry.fresh_until_s < time.time() and await self._locked(key):
                self._aside.run("renew", lambda: self._fill(key, generations, fill, keep))
        except AWAY:
            return await self._alone(key, tags, fill)
        metrics.CACHE.labels("hit" if entry else "filled").inc()
        return entry.body if entry else await self._fill(key, generations, fill, keep)

    async def _of_another(
        self, key: str, tags: tuple[str, ...], generations: list[bytes | None]
    ) -> tuple[Entry | None, list[bytes | None]]:
        """The answer another process is about to make; None when this one shall: it has the lock, or waited enough."""
        end_s = time.monotonic() + WAIT_S
        while not await self._locked(key) and time.monotonic() < end_s:
            await asyncio.sleep(LOOK_S)
            entry, generations = await self._read(key, tags)
            if entry:
                return entry, generations
        return None, generations

    async def _read(self, key: str, tags: tuple[str, ...]) -> tuple[Entry | None, list[bytes | None]]:
        """The answer, if what it was made from has not changed; and the generations one made now would have."""
        stored, *generations = await self._ask("MGET", f"answer:{key}", *(_place(f"tag:{tag}") for tag in tags))
        if stored is None:
            return None, generations
        entry = msgspec.msgpack.decode(stored, type=Entry)
        return (entry if entry.generations == generations else None), generations

    async def _fill(self, key: str, generations: list[bytes | None], fill: Fill, keep: Keep) -> bytes:
        try:
            body = await fill()
            fresh_s = keep.fresh_s * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311
            entry = msgspec.msgpack.encode(Entry(time.time() + fresh_s, generations, body))
            try:
                await self._ask("SET", f"answer:{key}", entry, "EX", math.ceil(fresh_s + keep.stale_s))
            except AWAY:
                metrics.CACHE.labels("not_kept").inc()
            return body
        finally:
            self._aside.run("unlock", lambda: self._ask("DEL", f"filling:{key}"))

    async def _locked(self, key: str) -> bool:
        return bool(await self._ask("SET", f"filling:{key}", b"1", "NX", "PX", int(LOCK_S * 1000)))

    async def _alone(self, key: str, tags: tuple[str, ...], fill: Fill) -> bytes:
        """Without Redis, or before it has heard of a change: an answer of this process' own."""
        if (kept := self._brief.get(key)) is not None:
            return kept
        metrics.CACHE.labels("alone").inc()
        place = self._brief.expect(key, tags)
        try:
            body = await fill()
        except BaseException:
            self._brief.give_up(key, place)
            raise
        place.put(body)
        return body

    async def _pay_off(self) -> None:
        while self._owed:
            await self._pay()
            if self._owed:
                await asyncio.sleep(ALONE_S)

    async def _pay(self) -> None:
        """Tell Redis of the tags it has not heard of."""
        while batch := dict(islice(self._owed.items(), TOGETHER_MAX)):
            try:
                await self._renew(batch)
            except AWAY:
                return
            for tag, generation in batch.items():
                if self._owed.get(tag) == generation:
                    del self._owed[tag]

    async def _renew(self, generations: dict[str, str]) -> None:
        names = [_place(f"tag:{tag}") for tag in generations]
        await self._answered(lambda: self._renewal(keys=names, args=[TAG_S, *generations.values()]))

    async def _ask(self, command: str, name: str, *rest: object) -> Any:
        return await self._answered(lambda: self._redis.execute_command(command, _place(name), *rest))

    async def _answered(self, ask: Callable[[], Awaitable[Any]]) -> Any:
        if time.monotonic() < self._alone_until_s:
            raise TimeoutError
        try:
            async with asyncio.timeout(ANSWER_S):
                return await ask()
        except AWAY:
            self._alone_until_s = time.monotonic() + ALONE_S
            raise

    def _land(self, key: str, flight: Flight) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]
        if not flight.task.cancelled():
            flight.task.exception()  # seen: whoever asked may be gone


def _place(name: str) -> str:
    """Answers and their tags are read together."""
    return f"singr:{{cache}}:{name}"


@asynccontextmanager
async def opened(redis: Client, aside: Aside) -> AsyncIterator[Cache]:
    cache = Cache(redis, aside)
    try:
        yield cache
    finally:
        await cache.close()
