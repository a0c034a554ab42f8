"""A real `singr serve` in a process of its own, on private servers, with people who can sign in."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import asyncpg

from singr.identity import passwords
from singr.up.ports import free_port
from tests import services

PASSWORD = "correct-horse-battery"
READY_S = 60
PEOPLE = """
INSERT INTO users (email, password_hash, password_algo)
SELECT 'person' || n || '@example.com', $2, 'argon2id' FROM generate_series(1, $1::int) AS n
"""


@dataclass(frozen=True, slots=True)
class Night:
    """`url` has no trailing slash; `pid` is the server's."""

    url: str
    pid: int

    def memory_mib(self, field: str = "VmRSS") -> float:
        """What the server has in memory (`VmHWM`: had at most since the last `forget_peak`)."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{field}:"))

    def forget_peak(self) -> None:
        """See proc_pid_clear_refs(5)."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")


@asynccontextmanager
async def night(people: int) -> AsyncIterator[Night]:
    """The night with so many people: `person1@example.com` … with `PASSWORD`."""
    with ExitStack() as until:
        database = until.enter_context(services.private_postgres()).url
        cache = until.enter_context(services.private_redis()).url
        port = free_port()
        env = os.environ | {"DATABASE_URL": database, "REDIS_URL": cache, "HOST": "127.0.0.1", "PORT": str(port)}
        env |= {"LOG_LEVEL": "error", "RUN_WORKERS": "false", "TRUSTED_PROXIES": "127.0.0.1"}
        for command in ("migrate", "seed"):
            await asyncio.to_thread(subprocess.run, [sys.executable, "-m", "singr", command], env=env, check=True)
        await _invite(database, people)
        server = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "singr", "serve", env=env, stderr=subprocess.DEVNULL
        )
        try:
            await _ready(f"http://127.0.0.1:{port}")
            yield Night(f"http://127.0.0.1:{port}", server.pid)
        finally:
            server.terminate()
            await server.wait()


def somewhere() -> dict[str, str]:
    """Headers of somebody at an address of their own (RFC 2544's range for measuring)."""
    return {"X-Forwarded-For": f"198.18.{random.randrange(256)}.{random.randrange(256)}"}  # noqa: S311


async def _invite(database: str, people: int) -> None:
    link = await asyncpg.connect(database, timeout=10)
    try:
        await link.execute("SELECT set_config('app.actor', 'system:bench', false)")
        await link.execute(PEOPLE, people, await passwords.hashed(PASSWORD))
    finally:
        await link.close(timeout=10)


async def _ready(url: str) -> None:
    async with aiohttp.ClientSession() as session, asyncio.timeout(READY_S):
        while True:
            try:
                async with session.get(f"{url}/readyz") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)
