"""Databases for the tests, copied in milliseconds from one migrated template on the test server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import asyncpg
from yarl import URL

from singr import schema
from tests import services

TEMPLATE_LOCK = 0x73696E67
WAIT_S = 120
# Somebody who waits for a lock, in this database alone: other tests' are on the same server.
WAITING = """
SELECT pid FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE NOT granted AND datname = current_database()
LIMIT 1
"""
T = TypeVar("T")


Fill = Callable[[str], Awaitable[None]]


def make_template(server_url: str, suffix: str = "", *, source: str = "template0", fill: Fill | None = None) -> str:
    """A template's name: a copy of `source`, migrated and filled. Whoever comes first makes it, the others wait."""
    name = services.template_name() + suffix

    async def once(connection: Any) -> None:
        await connection.execute("SELECT pg_advisory_lock($1)", TEMPLATE_LOCK)
        if await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            return
        building = services.fresh_name()
        await connection.execute(f"CREATE DATABASE {building} TEMPLATE {source}")
        url = in_database(server_url, building)
        await asyncio.to_thread(schema.upgrade, url)
        if fill:
            await fill(url)
        await connection.execute(f"ALTER DATABASE {building} RENAME TO {name}")

    on_server(server_url, once)
    return name


@contextmanager
def copied(server_url: str, template: str = "template0") -> Iterator[str]:
    """The URL of a new database, dropped at the end whoever is still connected."""
    name = services.fresh_name()
    on_server(server_url, lambda connection: connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}"))
    try:
        yield in_database(server_url, name)
    finally:
        on_server(server_url, lambda connection: connection.execute(f"DROP DATABASE {name} WITH (FORCE)"))


def in_database(server_url: str, name: str) -> str:
    return str(URL(server_url).with_path(f"/{name}"))


def on_server(server_url: str, work: Callable[[Any], Awaitable[T]]) -> T:
    """Run `work` on a new connection, outside any event loop of the test's."""

    async def connected() -> T:
        async with asyncio.timeout(WAIT_S):
            connection = await asyncpg.connect(server_url, timeout=10)
            try:
                return await work(connection)
            finally:
                await connection.close(timeout=10)

    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        return runner.run(connected())
