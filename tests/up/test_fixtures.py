"""The test services themselves: databases apart from each other, servers that can be treated badly."""

from __future__ import annotations

import asyncpg
import pytest
from redis import ConnectionError as RedisConnectionError
from redis import Redis
from redis import TimeoutError as RedisTimeoutError

from tests.services import Server


async def _tables(url: str) -> int:
    connection = await asyncpg.connect(url, timeout=10)
    try:
        count: int = await connection.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        return count
    finally:
        await connection.close(timeout=10)


async def test_a_migrated_database_has_tables_and_an_empty_one_none(database_url: str, empty_database: str) -> None:
    assert await _tables(database_url) > 10
    assert await _tables(empty_database) == 0


@pytest.mark.parametrize("name", ["first", "second"])
async def test_no_test_sees_what_another_wrote(database_url: str, name: str) -> None:
    connection = await asyncpg.connect(database_url, timeout=10)
    try:
        await connection.execute("CREATE TABLE once (n int)")
    finally:
        await connection.close(timeout=10)


@pytest.mark.parametrize("name", ["first", "second"])
def test_redis_is_empty_at_the_start_of_each_test(redis_url: str, name: str) -> None:
    with Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("key", name)


def test_a_stopped_redis_comes_back_on_the_same_port_with_its_data(redis_server: Server) -> None:
    url = redis_server.url
    with Redis.from_url(url) as client:
        client.set("key", "kept")
    redis_server.stop()
    with Redis.from_url(url) as client, pytest.raises(RedisConnectionError):
        client.ping()
    redis_server.start()
    with Redis.from_url(url) as client:
        assert client.get("key") == b"kept"


def test_a_paused_redis_says_nothing_until_it_is_resumed(redis_server: Server) -> None:
    with Redis.from_url(redis_server.url, socket_timeout=0.2) as client:
        assert client.ping()
        redis_server.pause()
        with pytest.raises(RedisTimeoutError):
            client.ping()
        redis_server.resume()
        client.connection_pool.disconnect()
        assert client.ping()


async def test_a_killed_postgres_starts_again_with_its_data(postgres_server: Server) -> None:
    connection = await asyncpg.connect(postgres_server.url, timeout=10)
    await connection.execute("CREATE TABLE kept (n int)")
    postgres_server.kill()
    connection.terminate()
    postgres_server.start()
    assert await _tables(postgres_server.url) == 1
