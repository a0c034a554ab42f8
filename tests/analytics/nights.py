"""Random nights in a database, and what a plain count over them says."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
from msgspec import Struct

from singr.analytics import counting
from tests.house import House

INSERT = """
INSERT INTO requests (customer_profiles_id, venues_id, request_number, singer_name, artist, title, song_fingerprint,
                      status, processed, requested_at, processed_at)
SELECT customer_profiles_id, venues_id, $2, $3, 'Artist', $4, md5($4), $5, $5 <> 'pending', $6, $7
FROM venues WHERE venues_id = $1
"""
MOVED = "UPDATE venue_streams SET version = version + 1"
STATUSES = ("pending", "processed", "rejected", "withdrawn")


class Asked(Struct):
    venue: Any
    number: int
    singer: str
    title: str
    status: str
    at: datetime
    waited_s: int

    @property
    def processed_at(self) -> datetime | None:
        return None if self.status == "pending" else self.at + timedelta(seconds=self.waited_s)


def some(seed: int, venues: list[Any], first_number: int, count: int) -> list[Asked]:
    """Requests around the days on which New York puts its clocks back and forth."""
    chance = random.Random(seed)
    days = (datetime(2026, 3, 6, tzinfo=UTC), datetime(2026, 10, 30, tzinfo=UTC))
    return [
        Asked(
            chance.choice(venues),
            first_number + n,
            chance.choice(("Ann", "ann", "Ben", "Zoë", "山田")),
            f"Song {chance.randrange(6)}",
            chance.choice(STATUSES),
            chance.choice(days) + timedelta(seconds=chance.randrange(5 * 86_400)),
            chance.randrange(3_600),
        )
        for n in range(count)
    ]


async def write(house: House, asked: list[Asked]) -> None:
    """As the queue does: rows, and the version of their venues."""
    link = await asyncpg.connect(house.kit.settings.database_url, timeout=10)
    try:
        await link.execute("SELECT set_config('app.actor', 'test', false)")
        async with link.transaction():
            rows = [(a.venue, a.number, a.singer, a.title, a.status, a.at, a.processed_at) for a in asked]
            await link.executemany(INSERT, rows)
            await link.execute(MOVED)
    finally:
        await link.close(timeout=10)


async def settle(house: House, asked: list[Asked]) -> None:
    """Another status for these, later."""
    link = await asyncpg.connect(house.kit.settings.database_url, timeout=10)
    try:
        await link.execute("SELECT set_config('app.actor', 'test', false)")
        change = "UPDATE requests SET status = $2, processed = $2 <> 'pending', processed_at = $3"
        change += " WHERE request_number = $1"
        await link.executemany(change, [(a.number, a.status, a.processed_at) for a in asked])
        await link.execute(MOVED)
    finally:
        await link.close(timeout=10)


def night(asked: Asked, zone: str) -> date:
    return (asked.at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) - timedelta(hours=5)).date()


def by_hour(asked: list[Asked], zone: str) -> Counter[Any]:
    local = [(a, a.at.astimezone(ZoneInfo(zone)).hour) for a in asked]
    return Counter((str(a.venue), night(a, zone), hour, a.status) for a, hour in local)


async def counted(house: House) -> tuple[Counter[Any], Counter[Any], Counter[Any], int]:
    """What the tables say: by hour and status, by song, by singer, and the seconds that processed ones waited."""
    link = await asyncpg.connect(house.kit.settings.database_url, timeout=10)
    try:
        hours: Counter[Any] = Counter()
        waited = 0
        for row in await link.fetch("SELECT * FROM venue_night_hours"):
            place = (str(row["venues_id"]), row["night"], row["hour"])
            known = {status: row[status] for status in STATUSES[1:]}
            for status, n in {**known, "pending": row["requests"] - sum(known.values())}.items():
                hours[*place, status] += n
            waited += row["waited_s"]
        songs = Counter(
            {
                tuple(row[:3]): row[3]
                for row in await link.fetch("SELECT venues_id::text, night, title, requests FROM venue_night_songs")
            }
        )
        singers = Counter(
            {
                tuple(row[:3]): row[3]
                for row in await link.fetch("SELECT venues_id::text, night, singer, requests FROM venue_night_singers")
            }
        )
        return +hours, songs, singers, waited
    finally:
        await link.close(timeout=10)


def plainly(asked: list[Asked], zone: str) -> tuple[Counter[Any], Counter[Any], Counter[Any], int]:
    """The same, counted directly."""
    return (
        by_hour(asked, zone),
        Counter((str(a.venue), night(a, zone), a.title) for a in asked),
        Counter((str(a.venue), night(a, zone), a.singer.lower()) for a in asked),
        sum(a.waited_s for a in asked if a.status == "processed"),
    )


async def recount(house: House) -> None:
    await counting.count_nights(house.kit)
