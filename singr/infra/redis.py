"""Redis: one client a process, with time limits on everything and no retries that outlast a caller."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from singr.core.errors import UpstreamUnavailable

CONNECT_TIMEOUT_S = 1.0
ANSWER_TIMEOUT_S = 1.0

AWAY = (RedisError, OSError, TimeoutError)


@contextmanager
def reachable() -> Iterator[None]:
    """For callers that cannot go on without Redis: turns its absence into a 503."""
    try:
        yield
    except AWAY as exc:
        raise UpstreamUnavailable("a service we need is away", retry_after_s=2) from exc


def connect(url: str) -> Redis:
    """A client; nothing is dialled until the first command."""
    return Redis.from_url(
        url,
        socket_connect_timeout=CONNECT_TIMEOUT_S,
        socket_timeout=ANSWER_TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
        health_check_interval=0,
    )


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Redis]:
    client = connect(url)
    try:
        yield client
    finally:
        await client.aclose()
