"""A connection as the owner of a migrated database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.schema.rows import Link, connected


@pytest.fixture
async def link(database_url: str) -> AsyncIterator[Link]:
    async with connected(database_url) as connection:
        yield connection
