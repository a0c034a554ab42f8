"""Every k6 scenario for two seconds: the scripts and the API still fit. Their budgets are for a quiet machine."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from bench.data.filling import Size, fill
from bench.house import House, serving
from bench.k6 import scenarios
from tests import go

SCALE = 0.001


@pytest.fixture(scope="module")
def served(
    module_database_url: str, _redis_of_worker: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """The product on a thousandth of the large data set."""
    go.needed(go.K6)
    size = Size.of(SCALE)
    asyncio.run(fill(module_database_url, size))
    env = {
        "DATABASE_URL": module_database_url,
        "REDIS_URL": _redis_of_worker,
        "SINGR_ENV": "test",
        "TRUSTED_PROXIES": "127.0.0.0/8",
    }
    with serving(House(tmp_path_factory.mktemp("bench"), size, env)) as house:
        yield house


@pytest.mark.parametrize("name", scenarios.NAMES)
def test_every_check_of_the_scenario_holds(name: str, served: House) -> None:
    outcome = scenarios.run(name, served, check=True)
    assert outcome.ok, outcome.told
