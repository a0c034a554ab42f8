"""Servers of ours on one port, on private PostgreSQL and Redis with venues to watch, and what each of them holds."""

from __future__ import annotations

import asyncio
import os
import random
import resource
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import asyncpg

from bench.house import answers, running
from bench.reach import receivers
from singr.up.child import Child
from singr.up.ports import free_port
from tests import databases, services
from tests.faults.city import SECRET
from tests.faults.database import VENUES
from tests.faults.watchers import device
from tests.faults.writers import somewhere
from tests.house import seed

VENUES_WATCHED = 50
STARTS_S, CONVERGES_S = 60, 60


@dataclass(frozen=True)
class Place:
    """`servers` share `port`; `program` is the receivers'."""

    port: int
    servers: list[Child]
    program: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def memory(self) -> int:
        """Bytes that all servers hold."""
        pages = (int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in self._pids)
        return sum(pages) * resource.getpagesize()

    @property
    def descriptors(self) -> int:
        return sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in self._pids)

    @property
    def _pids(self) -> list[int]:
        return [server.process.pid for server in self.servers if server.process]

    async def ask(self, session: aiohttp.ClientSession) -> tuple[str, int]:
        """A request at some venue: its name, and the version that it made."""
        venue, title = f"venue-{random.randint(1, VENUES_WATCHED)}", secrets.token_hex(8)  # noqa: S311
        body = {"singerName": "Ann", "artist": venue, "title": title}
        headers = device(title) | {"X-Forwarded-For": somewhere()}
        async with session.post(f"{self.url}/v1/public/venues/{venue}/requests", json=body, headers=headers) as answer:
            answer.raise_for_status()
            return venue, int((await answer.json())["version"])


@contextmanager
def opened(processes: int) -> Iterator[Place]:
    """The servers, ready; raises Missing without Go."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with ExitStack() as until:
        postgres = until.enter_context(services.private_postgres()).url
        redis = until.enter_context(services.private_redis()).url
        template = databases.make_template(postgres, "demo", fill=seed)
        database = until.enter_context(databases.copied(postgres, template))
        yield until.enter_context(served(processes, database, redis))


@contextmanager
def served(processes: int, database: str, redis: str) -> Iterator[Place]:
    """The same on servers that are there, whose database holds the demo."""
    with ExitStack() as until:
        home = until.enter_context(services.temporary_home())
        program, port = receivers.build(home), free_port()
        asyncio.run(_prepare(database))
        servers = []
        for number in range(processes):
            env = _environment(database, redis, port, workers=not number)
            command = [sys.executable, "-m", "singr", "serve"]
            servers.append(until.enter_context(running(command, env, home / f"server-{number}.log")))
        for server in servers:
            server.wait_until(lambda: answers(f"http://127.0.0.1:{port}/readyz"), timeout_s=STARTS_S)
        yield Place(port, servers, program)


async def until(true: Callable[[], bool], within_s: float) -> None:
    """Until it is true, or the time is up: what is missing is then counted."""
    deadline = time.monotonic() + within_s
    while not true() and time.monotonic() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(0.05)


async def arrivals(crowd: receivers.Receivers, written: list[tuple[float, str, int]]) -> tuple[int, list[float]]:
    """How many never reached everybody, and how many milliseconds the others took."""
    await until(lambda: all(crowd.arrived_at(venue, version) for _, venue, version in written), CONVERGES_S)
    found = [(asked_at, crowd.arrived_at(venue, version)) for asked_at, venue, version in written]
    took_ms = [(at - asked_at) * 1000 for asked_at, at in found if at is not None]
    return len(found) - len(took_ms), took_ms


async def _prepare(database_url: str) -> None:
    link = await asyncpg.connect(database_url)
    await link.execute("SELECT set_config('app.actor', 'bench', false)")
    await link.fetch(VENUES, VENUES_WATCHED)
    await link.close()


def _environment(database_url: str, redis_url: str, port: int, *, workers: bool) -> dict[str, str]:
    return {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "REUSE_PORT": "true",
        "RUN_WORKERS": str(workers).lower(),
        "AUTH_SECRET": SECRET,
        "TRUSTED_PROXIES": "127.0.0.0/8",
        "LOG_LEVEL": "warning",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
