"""In many large books every question is answered along an index, and none by reading a book. (The bench has a million
songs; here it is an eighth of that.)"""

from __future__ import annotations

import asyncpg

from bench.search import rows
from tests.songs import plans

BOOKS, SONGS = 10, 12_000


async def test_every_question_is_answered_along_its_indexes(database_url: str) -> None:
    owner = await asyncpg.connect(database_url, timeout=10)
    await rows.fill(owner, BOOKS, SONGS)
    assert await plans.strays(owner) == []
    await owner.close(timeout=10)
