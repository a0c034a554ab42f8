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

from tests.clusters import Cluster
from tests.faults import city, night
from tests.faults.matrix import BY_NAME
from tests.faults.night import Night
from tests.poolers import pgbouncer
from tests.services import Server

FEW = ("redis killed", "crash before the hint", "API killed")
PATIENCE_S = 100
WATCHERS = 24


@asynccontextmanager
async def small(
    home: Path,
    database_url: str,
    redis: Server,
    *,
    patience_s: float,
    apis: int = 2,
    without: str = "",
    pooled: bool = False,
    cluster: Cluster | None = None,
    rehearsed: bool = False,
) -> AsyncIterator[Night]:
    """A city of one or two API processes and two dozen watchers."""
    async with AsyncExitStack() as stack:
        reached, more = database_url, {}
        if pooled:
            reached, more = stack.enter_context(pgbouncer(database_url)), {"DATABASE_POOLER": "transaction"}
        if cluster:
            more |= {"REDIS_URL": cluster.url, "QUEUE_REDIS_URL": redis.url}
        town = await stack.enter_async_context(
            city.opened(home, reached, redis.url, apis=apis, workers=0, without=without, more=more)
        )
        taken_away = cluster.servers[1] if cluster else redis
        yield await stack.enter_async_context(
            night.opened(
                town,
                database_url,
                taken_away,
                venues=6,
                watchers=WATCHERS,
                per_s=8,
                patience_s=patience_s,
                rehearsed=rehearsed,
            )
        )


@pytest.mark.timeout(600)
async def test_a_night_of_faults_loses_nothing(tmp_path: Path, demo_url: str, redis_server: Server) -> None:
    async with small(tmp_path, demo_url, redis_server, patience_s=PATIENCE_S, rehearsed=True) as full:
        for name in FEW:
            verdict = await full.suffer(replace(BY_NAME[name], hold_s=2, before_s=1))
            assert not verdict.red, f"{name}: {verdict}"
        verdict = await full.afterwards()
        assert not verdict.red, str(verdict)


@pytest.mark.timeout(300)
async def test_nor_does_a_night_behind_a_pooler(tmp_path: Path, demo_url: str, redis_server: Server) -> None:
    async with small(tmp_path, demo_url, redis_server, pooled=True, patience_s=PATIENCE_S) as full:
        verdict = await full.suffer(replace(BY_NAME["backends killed"], before_s=1))
        assert not verdict.red, str(verdict)


@pytest.mark.timeout(600)
async def test_nor_does_a_night_on_a_cluster_that_loses_a_master(
    tmp_path: Path, demo_url: str, redis_server: Server, redis_cluster: Cluster
) -> None:
    async with small(tmp_path, demo_url, redis_server, cluster=redis_cluster, patience_s=PATIENCE_S) as full:
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
    without: str, fault: str, invariant: str, tmp_path: Path, demo_url: str, redis_server: Server
) -> None:
    apis = 2 if without == "probe" else 1  # alone a process hears itself
    async with small(tmp_path, demo_url, redis_server, apis=apis, without=without, patience_s=6) as full:
        verdict = await full.suffer(replace(BY_NAME[fault], before_s=1))
        assert invariant in {broken.invariant for broken in verdict.broken}, str(verdict)


@pytest.mark.timeout(300)
async def test_with_the_sweep_the_same_night_is_good(tmp_path: Path, demo_url: str, redis_server: Server) -> None:
    async with small(tmp_path, demo_url, redis_server, apis=1, patience_s=PATIENCE_S) as full:
        verdict = await full.suffer(replace(BY_NAME["the last hints lost"], before_s=1))
        assert not verdict.red, str(verdict)


@pytest.mark.timeout(300)
async def test_what_is_kept_of_every_connection_is_noticed(tmp_path: Path, demo_url: str, redis_server: Server) -> None:
    leaking = small(tmp_path, demo_url, redis_server, apis=1, without="forgetting", patience_s=30, rehearsed=True)
    async with leaking as full:
        assert await full.converge()
        verdict = await full.afterwards()
        assert [broken.invariant for broken in verdict.broken] == ["I6"], str(verdict)
        assert "bytes" in str(verdict)
