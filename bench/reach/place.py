"""Servers of ours on one port, on private PostgreSQL and Redis with venues to watch, and what each of them holds."""

from __future__ import annotations

import asyncio
import random
import resource
import secrets
import signal
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import asyncpg
import uvloop

from bench import linux
from bench.figures import Figure
from bench.house import answers, running
from bench.reach import receivers
from bench.reference.load import cpu_s
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


class Written(NamedTuple):
    """A request and the version that it made. The times are Unix seconds; `stored_at` is the database's, at the
    beginning of the transaction."""

    venue: str
    version: int
    asked_at: float
    stored_at: float
    answered_at: float

    @property
    def took_ms(self) -> float:
        return (self.answered_at - self.asked_at) * 1000


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
        return sum(map(linux.memory, self.pids))

    @property
    def descriptors(self) -> int:
        return sum(len(linux.files(pid)) for pid in self.pids)

    @property
    def unsent(self) -> int:
        """Bytes that the kernel holds for clients who have not taken them yet."""
        return linux.unsent(self.port)

    @property
    def cpu_s(self) -> float:
        """CPU that all servers have used so far."""
        return sum(map(cpu_s, self.pids))

    @property
    def pids(self) -> list[int]:
        return [server.process.pid for server in self.servers if server.process]

    def listens(self, server: Child) -> bool:
        """This one, not just any at the port."""
        return server.process is not None and linux.listens(server.process.pid, self.port)

    async def counted(self, session: aiohttp.ClientSession, *series: str) -> list[float]:
        """What the metrics say: for each, the sum of all series that begin so. Of one server."""
        async with session.get(f"{self.url}/metrics") as answer:
            lines = (await answer.text()).splitlines()
        return [sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(begin)) for begin in series]

    async def restart(self, servers: list[Child], end_with: signal.Signals) -> float:
        """End them so, and start them again at once; how many seconds until they took calls."""
        began = time.monotonic()
        for server in servers:
            if server.process:
                server.process.send_signal(end_with)
        await until(lambda: not any(server.running for server in servers), STARTS_S)
        for server in servers:
            server.spawn()
        await until(lambda: all(map(self.listens, servers)), STARTS_S)
        return time.monotonic() - began

    async def ask(
        self, session: aiohttp.ClientSession, venues: int = VENUES_WATCHED, words: str = "", venue: str = ""
    ) -> Written:
        """A request at one of so many venues, or at a certain one; `words` make it longer."""
        venue = venue or f"venue-{random.randint(1, venues)}"  # noqa: S311
        title, asked_at = secrets.token_hex(8), time.time()
        body = {"singerName": "Ann", "artist": f"{venue} {words}".strip(), "title": f"{title} {words}".strip()}
        headers = device(title) | {"X-Forwarded-For": somewhere()}
        async with session.post(f"{self.url}/v1/public/venues/{venue}/requests", json=body, headers=headers) as answer:
            answer.raise_for_status()
            receipt = await answer.json()
        stored_at = datetime.fromisoformat(receipt["requestedAt"]).timestamp()
        return Written(venue, int(receipt["version"]), asked_at, stored_at, time.time())


async def alone(processes: int, measured: Callable[[Place], Coroutine[Any, Any, list[Figure]]]) -> list[Figure]:
    """What is measured at a place of its own."""

    def run() -> list[Figure]:
        with opened(processes) as here:
            return uvloop.run(measured(here))

    return await asyncio.to_thread(run)


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
        here = Place(port, servers, program)
        for server in servers:
            server.wait_until(partial(here.listens, server), timeout_s=STARTS_S)
        servers[0].wait_until(lambda: answers(f"{here.url}/readyz"), timeout_s=STARTS_S)
        yield here


async def until(true: Callable[[], bool], within_s: float) -> None:
    """Until it is true, or the time is up: what is missing is then counted."""
    deadline = time.monotonic() + within_s
    while not true() and time.monotonic() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(0.05)


async def complete(crowd: receivers.Receivers, watchers: int, within_s: float) -> None:
    """Until all have come or were lost."""
    await until(lambda: crowd.count("connected") + crowd.count("lost") >= watchers, within_s)


async def arrivals(crowd: receivers.Receivers, written: list[Written]) -> tuple[int, list[float]]:
    """How many never reached everybody, and how many milliseconds the others took."""
    await until(lambda: all(crowd.arrived_at(one.venue, one.version) for one in written), CONVERGES_S)
    found = [(one.asked_at, crowd.arrived_at(one.venue, one.version)) for one in written]
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
