"""`singr.schema`: from anywhere, by several at once, and never waiting for ever."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

import migrations
from singr import schema
from tests import databases
from tests.schema.rows import connected

(HEAD,) = ScriptDirectory(str(Path(migrations.__file__).parent)).get_heads()


def test_an_empty_database_has_no_revision_and_then_the_newest(empty_database: str) -> None:
    assert schema.current(empty_database) is None
    schema.upgrade(empty_database)
    assert schema.current(empty_database) == HEAD
    schema.upgrade(empty_database)
    assert schema.current(empty_database) == HEAD


async def test_a_running_event_loop_does_not_matter(empty_database: str) -> None:
    schema.upgrade(empty_database, "0001")
    assert schema.current(empty_database) == "0001"


def test_threads_may_migrate_different_databases(empty_database: str, postgres_url: str) -> None:
    program = (
        "import sys; from concurrent.futures import ThreadPoolExecutor as Threads; from singr import schema;"
        "list(Threads().map(schema.upgrade, sys.argv[1:]))"
    )
    with databases.copied(postgres_url) as second, databases.copied(postgres_url) as third:
        urls = (empty_database, second, third)
        subprocess.run([sys.executable, "-c", program, *urls], timeout=60, check=True)
        assert [schema.current(url) for url in urls] == [HEAD] * 3


async def test_processes_that_start_together_take_turns(empty_database: str) -> None:
    command = (
        sys.executable,
        "-c",
        "import sys; from singr import schema; schema.upgrade(sys.argv[1])",
        empty_database,
    )
    async with asyncio.timeout(60):
        started = [await asyncio.create_subprocess_exec(*command) for _ in range(3)]
        assert [await process.wait() for process in started] == [0, 0, 0]
    assert schema.current(empty_database) == HEAD


async def test_a_turn_that_does_not_come_is_given_up(empty_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "TURN_TIMEOUT_S", 0.3)
    async with connected(empty_database) as other:
        await other.execute("SELECT pg_advisory_lock($1)", schema.ADVISORY_KEY)
        with pytest.raises(schema.SchemaBusy):
            await asyncio.to_thread(schema.upgrade, empty_database)
    assert schema.current(empty_database) is None


async def test_a_table_somebody_holds_is_not_waited_for_long(
    empty_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "TABLE_LOCK_TIMEOUT_S", 1)
    await asyncio.to_thread(schema.upgrade, empty_database, "0002")
    async with connected(empty_database) as other, other.transaction():
        await other.execute("LOCK TABLE requests")
        with pytest.raises(Exception, match="lock timeout"):
            await asyncio.to_thread(schema.upgrade, empty_database)
    assert schema.current(empty_database) == "0002"
    await asyncio.to_thread(schema.upgrade, empty_database)
    assert schema.current(empty_database) == HEAD


def test_a_wheel_finds_the_revisions_inside_itself(empty_database: str, tmp_path: Path) -> None:
    package = tmp_path / "singr"
    shutil.copytree(Path(migrations.__file__).parent, package / "migrations")
    shutil.copy(schema.__file__, package)
    (package / "__init__.py").touch()
    program = (
        "import sys; from singr import schema; schema.upgrade(sys.argv[1]);"
        "print(sys.modules['migrations'].__file__, schema.current(sys.argv[1]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, empty_database],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.split() == [str(package / "migrations" / "__init__.py"), HEAD]
