"""Redis: one client a process, with time limits on everything and no retries that outlast a caller.

In a cluster, keys that one script or command touches together share a slot by a tag in braces: `{limit}`, `{attempts}`
and `{cache}`, which lie on three masters of a cluster split evenly. All other keys go wherever their slots are.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from redis.asyncio import Redis, RedisCluster
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.connection import parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from singr.core.errors import UpstreamUnavailable
from singr.infra import nodes
from singr.infra.link import Link

CONNECT_TIMEOUT_S = 1.0
ANSWER_TIMEOUT_S = 1.0

# A cluster's client has no pool to wait in: beyond so many at once to one master it says that it is away.
CLUSTER_CONNECTIONS_MAX = 1000

AWAY = (RedisError, OSError, TimeoutError)


@contextmanager
def reachable() -> Iterator[None]:
    """For callers that cannot go on without Redis: turns its absence into a 503."""
    try:
        yield
    except AWAY as exc:
        raise UpstreamUnavailable("a service we need is away", retry_after_s=2) from exc


Client = Redis | RedisCluster


LIMITS: dict[str, Any] = {
    "socket_connect_timeout": CONNECT_TIMEOUT_S,
    "socket_timeout": ANSWER_TIMEOUT_S,
    "health_check_interval": 0,
}


class Linked(Redis):
    """redis-py's client whose commands share one connection (`infra.link`). Not for commands that block; pipelines
    are lent connections of the pool, as ever."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        limit_s = self.connection_pool.connection_kwargs.get("socket_timeout") or ANSWER_TIMEOUT_S
        self._link = Link(self.connection_pool, limit_s)

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        name, *rest = args
        answer = await self._link.ask((*name.split(), *rest))
        options.pop("keys", None)  # redis-py's note for a cache of its own
        read = self.response_callbacks.get(name)
        return read(answer, **options) if read else answer

    def post(self, *command: Any) -> asyncio.Future[Any] | None:
        """The answer to come, as hiredis reads it; None where nothing was sent: ask with `execute_command` then."""
        return self._link.post(command)

    async def aclose(self, close_connection_pool: bool | None = None) -> None:
        await self._link.close()
        await super().aclose(close_connection_pool)


def single(url: str, kind: type[Redis] = Redis) -> Redis:
    """A client of one Redis; nothing is dialled until the first command."""
    return kind.from_url(url, retry=Retry(NoBackoff(), 0), **LIMITS)


def cluster(url: str) -> RedisCluster:
    """A client of a cluster, which it learns from the nodes that the URL names."""
    first, *others = nodes.named(url)
    places = map(parse_url, others)
    return RedisCluster.from_url(
        first,
        startup_nodes=[ClusterNode(place["host"], place.get("port", 6379)) for place in places],
        require_full_coverage=False,
        max_connections=CLUSTER_CONNECTIONS_MAX,
        protocol=2,
        retry=Retry(NoBackoff(), 0),
        **LIMITS,
    )


def connect(url: str) -> Client:
    return cluster(url) if nodes.is_cluster(url) else single(url, Linked)


async def answers(client: Client) -> None:
    """Raises one of AWAY unless Redis, or every master of the cluster, answers."""
    if isinstance(client, RedisCluster):
        await client.ping(target_nodes=RedisCluster.PRIMARIES)
    else:
        await client.ping()


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Client]:
    client = connect(url)
    try:
        yield client
    finally:
        await client.aclose()
