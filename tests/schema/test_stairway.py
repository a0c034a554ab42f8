"""Every revision goes up, down and up again, and rows survive the way."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

import migrations
from singr import schema
from tests.schema import rows, shape
from tests.schema.rows import Link, connected

FOLDER = str(Path(migrations.__file__).parent)
SCRIPTS = list(reversed(list(ScriptDirectory(FOLDER).walk_revisions())))
STEPS = [script.revision for script in SCRIPTS]
BELOW = {script.revision: str(script.down_revision or "base") for script in SCRIPTS}


async def _up(url: str, revision: str = "head") -> None:
    await asyncio.to_thread(schema.upgrade, url, revision)


async def _down(url: str, revision: str) -> None:
    await asyncio.to_thread(schema.downgrade, url, revision)


async def _everything(link: Link) -> set[str]:
    return await shape.tables(link) | await shape.code(link)


async def test_there_is_one_line_of_revisions() -> None:
    assert [BELOW[step] for step in STEPS] == ["base", *STEPS[:-1]]


@pytest.mark.parametrize("step", STEPS)
async def test_a_revision_goes_up_down_and_up(empty_database: str, step: str) -> None:
    below = BELOW[step]
    if below != "base":
        await _up(empty_database, below)
    async with connected(empty_database) as link:
        before = await _everything(link)
        await _up(empty_database, step)
        after = await _everything(link)
        assert after != before
        await _down(empty_database, below)
        assert await _everything(link) == before
        await _up(empty_database, step)
        assert await _everything(link) == after


async def test_the_way_down_leaves_nothing_of_ours(empty_database: str) -> None:
    await _up(empty_database)
    await _down(empty_database, "base")
    async with connected(empty_database) as link:
        assert await _everything(link) == set()
        assert await asyncio.to_thread(schema.current, empty_database) is None


async def test_requests_of_before_get_numbers_and_a_status(empty_database: str) -> None:
    await _up(empty_database, "0002")
    async with connected(empty_database) as link:
        customer = await rows.customer(link)
        venue = await rows.venue(link, customer)
        old = "INSERT INTO requests (venues_id, artist, title, processed) VALUES ($1, 'Queen', $2, $3)"
        for title, processed in (("Innuendo", True), ("Bicycle Race", False)):
            await link.execute(old, venue, title, processed)
        await _up(empty_database)
        found = await link.fetch("SELECT title, request_number, status FROM requests ORDER BY requests_id")
        assert [tuple(row) for row in found] == [("Innuendo", 1, "processed"), ("Bicycle Race", 2, "pending")]
        state = await link.fetchrow("SELECT customer_profiles_id, serial, last_request_number FROM state")
        assert tuple(state) == (customer, 1, 2)
        assert await link.fetchval("SELECT version FROM venue_streams WHERE venues_id = $1", venue) == 0
        await _down(empty_database, "0002")
        assert await link.fetchval("SELECT count(*) FROM requests") == 2
