"""A venue, one process that shows it, and people."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.realtime.stage import Crowd, Process, crowd, process
from tests.realtime.world import World


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
async def one(redis_url: str, world: World) -> AsyncIterator[Process]:
    async with process(redis_url, world) as started:
        yield started


@pytest.fixture
async def people() -> AsyncIterator[Crowd]:
    async with crowd() as clients:
        yield clients
