"""Searches in a million songs (20 books of 50,000) beside a look-up by id, whether any reads a book, and recall."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from statistics import quantiles
from typing import Any

import asyncpg

from bench.figures import Figure
from bench.search import quality, rows
from singr import schema
from singr.app import open_kit
from singr.core.actor import SYSTEM
from singr.core.settings import Settings
from singr.http.call import Call
from singr.infra.kit import Kit
from singr.seed import seed_baseline, seed_demo
from singr.songs import book
from tests import services
from tests.songs import plans

BOOKS, SONGS = 20, 50_000
CATALOGUE, TIMES, ROUNDS = 20_000, 40, 5
KINDS = ("one letter", "two letters", "a word", "two words", "two words, one begun", "two words, one mistyped")
BUDGETS = {"a word": "p95 < 3 ms", "two words": "p95 < 3 ms", KINDS[-2]: "p95 < 3 ms", KINDS[-1]: "p95 < 12 ms"}
SAMPLE = """
SELECT artist, title FROM songdb
WHERE customer_profiles_id = $1 AND openkj_system_id = 1 AND songdb_id % 4099 = 0 AND length(artist) > 9 LIMIT 8
"""
REFERENCE = "SELECT songdb_id, artist, title, combined, openkj_system_id FROM songdb WHERE songdb_id = $1"

Times = dict[str, list[list[float]]]


async def run() -> list[Figure]:
    with services.private_postgres() as database, services.private_redis() as redis:
        await asyncio.to_thread(schema.upgrade, database.url)
        settings = Settings(database_url=database.url, redis_url=redis.url, singr_env="test", log_level="error")
        owner = await asyncpg.connect(database.url, timeout=10)
        try:
            async with open_kit(settings) as kit:
                await rows.fill(owner, BOOKS, SONGS)
                took = await _timed(owner, kit)
                strays = await plans.strays(owner)
                return [*_times(took), *_read(strays), *await _recall(owner, kit)]
        finally:
            await owner.close(timeout=10)


async def _timed(owner: asyncpg.Connection, kit: Kit) -> Times:
    """Milliseconds by kind of question, a list a round."""
    one = await owner.fetchval("SELECT min(songdb_id) FROM songdb")
    asked = await _asked(owner)
    took: Times = {kind: [] for kind in ("by id", *asked)}
    for _ in range(ROUNDS):
        took["by id"].append(await _in_a_row(lambda _: owner.fetch(REFERENCE, one), [""]))
        for kind, texts in asked.items():
            took[kind].append(await _in_a_row(lambda text: book.search(kit.db, rows.TENANT, 1, text, 20), texts))
    return took


async def _asked(owner: asyncpg.Connection) -> dict[str, list[str]]:
    """What is typed, by kind: letters, and words of songs that are there."""
    texts: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for artist, title in await owner.fetch(SAMPLE, rows.TENANT):
        name, word = artist.split()[0], title.split()[1]
        mistyped = f"{name[:2]}{name[3]}{name[2]}{name[4:]}"
        typed = (name[0], name[:2], name, f"{word} {name}", f"{name} {word[:-2]}", f"{mistyped} {word}")
        for kind, text in zip(KINDS, typed, strict=True):
            texts[kind].append(text)
    return texts


async def _in_a_row(ask: Callable[[str], Awaitable[Any]], texts: Sequence[str]) -> list[float]:
    took = []
    for n in range(TIMES):
        began_s = time.perf_counter()
        await ask(texts[n % len(texts)])
        took.append(1000 * (time.perf_counter() - began_s))
    return took


def _times(took: Times) -> list[Figure]:
    found = []
    for kind in KINDS:
        for name, of, budget in (("median", 1, ""), ("95th percentile", -1, BUDGETS.get(kind, ""))):
            found.append(
                Figure(
                    name=f"{kind}, {name}",
                    unit="ms",
                    runs=[_part(times, of) for times in took[kind]],
                    reference=[_part(times, of) for times in took["by id"]],
                    reference_name="a row by its id",
                    budget=budget,
                )
            )
    return found


def _part(times: list[float], of: int) -> float:
    """The median (1) or the 95th percentile (-1)."""
    return quantiles(times, n=2)[0] if of == 1 else quantiles(times, n=20)[-1]


def _read(strays: list[str]) -> list[Figure]:
    name = f"questions of {2 * len(plans.ASKED)} answered by reading a table"
    return [Figure(name=name, unit="", runs=[len(strays)], budget="0")]


async def _recall(owner: asyncpg.Connection, kit: Kit) -> list[Figure]:
    """The share of queries whose song is among the first ten, by kinds."""
    await seed_baseline(kit.db)
    await seed_demo(kit.db, api_key="skj_nobody-calls")
    tenant = await owner.fetchval("SELECT customer_profiles_id FROM venues WHERE url_name = 'test-karaoke-bar'")
    await quality.fill(Call(SYSTEM, kit), tenant, 1, CATALOGUE)
    answers = await quality.ask(kit.db, tenant, 1)
    kinds = {kind: [a.is_found for a in answers if a.query.kind == kind] for kind in {a.query.kind for a in answers}}
    kinds = {"all": [a.is_found for a in answers]} | dict(sorted(kinds.items()))
    return [
        Figure(
            name=f"recall@{quality.SHOWN}, {kind}: {len(found)} queries",
            unit="",
            runs=[sum(found) / len(found)],
            budget="≥ 0.95" if kind == "all" else "",
        )
        for kind, found in kinds.items()
    ]
