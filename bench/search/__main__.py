"""`python -m bench.search [--books 20] [--songs 50000]`: times against a trivial query, and recall by kinds of text."""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from typing import Any

import asyncpg

from bench.search import quality, rows
from singr import schema
from singr.app import open_kit
from singr.core.actor import SYSTEM
from singr.core.settings import Settings
from singr.http.call import Call
from singr.seed import seed_baseline, seed_demo
from singr.songs import book
from tests import services

CATALOGUE, TIMES, ROUNDS = 20_000, 40, 5
KINDS = ("one letter", "two letters", "a word", "two words", "two, one begun", "a typo")
SAMPLE = """
SELECT artist, title FROM songdb
WHERE customer_profiles_id = $1 AND openkj_system_id = 1 AND songdb_id % 4099 = 0 AND length(artist) > 9 LIMIT 8
"""
REFERENCE = "SELECT songdb_id, artist, title, combined, openkj_system_id FROM songdb WHERE songdb_id = $1"


async def main(url: str, redis_url: str, books: int, songs: int) -> None:
    settings = Settings(database_url=url, redis_url=redis_url, singr_env="test", log_level="error")
    owner = await asyncpg.connect(url)
    async with open_kit(settings) as kit:
        await rows.fill(owner, books, songs)
        count = await owner.fetchval("SELECT count(*) FROM songdb")
        print(f"{count:,} songs in {books} books\n")
        one = await owner.fetchval("SELECT min(songdb_id) FROM songdb")
        asked = await _asked(owner)
        took: dict[str, list[float]] = {kind: [] for kind in ("reference", *asked)}
        for _ in range(ROUNDS):
            took["reference"] += await _timed(lambda _: owner.fetch(REFERENCE, one), [""])
            for kind, texts in asked.items():
                took[kind] += await _timed(lambda text: book.search(kit.db, rows.TENANT, 1, text, 20), texts)
        _print(took)
        await seed_baseline(kit.db)
        await seed_demo(kit.db, api_key="skj_nobody-calls")
        tenant = await owner.fetchval("SELECT customer_profiles_id FROM venues")
        await quality.fill(Call(SYSTEM, kit), tenant, 2, CATALOGUE)
        print("\n" + quality.table(await quality.ask(kit.db, tenant, 2)))
    await owner.close()


async def _asked(owner: Any) -> dict[str, list[str]]:
    """What is typed, by kind: letters, and words of songs that are there."""
    texts: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for artist, title in await owner.fetch(SAMPLE, rows.TENANT):
        name, word = artist.split()[0], title.split()[1]
        typed = (
            name[0],
            name[:2],
            name,
            f"{word} {name}",
            f"{name} {word[:-2]}",
            f"{name[:2]}{name[3]}{name[2]}{name[4:]} {word}",
        )
        for kind, text in zip(KINDS, typed, strict=True):
            texts[kind].append(text)
    return texts


async def _timed(ask: Callable[[str], Awaitable[Any]], texts: list[str]) -> list[float]:
    """Milliseconds of `TIMES` calls in a row."""
    took = []
    for n in range(TIMES):
        began = time.perf_counter()
        await ask(texts[n % len(texts)])
        took.append(1000 * (time.perf_counter() - began))
    return took


def _print(took: dict[str, list[float]]) -> None:
    print(f"{'search':<16}{'median ms':>10}{'p95 ms':>10}{'x reference':>13}")
    reference = statistics.median(took["reference"])
    for kind, times in took.items():
        median, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
        print(f"{kind:<16}{median:>10.2f}{p95:>10.2f}{median / reference:>13.1f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="bench.search")
    parser.add_argument("--books", type=int, default=20)
    parser.add_argument("--songs", type=int, default=50_000)
    given = parser.parse_args()
    with ExitStack() as until:
        database = until.enter_context(services.private_postgres())
        redis = until.enter_context(services.private_redis())
        schema.upgrade(database.url)
        asyncio.run(main(database.url, redis.url, given.books, given.songs))
