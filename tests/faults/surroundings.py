"""What a city stands in: one Redis, or a cluster of three; its database at hand, or behind a pooler."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

from tests import clusters, poolers, services
from tests.poolers import Pooler
from tests.services import Server


@dataclass(frozen=True)
class Around:
    """How processes reach their database and what else they are `told`. `redis` (of a cluster, one master), `postgres`
    and `pooler` are there to be taken away."""

    database_url: str
    redis: Server
    postgres: Server | None = None
    pooler: Pooler | None = None
    told: Mapping[str, str] = field(default_factory=dict)


Surroundings = Callable[[str, Server | None], AbstractContextManager[Around]]
"""Around a database, by its URL, and its server where that is ours to take away."""


@contextmanager
def plain(database_url: str, postgres: Server | None = None) -> Iterator[Around]:
    with services.private_redis() as redis:
        yield Around(database_url, redis, postgres)


@contextmanager
def on_a_cluster(database_url: str, postgres: Server | None = None) -> Iterator[Around]:
    """Jobs wait in a Redis of their own."""
    with clusters.cluster() as cluster, services.private_redis() as jobs:
        told = {"REDIS_URL": cluster.url, "QUEUE_REDIS_URL": jobs.url}
        yield Around(database_url, cluster.servers[1], postgres, told=told)


@contextmanager
def behind_a_pooler(database_url: str, postgres: Server | None = None) -> Iterator[Around]:
    with services.private_redis() as redis, poolers.pgbouncer(database_url) as pooler:
        yield Around(pooler.url, redis, postgres, pooler, told={"DATABASE_POOLER": "transaction"})
