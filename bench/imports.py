"""A KJ's file becomes a song book: time and memory of `singr songs import`, beside a bare COPY into the same table."""

from __future__ import annotations

import asyncio
import io
import os
import subprocess
import sys
import time
from pathlib import Path

import asyncpg

from bench.figures import Figure
from bench.search.catalogue import book
from tests import services

ROUNDS = 5
FEW, MANY = 10_000, 100_000


async def run() -> list[Figure]:
    with services.private_postgres() as postgres, services.private_redis() as redis, services.temporary_home() as home:
        env = os.environ | {"DATABASE_URL": postgres.url, "REDIS_URL": redis.url, "LOG_LEVEL": "error"}
        for command in (["migrate"], ["seed", "--demo"]):
            await asyncio.to_thread(_singr, env, *command)
        link = await asyncpg.connect(postgres.url, timeout=10)
        try:
            return await _measured(link, env, home)
        finally:
            await link.close(timeout=10)


async def _measured(link: asyncpg.Connection, env: dict[str, str], home: Path) -> list[Figure]:
    few, many = _file(home, FEW), _file(home, MANY)
    seconds: list[tuple[float, float]] = []
    memory: list[tuple[float, float]] = []
    for _ in range(ROUNDS):
        await _empty(link)
        _, small = await asyncio.to_thread(_import, env, few)
        await _empty(link)
        took_s, large = await asyncio.to_thread(_import, env, many)
        seconds.append((took_s, await _copied(link)))
        memory.append((large, small))
    return [
        Figure(
            name=f"import of {MANY:,} songs, the program's start included",
            unit="s",
            runs=[ours for ours, _ in seconds],
            reference=[bare for _, bare in seconds],
            reference_name="COPY of the same rows",
            budget="≤ 2 × COPY",
        ),
        Figure(
            name=f"memory at most, {MANY:,} songs",
            unit="MiB",
            runs=[large for large, _ in memory],
            reference=[small for _, small in memory],
            reference_name=f"{FEW:,} songs",
            budget="flat",
        ),
    ]


def _file(home: Path, size: int) -> Path:
    path = home / f"{size}.txt"
    path.write_text("".join(f"{song.artist} - {song.title}\n" for song in book(size)), "utf-8")
    return path


def _import(env: dict[str, str], path: Path) -> tuple[float, float]:
    """Seconds, and the most MiB the process had."""
    began_s = time.perf_counter()
    command = [sys.executable, "-m", "singr", "songs", "import", str(path), "--system", "1", "--on-error", "skip"]
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)  # noqa: S603
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"the import of {path.name} failed")
    return time.perf_counter() - began_s, used.ru_maxrss / 1024


async def _copied(link: asyncpg.Connection) -> float:
    """Seconds that the imported rows need to come back by COPY, audit and indexes as they are."""
    rows = io.BytesIO()
    await link.copy_from_table("songdb", output=rows)
    await _empty(link)
    rows.seek(0)
    began_s = time.perf_counter()
    await link.copy_to_table("songdb", source=rows)
    return time.perf_counter() - began_s


async def _empty(link: asyncpg.Connection) -> None:
    await link.execute("SELECT set_config('app.actor', 'system:bench', false)")
    await link.execute("DELETE FROM songdb")
    await link.execute("VACUUM ANALYZE songdb")


def _singr(env: dict[str, str], *command: str) -> None:
    subprocess.run([sys.executable, "-m", "singr", *command], env=env, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
