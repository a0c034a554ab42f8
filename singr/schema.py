"""The database's schema: brings a database to a revision, one process at a time.

Blocking, and safe to call from a thread whose event loop runs (a coroutine calls it through `asyncio.to_thread`,
so as not to stop that loop). The revisions are in `migrations/`: beside this package in a checkout, inside it in a
wheel. Only `singr migrate` and starting up import this module; serving needs neither Alembic nor SQLAlchemy.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import TypeVar

import asyncpg
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

CONNECT_TIMEOUT_S = 10
TABLE_LOCK_TIMEOUT_S = 10  # rather fail and be run again than stop everyone who waits behind us for a table
STATEMENT_TIMEOUT_S = 15 * 60  # an index over millions of songs
TURN_TIMEOUT_S = 120
WHOLE_TIMEOUT_S = 60 * 60

T = TypeVar("T")

ADVISORY_KEY = int.from_bytes(b"singr")

# Alembic keeps the context of the running migration in module globals.
_one_at_a_time = threading.Lock()


class SchemaBusy(Exception):
    """Somebody else has been migrating this database for longer than we wait."""


def upgrade(database_url: str, revision: str = "head") -> None:
    """Runs the revisions that are missing. `database_url` is `postgresql://…`; raises SchemaBusy, OSError,
    asyncpg's or SQLAlchemy's errors, and leaves the database at the last revision that succeeded."""
    _migrate(database_url, lambda config: command.upgrade(config, revision))


def downgrade(database_url: str, revision: str) -> None:
    """Undoes revisions down to `revision` ("base" for all); errors as `upgrade`."""
    _migrate(database_url, lambda config: command.downgrade(config, revision))


def current(database_url: str) -> str | None:
    """The revision the database is at, None before the first."""
    return _drive(database_url, lambda link: MigrationContext.configure(link).get_current_revision(), turn=False)


def _migrate(url: str, work: Callable[[Config], None]) -> None:
    def run(link: sa.Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(_migrations()).replace("%", "%%"))
        config.attributes["connection"] = link
        work(config)

    if not _one_at_a_time.acquire(timeout=TURN_TIMEOUT_S):
        raise SchemaBusy("another thread of this process is migrating")
    try:
        _drive(url, run, turn=True)
    finally:
        _one_at_a_time.release()


def _drive(url: str, work: Callable[[sa.Connection], T], *, turn: bool) -> T:
    """Runs `work` on a new connection, in a thread with an event loop of its own."""
    with ThreadPoolExecutor(1, "schema") as thread:
        return thread.submit(asyncio.run, _work(url, work, turn=turn)).result()


async def _work(url: str, work: Callable[[sa.Connection], T], *, turn: bool) -> T:
    engine = create_async_engine("postgresql+asyncpg://", async_creator=lambda: _connect(url), poolclass=NullPool)
    async with asyncio.timeout(WHOLE_TIMEOUT_S), engine.connect() as link:
        if turn:
            await _take_turn(link)
        return await link.run_sync(work)


async def _connect(url: str) -> asyncpg.Connection:
    return await asyncpg.connect(
        url,
        timeout=CONNECT_TIMEOUT_S,
        command_timeout=STATEMENT_TIMEOUT_S + 5,
        server_settings={
            "application_name": "singr migrate",
            "app.actor": "job:migrate",
            "lock_timeout": f"{TABLE_LOCK_TIMEOUT_S}s",
            "statement_timeout": f"{STATEMENT_TIMEOUT_S}s",
        },
    )


async def _take_turn(link: AsyncConnection) -> None:
    """Holds an advisory lock until the connection closes. Asks again and again: waiting inside PostgreSQL would
    keep a snapshot open, which `CREATE INDEX CONCURRENTLY` of the one we wait for would wait for in turn."""
    taken = sa.text("SELECT pg_try_advisory_lock(:key)").bindparams(key=ADVISORY_KEY)
    try:
        async with asyncio.timeout(TURN_TIMEOUT_S):
            while not await link.scalar(taken):
                await link.rollback()
                await asyncio.sleep(0.2)
    except TimeoutError:
        raise SchemaBusy("another process is migrating this database") from None
    await link.commit()


def _migrations() -> Path:
    """The folder with `env.py`. Revisions import their parts as `migrations.…`, which a wheel keeps inside `singr`."""
    inside = Path(__file__).parent / "migrations"
    if not inside.is_dir():
        return inside.parent.parent / "migrations"
    sys.modules["migrations"] = import_module("singr.migrations")
    return inside
