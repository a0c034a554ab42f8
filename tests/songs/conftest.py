"""The demo's tenant and a caller who may sync its books."""

from __future__ import annotations

from uuid import UUID

import pytest

from singr.core.actor import SYSTEM
from singr.http.call import Call
from tests.house import House


@pytest.fixture
async def tenant(house: House) -> UUID:
    ((tenant,),) = await house.kit.db.fetch("SELECT customer_profiles_id FROM venues", [])
    return UUID(str(tenant))


@pytest.fixture
def call(house: House) -> Call:
    return Call(SYSTEM, house.kit)
