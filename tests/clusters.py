"""A Redis Cluster of three masters without replicas, as processes of its own: each can be paused and killed."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import redis
from redis.cluster import RedisCluster
from redis.crc import key_slot
from yarl import URL

from singr.up import account, machine, provision
from singr.up.packages import Missing
from singr.up.ports import free_port
from singr.up.redis import Redis
from tests import services
from tests.services import PASSWORD, Server

MASTERS = 3
MADE_S = 60
# A master that is away makes the cluster say so after five seconds; the slots of the others go on.
SETTINGS = {
    "appendfsync": "no",
    "cluster-enabled": "yes",
    "cluster-node-timeout": "5000",
    "cluster-require-full-coverage": "no",
}


@dataclass(frozen=True)
class Cluster:
    """`url` is what `REDIS_URL` says; `servers` are its masters, the first slots first."""

    url: str
    servers: list[Server]

    def owner(self, key: str) -> Server:
        """Whose slot that key or channel is in: `redis-cli` gives each master a third."""
        return self.servers[key_slot(key.encode()) * MASTERS // 16384]

    def client(self) -> RedisCluster:
        return RedisCluster.from_url(self.servers[0].url, socket_timeout=5)


@contextmanager
def cluster() -> Iterator[Cluster]:
    """The cluster, complete and empty."""
    provision.ensure(redis=True)
    program = machine.redis_program()
    if program is None:
        raise Missing(provision.REDIS)
    with ExitStack() as until:
        home = until.enter_context(services.temporary_home())
        servers = [until.enter_context(_master(program, home / f"master-{n}")) for n in range(MASTERS)]
        places = [f"127.0.0.1:{URL(server.url).port}" for server in servers]
        _join(program, places)
        _wait_until_open(servers)
        yield Cluster(f"redis+cluster://:{PASSWORD}@{','.join(places[:2])}", servers)


@contextmanager
def _master(program: Path, home: Path) -> Iterator[Server]:
    home.mkdir(mode=0o711)
    settings = SETTINGS | {"cluster-port": str(free_port())}
    server = Redis(program, home, PASSWORD, account.unprivileged(), settings)
    with server.running():
        yield from services.resumed(Server(server))


def _join(program: Path, places: list[str]) -> None:
    """As an operator does; returns once all masters agree on who holds what."""
    ask = program.with_name(program.name.replace("server", "cli"))
    command = [str(ask), "--cluster", "create", *places, "--cluster-replicas", "0", "--cluster-yes"]
    subprocess.run(
        command, env=os.environ | {"REDISCLI_AUTH": PASSWORD}, check=True, capture_output=True, timeout=MADE_S
    )


def _wait_until_open(servers: list[Server]) -> None:
    """A master goes on refusing what it holds for a moment after all agree."""
    deadline = time.monotonic() + MADE_S
    for server in servers:
        with redis.Redis.from_url(server.url, socket_timeout=5) as client:
            while client.cluster("info")["cluster_state"] != "ok":
                if time.monotonic() > deadline:
                    raise TimeoutError("a master of the cluster stays closed")
                time.sleep(0.05)
