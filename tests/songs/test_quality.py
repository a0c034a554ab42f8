"""What singers type shows what they mean."""

from __future__ import annotations

from uuid import UUID

import asyncpg

from bench.search import quality
from singr.http.call import Call
from tests.house import House

SONGS = 20_000


async def test_the_song_that_is_meant_is_among_the_first_ten(house: House, call: Call, tenant: UUID) -> None:
    await quality.fill(call, tenant, 1, SONGS)
    owner = await asyncpg.connect(house.kit.settings.database_url, timeout=10)
    await owner.execute("ANALYZE songdb, song_words")
    await owner.close(timeout=10)
    answers = await quality.ask(house.kit.db, tenant, 1)
    assert len(answers) >= 200
    assert sum(answer.is_found for answer in answers) >= 0.95 * len(answers), quality.table(answers)
