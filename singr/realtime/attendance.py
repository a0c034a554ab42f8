"""How many phones and screens watch each venue, in all processes together.

Each process keeps a table of its own in Redis and writes it anew every few seconds; whoever asks adds up the tables.
What a process wrote that has died ends by itself. While Redis is away nobody knows. Who polls for want of a stream is
not counted.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from itertools import islice
from typing import Any, cast
from uuid import UUID

from msgspec import Struct

from singr.core import ids
from singr.infra.aside import ended
from singr.infra.redis import AWAY, Client
from singr.realtime.open_room import OpenRoom

WRITE_EVERY_S, LIFE_S = 3.0, 12
ANSWER_S = 1.0
# Of a process, and of all of them: a table of so many venues keeps others of this Redis waiting for a few milliseconds.
VENUES_MAX, TABLES_MAX = 5_000, 256

# Only what is alive is in the list of tables, by Redis' own clock.
SCRIPT = """
local now, life, list, own = redis.call('TIME')[1], ARGV[1], KEYS[1], KEYS[2]
redis.call('DEL', own)
for n = 2, #ARGV, 1000 do redis.call('HSET', own, unpack(ARGV, n, math.min(n + 999, #ARGV))) end
redis.call('EXPIRE', own, life)
redis.call('ZADD', list, now + life, own)
redis.call('ZREMRANGEBYSCORE', list, '-inf', now)
redis.call('EXPIRE', list, life)
"""
LIST = "singr:{watching}"


class Watching(Struct):
    """Phones that show the singer page and screens that show the queue; null while nobody knows."""

    phones: int | None = None
    screens: int | None = None


async def of(redis: Client, venue_id: UUID) -> Watching:
    """Who watches the venue, as of the last few seconds."""
    client = cast(Any, redis)
    try:
        async with asyncio.timeout(ANSWER_S):
            tables = await client.zrange(LIST, 0, TABLES_MAX - 1)
            told = [await client.hget(table, venue_id.hex) for table in tables]
    except AWAY:
        return Watching()
    counts = [tuple(map(int, each.split())) for each in told if each]
    phones, screens = map(sum, zip(*counts, strict=True)) if counts else (0, 0)
    return Watching(phones, screens)


@asynccontextmanager
async def told(redis: Client, rooms: Mapping[UUID, OpenRoom], every_s: float = WRITE_EVERY_S) -> AsyncIterator[None]:
    """Others know of this process' watchers until it ends."""
    table = f"{LIST}:{ids.token(9)}"
    telling = asyncio.create_task(_tell_forever(redis, table, rooms, every_s))
    try:
        yield
    finally:
        await ended(telling)
        with suppress(*AWAY):
            await cast(Any, redis).delete(table)


async def _tell_forever(redis: Client, table: str, rooms: Mapping[UUID, OpenRoom], every_s: float) -> None:
    write, had = redis.register_script(SCRIPT), False
    while True:
        await asyncio.sleep(every_s)
        counts = [part for line in islice(_lines(rooms), VENUES_MAX) for part in line]
        if counts or had:
            try:
                async with asyncio.timeout(ANSWER_S):
                    await write(keys=[LIST, table], args=[LIFE_S, *counts])
            except AWAY:
                continue
        had = bool(counts)


def _lines(rooms: Mapping[UUID, OpenRoom]) -> Iterator[tuple[str, str]]:
    """A venue and its counts, for each that is watched."""
    for venue_id, room in rooms.items():
        phones, screens = room.audience.count("singer"), room.audience.count("display")
        if phones or screens:
            yield venue_id.hex, f"{phones} {screens}"
