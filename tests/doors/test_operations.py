"""What monitors ask: alive, ready, metrics."""

from __future__ import annotations

import asyncio
import json

import asyncpg
import pytest
from msgspec.structs import replace

from singr.core.settings import Settings
from tests.heard import Heard
from tests.house import House, opened
from tests.services import Server

BEARER = {"Authorization": "Bearer of-the-monitor"}


async def test_a_process_that_runs_is_alive(house: House) -> None:
    assert await house.call("GET", "/healthz") == (200, {"status": "ok", "checks": {}})


async def test_with_everything_there_calls_may_be_sent(house: House) -> None:
    checks = dict.fromkeys(("database", "live", "redis", "bus", "queue"), "ok")
    assert await house.call("GET", "/readyz") == (200, {"status": "ok", "checks": checks})


async def test_without_redis_calls_may_still_be_sent(demo_url: str, redis_server: Server) -> None:
    settings = Settings(database_url=demo_url, redis_url=redis_server.url, singr_env="test")
    async with opened(settings) as house:
        await asyncio.to_thread(redis_server.stop)
        status, health = await house.call("GET", "/readyz")
        assert (status, health["status"], health["checks"]["database"]) == (200, "ok", "ok")
        assert (health["checks"]["redis"], health["checks"]["queue"]) == ("degraded", "degraded")
        assert (await house.call("GET", "/healthz"))[0] == 200
        await asyncio.to_thread(redis_server.start)


async def test_without_the_database_none_may_and_the_process_stays_alive(
    settings: Settings, postgres_url: str, heard: Heard
) -> None:
    async with opened(settings) as house:
        name = settings.database_url.rpartition("/")[2]
        link = await asyncpg.connect(postgres_url, timeout=10)
        try:
            await link.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            await link.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
            async with house.client.get("/readyz") as answer:
                assert answer.status == 503
                assert (await answer.json())["checks"]["database"] == "down"
                assert answer.headers["Cache-Control"] == "no-store"
            assert (await house.call("GET", "/healthz"))[0] == 200
            status, problem = await house.call("GET", "/v1/public/venues/test-karaoke-bar")
            assert (status, problem["type"].rpartition("/")[2]) == (503, "upstream-unavailable")
            why = next(line for line in map(json.loads, heard.lines) if line["message"] == "call not answered")
            assert why["detail"] == problem["detail"]
            assert why["cause"] == "ObjectNotInPrerequisiteStateError"
        finally:
            await link.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
            await link.close(timeout=10)
        assert (await house.call("GET", "/readyz"))[0] == 200


async def test_metrics_tell_of_routes_and_never_of_what_was_in_them(house: House) -> None:
    await house.call("GET", "/v1/public/venues/test-karaoke-bar")
    await house.call("GET", "/v1/nothing/like/it")
    async with house.client.get("/metrics") as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("text/plain; version=")
        told = await answer.text()
    assert 'singr_calls_total{method="GET",route="/v1/public/venues/{url_name}",status="200"}' in told
    assert "test-karaoke-bar" not in told
    assert "nothing/like" not in told


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (BEARER, 200),
        ({}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": "of-the-monitor"}, 401),
        ({"Authorization": "Basic of-the-monitor"}, 401),
    ],
)
async def test_metrics_with_a_token_are_for_who_has_it(
    headers: dict[str, str], status: int, settings: Settings
) -> None:
    guarded = replace(settings, metrics_token="of-the-monitor")
    async with opened(guarded) as house, house.client.get("/metrics", headers=headers) as answer:
        assert answer.status == status
