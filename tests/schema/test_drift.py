"""What `migrations/tables` describes is what the revisions build."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from migrations.scope import ours
from migrations.tables import metadata
from tests.schema import shape
from tests.schema.rows import Link, connected


def _engine(url: str) -> Any:
    return create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://", 1), poolclass=NullPool)


async def _differences(url: str) -> list[Any]:
    def compare(link: sa.Connection) -> list[Any]:
        options = {"include_object": ours, "compare_server_default": True}
        return list(compare_metadata(MigrationContext.configure(link, opts=options), metadata))

    async with _engine(url).connect() as link:
        found: list[Any] = await link.run_sync(compare)
        return found


async def test_alembic_finds_no_difference(database_url: str) -> None:
    assert await _differences(database_url) == []


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE venues ADD COLUMN forgotten text",
        "ALTER TABLE venues ALTER COLUMN name TYPE varchar(80)",
        "ALTER TABLE users ALTER COLUMN last_login_at TYPE timestamptz(3)",
        "ALTER TABLE venues ALTER COLUMN queue_privacy SET DEFAULT 'anonymous'",
        "ALTER TABLE requests ALTER COLUMN request_number DROP NOT NULL",
        "DROP INDEX idx_venues_location",
        "CREATE TABLE forgotten (n int PRIMARY KEY)",
    ],
)
async def test_alembic_finds_a_change_made_behind_its_back(database_url: str, change: str) -> None:
    async with connected(database_url) as link:
        await link.execute(change)
    assert await _differences(database_url) != []


async def test_a_database_made_from_the_tables_equals_a_migrated_one(link: Link, empty_database: str) -> None:
    """Sees what Alembic does not compare: checks, conditions of indexes, rules of foreign keys, NULLS NOT DISTINCT."""
    async with connected(empty_database) as other:
        for extension in ("pgcrypto", "postgis", "pg_trgm"):
            await other.execute(f"CREATE EXTENSION {extension}")
        async with _engine(empty_database).begin() as engine:
            await engine.run_sync(metadata.create_all)
        assert await shape.tables(other) == await shape.tables(link)


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE state DROP CONSTRAINT state_serial_check",
        "ALTER TYPE api_key_status ADD VALUE 'lost'",
        "ALTER TABLE api_keys ALTER COLUMN prefix SET DEFAULT 'x'",
    ],
)
async def test_the_shape_of_a_database_shows_small_changes(link: Link, change: str) -> None:
    before = await shape.tables(link)
    await link.execute(change)
    assert await shape.tables(link) != before
