"""What is asked of songs, the indexes it may be answered along, and how much of a book may be read for it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import asyncpg

from bench.search import rows
from migrations.tables.catalogue import NORMALIZED_KEY
from singr.imports import exports
from singr.infra.sql import Statement
from singr.singers import favorites
from singr.singers.singer import before
from singr.songs import asking, book, browsing, typos
from singr.songs.letters import LETTERS

BOOK: dict[str, Any] = {"tenant": rows.TENANT, "system": 3}
TOP = {"artist_key": "", "title_key": "", "after": 0, "max_rows": 21}


def begun(text: str) -> dict[str, Any]:
    return {**BOOK, "start": text, "until": text + book.HIGHEST, "at": text, "beside": "", "after": 0, "max_rows": 21}


def worded(text: str) -> dict[str, Any]:
    query = asking.query(asking.read(text), asking.scope(**BOOK))
    given = {"query": query, "text": text, "start": text, "until": text + book.HIGHEST, "likeness": 1001, "most": 1000}
    return {**BOOK, **TOP, **given}


LETTERED = {
    "letters": list(LETTERS),
    "starts": [letter.start for letter in LETTERS.values()],
    "untils": [letter.until for letter in LETTERS.values()],
}
LIKED: dict[str, Any] = {"singer": rows.SINGER, "available": None, "max_rows": 21}
LIKED |= dict(zip(("before_at", "before_id"), before(None), strict=True))
LIKED_ALONG = {"singer_favorite_songs_one_a_song", "venues_pkey", NORMALIZED_KEY}
# A statement, what it is given, the indexes it may read, and how many rows at most.
ASKED: list[tuple[Statement[Any], dict[str, Any], set[str], int]] = [
    (book.BEGUN, begun("m"), {"songdb_by_artist", "songdb_by_title"}, 100),
    (book.BEGUN, begun("lo"), {"songdb_by_artist", "songdb_by_title"}, 100),
    (book.BEGUN, begun("midnight"), {"songdb_by_artist", "songdb_by_title"}, 100),
    (book.WORDED, worded("x"), {"songdb_words"}, 4_000),
    (book.WORDED, worded("midnight 3fing"), {"songdb_words"}, 100),
    (book.WORDED, worded("3fing mid"), {"songdb_words"}, 100),
    (book.LISTED, {**BOOK, **TOP}, {"songdb_by_artist"}, 50),
    (
        book.OF_ARTIST,
        {**BOOK, "artist_key": "love 3er", "query": None, "title_key": "", "after": 0, "max_rows": 21},
        {"songdb_by_artist"},
        50,
    ),
    (browsing.ARTISTS, {**BOOK, "start": "m", "until": "n", "after": "", "max_rows": 21}, {"songdb_by_artist"}, 200),
    (browsing.LETTERS_USED, {**BOOK, **LETTERED}, {"songdb_by_artist"}, 1_500),
    (browsing.NEW, {**BOOK, "days": 90, "before": 2**63 - 1, "max_rows": 21}, {"songdb_by_age"}, 100),
    (
        browsing.BY_NAMES,
        {**BOOK, "artist_keys": ["love 3er"] * 20, "title_keys": ["a"] * 20},
        {"songdb_by_artist", "songdb_by_title"},
        100,
    ),
    (exports.STRETCH, {**BOOK, **TOP}, {"songdb_by_artist"}, 50),
    (
        browsing.ASKED_MOST,
        {"venue_id": rows.VENUE, "days": browsing.DAYS, "max_rows": browsing.ASKED_MAX},
        {"requests_history"},
        rows.ASKED // 2,
    ),
    (favorites.SONGS, {**LIKED, "venue_id": rows.VENUE}, LIKED_ALONG, 3 * rows.KEPT),
    (favorites.SONGS, {**LIKED, "venue_id": None}, LIKED_ALONG, 3 * rows.KEPT),
    (
        typos.NEAR,
        {"terms": ["midnigth", "lvoe"], "long": typos.LONG, "most": typos.LIKE_MAX},
        {"song_words_trgm", "song_words_shortened", "song_words_pkey"},
        500,
    ),
]


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


async def strays(owner: asyncpg.Connection) -> list[str]:
    """Questions that PostgreSQL answers otherwise, planned for these arguments or for any; `owner` sees the tables."""
    found = []
    for mode in ("force_custom_plan", "force_generic_plan"):
        await owner.execute(f"SET plan_cache_mode = {mode}")
        for statement, given, indexes, most in ASKED:
            text = f"EXPLAIN (ANALYZE, FORMAT JSON) {statement.query.text}"
            told = await owner.fetchval(text, *(given[name] for name in statement.query.params))
            plan = list(nodes(json.loads(told)[0]["Plan"]))
            used = {node["Index Name"] for node in plan if "Index Name" in node}
            scans = [node for node in plan if node["Node Type"] == "Seq Scan"]
            read = sum(_rows(node) for node in plan if "Relation Name" in node)
            if scans or not used or not used <= indexes or read > most:
                found.append(f"{mode} {statement.query.name} {given}: {used}, {read} rows, {len(scans)} scans")
    return found


def _rows(node: dict[str, Any]) -> float:
    """How many rows of a table a node looked at."""
    removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return float((node["Actual Rows"] + removed) * node["Actual Loops"])
