"""Fills a migrated, empty database; every row is a function of its number, so two runs give the same ones."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
from msgspec import Struct, structs

from singr.identity import passwords
from singr.infra.postgres import Database
from singr.seed import seed_baseline

SCRIPT = Path(__file__).with_name("fill.sql")
PASSWORD = "Bench12345678!"
KEY = "skj_bench-"
STATEMENT_TIMEOUT_S = 900

_FILLED = re.compile(r"INSERT INTO (\w+)")


class Size(Struct, frozen=True):
    """How much of everything. Venue n of `bench-1`, `bench-2`, ... belongs to organization (n - 1) % tenants + 1; the
    first `busy` have a night going on, the first `books` a song book of their own, the next one the large book."""

    tenants: int
    api_keys: int
    venues: int
    busy: int
    requests: int
    books: int
    songs: int
    large_book: int

    @classmethod
    def of(cls, scale: float) -> Size:
        """At 1: 100,000 venues, 20 books of 50,000 songs and one of 200,000, a million requests."""
        tenants = max(50, round(10_000 * scale))
        return cls(
            tenants=tenants,
            api_keys=max(1_000, tenants),
            venues=max(200, round(100_000 * scale)),
            busy=max(50, round(1_000 * scale)),
            requests=round(1_000_000 * scale),
            books=20,
            songs=max(200, round(50_000 * scale)),
            large_book=max(500, round(200_000 * scale)),
        )


async def fill(url: str, size: Size) -> dict[str, float]:
    """Seconds a table took; `url` names the database's owner, who may switch triggers off."""
    async with Database.open(url, size=1) as db:
        await seed_baseline(db)
    connection = await asyncpg.connect(
        url, timeout=10, server_settings={"statement_timeout": f"{STATEMENT_TIMEOUT_S}s"}
    )
    try:
        await _prepare(connection, size)
        took_s: dict[str, float] = {}
        async for table, seconds in _filled(connection):
            took_s[table] = took_s.get(table, 0.0) + seconds
        return took_s
    finally:
        await connection.close(timeout=10)


async def _prepare(connection: Any, size: Size) -> None:
    """No audit of rows nobody wrote: triggers are off until the script says otherwise."""
    columns = ", ".join(f"{name} int" for name in size.__struct_fields__)
    await connection.execute(f"CREATE TEMP TABLE size ({columns}, password_hash text)")
    values = [*structs.astuple(size), await passwords.hashed(PASSWORD)]
    places = ", ".join(f"${n}" for n in range(1, len(values) + 1))
    await connection.execute(f"INSERT INTO size VALUES ({places})", *values)  # noqa: S608
    await connection.execute("SET session_replication_role = replica; SET work_mem = '256MB'")


async def _filled(connection: Any) -> AsyncIterator[tuple[str, float]]:
    for statement in statements():
        started_s = time.monotonic()
        await connection.execute(statement)
        if found := _FILLED.search(statement):
            yield found[1], time.monotonic() - started_s
    started_s = time.monotonic()
    await connection.execute("VACUUM ANALYZE")
    yield "vacuum analyze", time.monotonic() - started_s


def statements() -> Iterator[str]:
    """The script's statements, in order."""
    for statement in SCRIPT.read_text("utf-8").split(";\n\n"):
        if statement.strip():
            yield statement
