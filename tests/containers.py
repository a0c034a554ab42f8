"""PostgreSQL and Redis in containers, for machines whose Docker engine answers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import asyncpg
from redis import Redis, RedisError
from testcontainers.core.container import DockerContainer

from singr.up.docker import POSTGRES_IMAGE, REDIS_IMAGE

PASSWORD = "tests-only"
READY_TIMEOUT_S = 120


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL with PostGIS, as its superuser."""
    container = DockerContainer(POSTGRES_IMAGE).with_env("POSTGRES_PASSWORD", PASSWORD).with_exposed_ports(5432)
    with container:
        host, port = container.get_container_host_ip(), container.get_exposed_port(5432)
        url = f"postgresql://postgres:{PASSWORD}@{host}:{port}/postgres"
        _wait(lambda: _postgres_answers(url))
        yield url


@contextmanager
def redis() -> Iterator[str]:
    """The URL of a Redis."""
    container = DockerContainer(REDIS_IMAGE).with_exposed_ports(6379)
    with container:
        url = f"redis://{container.get_container_host_ip()}:{container.get_exposed_port(6379)}/0"
        _wait(lambda: _redis_answers(url))
        yield url


def _wait(answers: Callable[[], bool]) -> None:
    deadline = time.monotonic() + READY_TIMEOUT_S
    while not answers():
        if time.monotonic() > deadline:
            raise TimeoutError("a test container did not get ready")
        time.sleep(0.2)


def _postgres_answers(url: str) -> bool:
    async def ask() -> None:
        connection = await asyncpg.connect(url, timeout=5)
        await connection.close(timeout=5)

    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        try:
            runner.run(ask())
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return False
    return True


def _redis_answers(url: str) -> bool:
    with Redis.from_url(url, socket_timeout=5) as client:
        try:
            return bool(client.ping())
        except RedisError:
            return False
