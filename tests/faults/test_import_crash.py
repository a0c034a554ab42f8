"""Workers that die in the middle of an import: the next one finishes it, and no song comes twice."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from singr.core.settings import Settings
from tests.house import House
from tests.imports.files import counts, lines, many, show, upload

SONGS = int(os.environ.get("IMPORT_SONGS", "5000"))
WORKER = """
import os, signal, sys
from singr.imports import jobs, running
jobs.LEASE_S, jobs.PATIENCE_S = 1.0, 0.0
{fault}
from singr.cli import main
main()
"""
DIES_WHILE_READING = """
stage, steps = running.PROGRESSED, 0
async def doomed(tx, **given):
    global steps
    steps += 1
    if steps == 4:
        os.kill(os.getpid(), signal.SIGKILL)
    return await stage(tx, **given)
running.PROGRESSED = doomed
"""
DIES_BEFORE_COMMIT = """
ended = running.ENDED
async def doomed(tx, **given):
    await ended(tx, **given)
    os.kill(os.getpid(), signal.SIGKILL)
running.ENDED = doomed
"""
DIES_AFTER_COMMIT = """
run = running.run
async def doomed(*given):
    await run(*given)
    os.kill(os.getpid(), signal.SIGKILL)
running.run = doomed
"""


@asynccontextmanager
async def worker(settings: Settings, fault: str = "") -> AsyncIterator[asyncio.subprocess.Process]:
    """`singr worker` as a process of its own."""
    environ = os.environ | {"DATABASE_URL": settings.database_url, "REDIS_URL": settings.redis_url}
    program = WORKER.format(fault=fault)
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, "worker", env=environ)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.mark.parametrize("fault", [DIES_WHILE_READING, DIES_BEFORE_COMMIT, DIES_AFTER_COMMIT])
async def test_the_next_worker_finishes_what_a_dead_one_began(fault: str, house: House, settings: Settings) -> None:
    await house.value("DELETE FROM songdb")
    _, begun = await upload(house, lines(many(SONGS)))
    async with worker(settings, fault) as doomed, asyncio.timeout(60):
        assert await doomed.wait() == -9
    async with worker(settings):
        await house.becomes("SELECT status FROM song_imports", "done")
    done = await show(house, begun["id"])
    assert counts(done) == (SONGS, SONGS, 0, 0, 0, 0, 0)
    assert await house.value("SELECT count(*) FROM songdb") == SONGS
    assert await house.value("SELECT count(*) FROM song_import_chunks") == 0
    assert await house.value("SELECT count(*) FROM song_import_songs") == 0
    lines_of_audit = "SELECT count(*) FROM audit_logs WHERE table_name = 'songdb' AND operation = 'INSERT'"
    assert await house.value(f"{lines_of_audit} AND actor = 'job:run_import'") == 1
