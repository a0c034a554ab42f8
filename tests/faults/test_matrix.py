"""A few faults in a small city: nothing is lost, and everybody ends up with the truth. `make faults` runs them all.

And the harness itself: with one of the four safeguards missing, a night must go red that is not with all of them, and
so it must when something is kept of everybody who ever came.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults import city, night
from tests.faults.matrix import BY_NAME
from tests.faults.night import Night
from tests.faults.surroundings import Surroundings, behind_a_pooler, on_a_cluster, plain

FEW = ("redis killed", "crash before the hint", "API killed")
PATIENCE_S = 100


@asynccontextmanager
async def small(
    home: Path,
    database_url: str,
    surroundings: Surroundings = plain,
    *,
    patience_s: float,
    apis: int = 2,
    without: str = "",
    rehearsed: bool = False,
) -> AsyncIterator[Night]:
    """A city of one or two API processes and two dozen watchers."""
    async with AsyncExitStack() as stack:
        around = stack.enter_context(surroundings(database_url, None))
        town = await stack.enter_async_context(city.opened(home, around, apis=apis, workers=0, without=without))
        opening = night.opened(
            town,
            database_url,
            around,
            venues=6,
            watchers=24,
            per_s=8,
            patience_s=patience_s,
            rehearsed=rehearsed,
        )
        yield await stack.enter_async_context(opening)


@pytest.mark.timeout(600)
async def test_a_night_of_faults_loses_nothing(tmp_path: Path, demo_url: str) -> None:
    async with small(tmp_path, demo_url, patience_s=PATIENCE_S, rehearsed=True) as full:
        for name in FEW:
            verdict = await full.suffer(replace(BY_NAME[name], hold_s=2, before_s=1))
            assert not verdict.red, f"{name}: {verdict}"
        verdict = await full.afterwards()
        assert not verdict.red, str(verdict)


@pytest.mark.timeout(300)
async def test_nor_does_a_night_behind_a_pooler(tmp_path: Path, demo_url: str) -> None:
    async with small(tmp_path, demo_url, behind_a_pooler, patience_s=PATIENCE_S) as full:
        verdict = await full.suffer(replace(BY_NAME["backends killed"], before_s=1))
        assert not verdict.red, str(verdict)


@pytest.mark.timeout(600)
async def test_nor_does_a_night_on_a_cluster_that_loses_a_master(tmp_path: Path, demo_url: str) -> None:
    async with small(tmp_path, demo_url, on_a_cluster, patience_s=PATIENCE_S) as full:
        for name in ("redis stopped", "redis killed"):
            verdict = await full.suffer(replace(BY_NAME[name], hold_s=5, before_s=1))
            assert not verdict.red, f"{name}: {verdict}"


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("without", "fault", "invariant"),
    [
        ("sweep", "the last hints lost", "I1"),
        ("probe", "subscription lost unnoticed", "hints"),
        ("gap check", "half of the hints lost", "I3"),
        ("bump", "nothing", "I3"),
    ],
)
async def test_a_missing_safeguard_is_noticed(
    without: str, fault: str, invariant: str, tmp_path: Path, demo_url: str
) -> None:
    apis = 2 if without == "probe" else 1  # alone a process hears itself
    async with small(tmp_path, demo_url, apis=apis, without=without, patience_s=6) as full:
        verdict = await full.suffer(replace(BY_NAME[fault], before_s=1))
        assert invariant in {broken.invariant for broken in verdict.broken}, str(verdict)


@pytest.mark.timeout(300)
async def test_with_the_sweep_the_same_night_is_good(tmp_path: Path, demo_url: str) -> None:
    async with small(tmp_path, demo_url, apis=1, patience_s=PATIENCE_S) as full:
        verdict = await full.suffer(replace(BY_NAME["the last hints lost"], before_s=1))
        assert not verdict.red, str(verdict)


@pytest.mark.timeout(300)
async def test_what_is_kept_of_every_connection_is_noticed(tmp_path: Path, demo_url: str) -> None:
    leaking = small(tmp_path, demo_url, apis=1, without="forgetting", patience_s=30, rehearsed=True)
    async with leaking as full:
        assert await full.converge()
        verdict = await full.afterwards()
        assert [broken.invariant for broken in verdict.broken] == ["I6"], str(verdict)
        assert "bytes" in str(verdict)
