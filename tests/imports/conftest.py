"""A host whose book is empty."""

from __future__ import annotations

import pytest

from tests.house import House


@pytest.fixture
async def host(house: House) -> House:
    await house.value("DELETE FROM songdb")
    await house.sign_in()
    return house
