"""Where a Redis Cluster keeps what: its masters, and the slots of each.

`REDIS_URL` names some of its nodes (`redis+cluster://:password@one:6379,two:6379`, `rediss+cluster://` with TLS); the
others are found by asking. A single Redis is one node that has everything.
"""

from __future__ import annotations

import itertools
import random
from bisect import bisect_right
from collections.abc import Iterable
from typing import Any, NamedTuple

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.crc import key_slot
from redis.exceptions import ConnectionError as Unreachable

MARK = "+cluster"
ASK_S = 1.0

Node = str
"""A node's own URL."""


def is_cluster(url: str) -> bool:
    return url.partition("://")[0].endswith(MARK)


class Address(NamedTuple):
    """A cluster's URL in parts: `before` and `after` each node's `host:port` stands what all nodes share."""

    before: str
    nodes: list[str]
    after: str

    @classmethod
    def read(cls, url: str) -> Address:
        """Raises ValueError when the URL names no node, or a numbered database: a cluster has none."""
        scheme, _, rest = url.partition("://")
        account, at, place = rest.rpartition("@")
        hosts, mark, query = place.partition("?")
        nodes = [host.strip() for host in hosts.removesuffix("/").split(",")]
        if not all(nodes) or "/" in hosts.removesuffix("/"):
            raise ValueError("redis+cluster://[[user]:password@]host:port[,host:port …]")
        return cls(f"{scheme.removesuffix(MARK)}://{account}{at}", nodes, mark + query)

    def of(self, node: str) -> Node:
        return f"{self.before}{node}{self.after}"


class Alone:
    """A single Redis: it owns every channel."""

    def __init__(self, url: str) -> None:
        self.masters: list[Node] = [url]

    async def look(self) -> None:
        """There is nothing to find out."""

    def owner(self, _name: bytes) -> Node | None:
        return self.masters[0]

    def name_at(self, _node: Node, prefix: str) -> bytes:
        return prefix.encode()


class Cluster:
    """The masters and their slots, as a node told when last asked."""

    def __init__(self, url: str) -> None:
        self._address = Address.read(url)
        self._named = named(url)
        self.masters: list[Node] = []
        self._starts: list[int] = []
        self._ranges: list[tuple[int, int, Node]] = []

    async def look(self) -> None:
        """Ask one node after the other who has which slots; raises redis-py's ConnectionError when none answers."""
        known = [node for node in self.masters if node not in self._named]
        asked = [*random.sample(self._named, len(self._named)), *random.sample(known, len(known))]
        for node in asked:
            try:
                self._note(await _slots(node), node)
            except (Unreachable, OSError, TimeoutError):
                continue
            if self.masters:
                return
        raise Unreachable("no node of the cluster answers")

    def _note(self, told: Iterable[tuple[int, int, str]], asked: Node) -> None:
        of = self._address.of
        self._ranges = sorted((first, last, of(place) if place else asked) for first, last, place in told)
        self._starts = [first for first, _, _ in self._ranges]
        self.masters = list(dict.fromkeys(node for _, _, node in self._ranges))

    def owner(self, name: bytes) -> Node | None:
        """Whose slot that channel or key is in; None while nobody has it."""
        slot = key_slot(name)
        place = bisect_right(self._starts, slot) - 1
        if place < 0 or slot > self._ranges[place][1]:
            return None
        return self._ranges[place][2]

    def name_at(self, node: Node, prefix: str) -> bytes:
        """A name that begins with `prefix` and that this master owns."""
        names = (f"{prefix}:{number}".encode() for number in itertools.count())
        return next(name for name in names if self.owner(name) == node)


def named(url: str) -> list[Node]:
    """The nodes that a cluster's URL names; raises ValueError."""
    address = Address.read(url)
    return [address.of(node) for node in address.nodes]


def nodes(url: str) -> Alone | Cluster:
    return Cluster(url) if is_cluster(url) else Alone(url)


async def _slots(node: Node) -> list[tuple[int, int, str]]:
    """First slot, last slot and master of each range; an empty master is the node itself, which knows no name of its
    own."""
    limits: dict[str, Any] = {"socket_timeout": ASK_S, "socket_connect_timeout": ASK_S}
    async with Redis.from_url(node, protocol=2, retry=Retry(NoBackoff(), 0), **limits) as client:
        ranges: list[Any] = await client.execute_command("CLUSTER", "SLOTS")  # type: ignore[no-untyped-call]
    return [(first, last, _place(*master[:2])) for first, last, master, *_ in ranges]


def _place(host: bytes, port: int) -> str:
    name = host.decode()
    if not name:
        return ""
    return f"[{name}]:{port}" if ":" in name else f"{name}:{port}"
