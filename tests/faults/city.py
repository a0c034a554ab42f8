"""The processes of a night: API processes and workers on a database and a Redis, each reached by a wire of its own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp

from singr.up.ports import free_port
from tests.faults.surroundings import Around
from tests.faults.toxiproxy import Toxiproxy

ROOT = Path(__file__).parents[2]
READY_S, STOPS_S = 60, 30
TOKEN_TTL_S = 60
SECRET = "the-fault-tests-own-secret-of-some-length"


class Process:
    """One `singr serve`, doctored (see there). It keeps its port over a restart."""

    def __init__(self, name: str, home: Path, environ: dict[str, str]) -> None:
        self.name, self.port = name, free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self._home, self._orders = home, home / f"{name}.orders"
        self._environ = os.environ | environ | {"PORT": str(self.port), "FAULTS_ORDERS": str(self._orders)}
        self._said: dict[str, Any] = {}
        self.running: asyncio.subprocess.Process | None = None

    def order(self, **what: Any) -> None:
        """From now on: what goes wrong inside."""
        self._said |= what
        fresh = self._orders.with_suffix(".new")
        fresh.write_text(json.dumps(self._said))
        fresh.replace(self._orders)

    async def start(self) -> None:
        with (self._home / f"{self.name}.log").open("ab") as log:
            command = (sys.executable, "-m", "tests.faults.doctored", "serve")
            self.running = await asyncio.create_subprocess_exec(
                *command, cwd=ROOT, env=self._environ, stdout=log, stderr=log
            )

    async def ready(self) -> None:
        """Wait until it takes calls; TimeoutError after a generous while."""
        async with asyncio.timeout(READY_S), aiohttp.ClientSession() as session:
            while True:
                with suppress(aiohttp.ClientError, OSError):
                    async with session.get(f"{self.base}/readyz") as answer:
                        if answer.status == 200:
                            return
                assert self.alive, self.log()
                await asyncio.sleep(0.1)

    @property
    def alive(self) -> bool:
        return self.running is not None and self.running.returncode is None

    def log(self) -> str:
        return (self._home / f"{self.name}.log").read_text(errors="replace")[-3000:]

    def signal(self, number: signal.Signals) -> None:
        if self.running and self.alive:
            self.running.send_signal(number)

    async def gone(self) -> None:
        assert self.running
        async with asyncio.timeout(STOPS_S):
            await self.running.wait()

    async def stop(self) -> None:
        """However it is: it ends."""
        if self.alive:
            self.signal(signal.SIGCONT)
            self.signal(signal.SIGKILL)
            await self.gone()


class City:
    """`apis` and `workers`. Where there is a toxiproxy, the wires of `apis[0]` are named `redis` and `postgres`, and
    `wired` is where it is reached by the wire named `clients`."""

    def __init__(self, apis: list[Process], workers: list[Process], wires: Toxiproxy | None) -> None:
        self.apis, self.workers, self.wires = apis, workers, wires
        self.wired = ""
        self._turn = 0

    def base(self) -> str:
        """The next process, as a load balancer would choose: one that is not running gets nobody."""
        for _ in self.apis:
            self._turn += 1
            chosen = self.apis[self._turn % len(self.apis)]
            if chosen.alive:
                return chosen.base
        return self.apis[0].base

    def order(self, **what: Any) -> None:
        for api in self.apis:
            api.order(**what)


@asynccontextmanager
async def opened(
    home: Path,
    around: Around,
    *,
    apis: int = 3,
    workers: int = 1,
    wires: Toxiproxy | None = None,
    without: str = "",
) -> AsyncIterator[City]:
    """A running city; `without` names what is missing in every API process."""
    common = {
        "DATABASE_URL": around.database_url,
        "REDIS_URL": around.redis.url,
        "AUTH_SECRET": SECRET,
        "ACCESS_TOKEN_TTL_S": str(TOKEN_TTL_S),
        "TRUSTED_PROXIES": "127.0.0.0/8",
        "HOST": "127.0.0.1",
        "LOG_LEVEL": "warning",
        "FAULTS_WITHOUT": without,
        # Else glibc keeps for each thread the 19 MiB of its last password, and who leaks could hide behind that.
        "MALLOC_MMAP_THRESHOLD_": "1000000",
        **around.told,
    }
    started = []
    for number in range(apis):
        wired = common | {"RUN_WORKERS": "false"}
        if wires and not number:
            wired["DATABASE_URL"] = await wires.through("postgres", around.database_url)
            wired["REDIS_URL"] = await wires.through("redis", around.redis.url)
        started.append(Process(f"api-{number + 1}", home, wired))
    working = common | {"RUN_API": "false", "FAULTS_WITHOUT": ""}
    helping = [Process(f"worker-{number + 1}", home, working) for number in range(workers)]
    try:
        await asyncio.gather(*(process.start() for process in (*started, *helping)))
        await asyncio.gather(*(api.ready() for api in started))
        city = City(started, helping, wires)
        if wires:
            city.wired = await wires.through("clients", started[0].base)
        yield city
    finally:
        await asyncio.gather(*(process.stop() for process in (*started, *helping)))
