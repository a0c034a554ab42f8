"""Connections of people who act at one moment."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from tests.house import House


@pytest.fixture
async def links(house: House) -> AsyncIterator[list[Any]]:
    found = [await asyncpg.connect(house.kit.settings.database_url, timeout=10) for _ in range(3)]
    for link in found:
        await link.execute("SELECT set_config('app.actor', 'test', false)")
    yield found
    for link in found:
        await link.close(timeout=10)
