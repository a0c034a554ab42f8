"""The whole house on a Redis Cluster of three masters: what processes share, they share there, too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from singr.core.settings import Settings
from singr.identity import refresh
from singr.infra.limits import Rate
from singr.telemetry import metrics
from tests.clusters import Cluster
from tests.house import SONG, VENUE, House, opened
from tests.live import watching

PASSWORD = {"email": "customer@example.com", "password": "Customer123!"}


@pytest.fixture
def clustered(settings: Settings, redis_cluster: Cluster) -> Settings:
    return replace(settings, redis_url=redis_cluster.url, queue_redis_url=settings.redis_url)


@pytest.fixture
async def processes(clustered: Settings) -> AsyncIterator[tuple[House, House]]:
    async with opened(clustered) as one, opened(clustered) as other:
        yield one, other


async def called(house: House, path: str, body: dict[str, str]) -> tuple[int, dict[str, str]]:
    """As a client calls: again, as told, while a master is too busy to answer."""
    async with asyncio.timeout(60):
        while (answer := await house.call("POST", path, json=body))[0] == 503:
            await asyncio.sleep(0.5)
    return answer


async def refreshed(house: House, session: dict[str, str]) -> tuple[int, dict[str, str]]:
    return await called(house, "/v1/auth/refresh", {"refreshToken": session["refreshToken"]})


async def test_what_happens_in_one_process_is_seen_and_known_in_the_other(processes: tuple[House, House]) -> None:
    one, other = processes
    headers = await one.sign_in()
    async with watching(other) as screen, watching(other, "host", headers=headers) as host:
        receipt = await one.ask()
        for shown in (screen, host):
            await shown.until(lambda s: receipt["id"] in s.requests)
    # What the other process has kept of the venue is forgotten there, too.
    assert (await other.call("GET", VENUE))[1]["name"] != "The New Name"
    path = f"/v1/customer/venues/{await one.venue_id()}"
    assert (await one.call("PATCH", path, json={"name": "The New Name"}, headers=headers))[0] == 200
    async with asyncio.timeout(60):
        while (await other.call("GET", VENUE))[1]["name"] != "The New Name":
            await asyncio.sleep(0.05)


async def test_a_session_goes_on_in_another_process_until_its_old_token_comes_back(
    processes: tuple[House, House],
) -> None:
    one, other = processes
    status, first = await called(one, "/v1/auth/signin", PASSWORD)
    assert status == 200
    status, second = await refreshed(other, first)
    assert (status, second["refreshToken"] != first["refreshToken"]) == (200, True)
    status, third = await refreshed(one, second)
    assert status == 200
    status, problem = await refreshed(other, first)
    assert (status, problem["title"]) == (401, refresh.TokenReused.title)
    assert (await refreshed(one, third))[0] == 401
    wrong = PASSWORD | {"password": "not this one at all"}
    turns = [(await called(house, "/v1/auth/signin", wrong))[0] for house in (one, other) * 3]
    assert turns[0] == 401
    assert turns[-1] == 429


async def test_limits_are_shared_and_judged_by_the_cluster(processes: tuple[House, House]) -> None:
    one, other = processes
    for evening in range(20):
        before = metrics.LIMITER_FALLBACKS._value.get()
        limits = [(f"somebody-{evening}-{n}", Rate(2, per_s=3600)) for n in range(20)]
        turns = [await house.kit.limits.take_each(limits) for house in (one, other, one)]
        if metrics.LIMITER_FALLBACKS._value.get() == before:
            assert [all(verdict.allowed for verdict in turn) for turn in turns] == [True, True, False]
            return
        await asyncio.sleep(1)
    pytest.fail("the cluster never judged")


async def test_with_a_master_away_requests_are_taken_and_it_is_said(
    clustered: Settings, redis_cluster: Cluster
) -> None:
    async with opened(clustered) as house:
        redis_cluster.owner("{limit}").kill()
        for n in range(5):
            status, _ = await house.call("POST", f"{VENUE}/requests", json=SONG | {"title": f"Song {n}"})
            assert status == 201
        status, health = await house.call("GET", "/readyz")
        assert (status, health["checks"]["redis"], health["checks"]["queue"]) == (200, "degraded", "ok")
        await asyncio.to_thread(redis_cluster.owner("{limit}").start)
        async with asyncio.timeout(60):
            while (await house.call("GET", "/readyz"))[1]["checks"] != dict.fromkeys(health["checks"], "ok"):
                await asyncio.sleep(0.1)
