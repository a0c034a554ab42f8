"""The few rows that schema tests need, and the log lines they leave."""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg

Link = Any  # asyncpg's connection, which has no types worth the name


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Link]:
    connection = await asyncpg.connect(url, timeout=10, command_timeout=30)
    try:
        await connection.set_type_codec("jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog")
        yield connection
    finally:
        await connection.close(timeout=10)


async def user(link: Link) -> UUID:
    email = f"{secrets.token_hex(6)}@example.com"
    return UUID(str(await link.fetchval("INSERT INTO users (email) VALUES ($1) RETURNING users_id", email)))


async def customer(link: Link) -> UUID:
    statement = "INSERT INTO customer_profiles (users_id) VALUES ($1) RETURNING customer_profiles_id"
    return UUID(str(await link.fetchval(statement, await user(link))))


async def venue(link: Link, of: UUID, number: int = 1001) -> UUID:
    statement = """
        INSERT INTO venues
            (customer_profiles_id, openkj_venue_id, url_name, name, address, city, state, postal_code)
        VALUES ($1, $2, $3, 'The Bar', '1 Main Street', 'Nashville', 'TN', '37201') RETURNING venues_id
    """
    return UUID(str(await link.fetchval(statement, of, number, f"the-bar-{secrets.token_hex(4)}")))


async def request(link: Link, at: UUID, number: int, **given: Any) -> int:
    """A request at a venue, by default Queen's "Innuendo"; returns its id."""
    values = {"artist": "Queen", "title": "Innuendo", **given}
    listed = "".join(f", {name}" for name in values)
    places = "".join(f", ${place}" for place in range(3, 3 + len(values)))
    statement = f"""
        INSERT INTO requests (venues_id, customer_profiles_id, request_number{listed})
        SELECT venues_id, customer_profiles_id, $2{places} FROM venues WHERE venues_id = $1 RETURNING requests_id
    """  # noqa: S608
    return int(await link.fetchval(statement, at, number, *values.values()))


async def log_of(link: Link, table: str) -> list[Any]:
    """The table's lines in the audit log, oldest first."""
    return list(await link.fetch("SELECT * FROM audit_logs WHERE table_name = $1 ORDER BY ctid", table))
