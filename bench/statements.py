"""Hot statements in a bare asyncpg loop on one connection: what the database can do, beside `SELECT 1` in that loop."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg

from bench.data.filling import KEY
from bench.figures import Figure
from bench.house import House, filled
from bench.scale import scale
from singr.infra.sql import QUERIES
from singr.songs import asking
from singr.songs.book import HIGHEST
from tests.songs import plans

ROUNDS = 5
TIMES = 400


async def run() -> list[Figure]:
    with filled(scale(0.1)) as house:
        took = await timed(house)
    return [
        Figure(
            name=name,
            unit="µs a statement",
            runs=[ours for ours, _ in pairs],
            reference=[bare for _, bare in pairs],
            reference_name="SELECT 1",
        )
        for name, pairs in took.items()
    ]


async def timed(house: House) -> dict[str, list[tuple[float, float]]]:
    """Microseconds of each statement beside those of `SELECT 1`, by rounds."""
    async with _connected(house) as connection:
        bare = await connection.prepare("SELECT 1")
        taken = {
            name: (await connection.prepare(QUERIES[name].text), _in_order(name, given)) for name, given in _asked()
        }
        rounds: dict[str, list[tuple[float, float]]] = {name: [] for name in taken}
        for _ in range(ROUNDS):
            for name, (statement, args) in taken.items():
                rounds[name].append((await _microseconds(statement, args), await _microseconds(bare, [])))
        return rounds


async def reading_tables(house: House) -> list[str]:
    """The statements for which PostgreSQL would read a whole table that has rows."""
    async with _connected(house) as connection:
        large = {row[0] for row in await connection.fetch("SELECT relname FROM pg_class WHERE reltuples > 0")}
        plan_of = {
            name: await connection.fetchval(f"EXPLAIN (FORMAT JSON) {QUERIES[name].text}", *_in_order(name, given))
            for name, given in _asked()
        }
        nodes = {name: plans.nodes(json.loads(told)[0]["Plan"]) for name, told in plan_of.items()}
        read = {
            name: {n["Relation Name"] for n in found if n["Node Type"] == "Seq Scan"} for name, found in nodes.items()
        }
        return [name for name, tables in read.items() if tables & large]


@asynccontextmanager
async def _connected(house: House) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(house.env["DATABASE_URL"], timeout=10)
    try:
        await connection.execute("SET ROLE singr_app")
        yield connection
    finally:
        await connection.close(timeout=10)


def _asked() -> list[tuple[str, Mapping[str, Any]]]:
    """Statements of the hot paths with arguments of the data set; those that write are in `paths`."""
    key = hashlib.sha256(f"{KEY}1".encode()).hexdigest()
    of: dict[str, Any] = {"tenant": UUID(hashlib.md5(b"tenant1", usedforsecurity=False).hexdigest()), "system": 1}
    typed = {"start": "belan", "until": "belan" + HIGHEST, "after": 0, "max_rows": 21}
    words = {"query": asking.query(asking.read("belan"), asking.scope(**of)), "text": "belan", "most": 1_000}
    card = {"accepting": None, "name": "", "url_name": "", "max_rows": 21}
    near = {"lat": 40.0, "lon": -100.0, "radius_m": 80_000.0, "max_rows": 50}
    return [
        ("openkj_key", {"api_key_hashes": [key]}),
        ("openkj_requests", {"api_key_hash": key, "venue": 1001, "max_rows": 5_000}),
        ("venue_by_url_name", {"url_names": ["bench-1"]}),
        ("venues_listed", card),
        ("venues_nearby", near | {"accepting": None}),
        ("venues_nearby_accepting", near),
        ("songs_begun", {**of, **typed, "at": "belan", "beside": ""}),
        ("songs_worded", {**of, **typed, **words, "likeness": 1001, "artist_key": "", "title_key": ""}),
        ("songs_counted", of),
    ]


def _in_order(name: str, given: Mapping[str, Any]) -> list[Any]:
    return [given[parameter] for parameter in QUERIES[name].params]


async def _microseconds(statement: Any, args: list[Any]) -> float:
    started_s = time.perf_counter()
    for _ in range(TIMES):
        await statement.fetch(*args)
    return (time.perf_counter() - started_s) / TIMES * 1e6
