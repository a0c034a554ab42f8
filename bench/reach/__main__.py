"""`make reach`: fill one machine with watchers, change things, and see when everybody knows.

`REACH` is how many watchers (50,000), `REACH_PROCESSES` how many servers share the port (4).
"""

from __future__ import annotations

import asyncio
import os
import random
import resource
import secrets
import sys
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import quantiles

import aiohttp
import asyncpg
import uvloop

from bench.house import answers, running
from bench.reach import receivers
from bench.reach.receivers import Receivers
from singr.up.child import Child
from singr.up.packages import Missing
from singr.up.ports import free_port
from tests import databases, services
from tests.faults.city import SECRET
from tests.faults.database import VENUES
from tests.faults.watchers import device
from tests.faults.writers import somewhere
from tests.house import seed

VENUES_WATCHED, WRITES, BURST = 50, 100, 200
STARTS_S, CONNECTS_S, CONVERGES_S = 60, 600, 60
OWN = 1000
"""Descriptors that a receiver or a server keeps for itself."""


async def run(home: Path, database_url: str, redis_url: str) -> None:
    watchers, processes = int(os.environ.get("REACH", "50000")), int(os.environ.get("REACH_PROCESSES", "4"))
    most_each, port = resource.getrlimit(resource.RLIMIT_NOFILE)[1] - OWN, free_port()
    async with AsyncExitStack() as stack:
        program = await asyncio.to_thread(receivers.build, home)
        await _prepare(database_url)
        servers = []
        for number in range(processes):
            env = _environment(database_url, redis_url, port, workers=not number)
            command = [sys.executable, "-m", "singr", "serve"]
            servers.append(stack.enter_context(running(command, env, home / f"server-{number}.log")))
        for server in servers:
            await asyncio.to_thread(_ready, server, f"http://127.0.0.1:{port}/readyz")
        say("server processes, watchers", f"{processes}, {watchers:,}")
        before = sum(map(_resident, servers))
        started = time.monotonic()
        crowd = await stack.enter_async_context(
            receivers.opened(program, port, watchers=watchers, venues=VENUES_WATCHED, most_each=most_each)
        )
        await _until(lambda: crowd.count("connected") + crowd.count("lost") >= watchers, CONNECTS_S)
        took_s = time.monotonic() - started
        say("connected, lost, in", f"{crowd.count('connected'):,}, {crowd.count('lost'):,}, {took_s:.0f} s")
        await asyncio.sleep(5)
        grown = sum(map(_resident, servers)) - before
        say("server memory a watcher", f"{grown / watchers / 1024:.2f} KiB")
        session = await stack.enter_async_context(aiohttp.ClientSession())
        await _write_one_by_one(session, port, crowd)
        await _write_at_once(session, port, crowd)
        say("lost at the end", f"{crowd.count('lost'):,}")


async def _write_one_by_one(session: aiohttp.ClientSession, port: int, crowd: Receivers) -> None:
    """Ten writes a second: how long until all watchers of the venue have each."""
    written = []
    for _ in range(WRITES):
        asked_at = time.time()
        written.append((asked_at, *await _ask(session, port)))
        await asyncio.sleep(max(0.0, asked_at + 0.1 - time.time()))
    missing, took_ms = await _arrivals(crowd, written)
    cuts = quantiles(took_ms, n=100)
    say("write to its last watcher", f"p50 {cuts[49]:.0f} ms, p99 {cuts[98]:.0f} ms; {missing} never arrived")


async def _write_at_once(session: aiohttp.ClientSession, port: int, crowd: Receivers) -> None:
    """As quickly as the servers take them: what a second of theirs delivers. Coalescing makes it fewer messages."""
    before, asked_at = crowd.count("deltas"), time.time()
    answered = await asyncio.gather(*(_ask(session, port) for _ in range(BURST)))
    newest: dict[str, int] = {}
    for venue, version in answered:
        newest[venue] = max(newest.get(venue, 0), version)
    missing, took_ms = await _arrivals(crowd, [(asked_at, *last) for last in newest.items()])
    await asyncio.sleep(1.5)  # the receivers count once a second
    delivered, all_s = crowd.count("deltas") - before, max(took_ms) / 1000
    say(
        "a burst of writes",
        f"{BURST} in {len(newest)} venues, all converged after {all_s:.2f} s; {missing} never arrived",
    )
    say("deliveries", f"{delivered:,}, {delivered / all_s:,.0f} a second")


async def _arrivals(crowd: Receivers, written: list[tuple[float, str, int]]) -> tuple[int, list[float]]:
    """How many never reached everybody, and how many milliseconds the others took."""
    await _until(lambda: all(crowd.arrived_at(venue, version) for _, venue, version in written), CONVERGES_S)
    found = [(asked_at, crowd.arrived_at(venue, version)) for asked_at, venue, version in written]
    took_ms = [(at - asked_at) * 1000 for asked_at, at in found if at is not None]
    return len(found) - len(took_ms), took_ms


async def _ask(session: aiohttp.ClientSession, port: int) -> tuple[str, int]:
    """A request at some venue: its name, and the version that it made."""
    venue, title = f"venue-{random.randint(1, VENUES_WATCHED)}", secrets.token_hex(8)  # noqa: S311
    body = {"singerName": "Ann", "artist": venue, "title": title}
    headers = device(title) | {"X-Forwarded-For": somewhere()}
    address = f"http://127.0.0.1:{port}/v1/public/venues/{venue}/requests"
    async with session.post(address, json=body, headers=headers) as answer:
        answer.raise_for_status()
        return venue, int((await answer.json())["version"])


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


def _ready(server: Child, url: str) -> None:
    server.wait_until(lambda: answers(url), timeout_s=STARTS_S)


def _resident(server: Child) -> int:
    """Bytes of memory a server holds."""
    pid = server.process.pid if server.process else 0
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize()


async def _until(true: Callable[[], bool], within_s: float) -> None:
    """Until it is true, or the time is up: what is missing is then counted."""
    deadline = time.monotonic() + within_s
    while not true() and time.monotonic() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(0.05)


def say(what: str, figure: str) -> None:
    print(f"{what:<28}{figure}", flush=True)


def main() -> int:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    try:
        with (
            services.private_postgres() as postgres,
            services.private_redis() as redis,
            services.temporary_home() as home,
        ):
            template = databases.make_template(postgres.url, "demo", fill=seed)
            with databases.copied(postgres.url, template) as url:
                uvloop.run(run(home, url, redis.url))
    except Missing as exc:
        sys.stderr.write(f"{exc}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
