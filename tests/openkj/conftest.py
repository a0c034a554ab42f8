"""A KJ's laptop next to the house."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.house import House
from tests.openkj.client import Agent, OpenKJ

VENUE = 1001
PATH = "/v1/openkj/api/command"


def where(house: House) -> tuple[str, int]:
    server = house.client.server
    assert server.port
    return "127.0.0.1", server.port


@pytest.fixture
async def openkj(house: House) -> AsyncIterator[OpenKJ]:
    """OpenKJ with the demo's key and venue, not started yet."""
    client = OpenKJ(*where(house), PATH, house.demo.api_key, house.demo.venue_number)
    yield client
    await client.close()


@pytest.fixture
async def agent(house: House) -> AsyncIterator[Agent]:
    client = Agent(*where(house), "/", house.demo.api_key, house.demo.venue_number)
    yield client
    await client.close()
