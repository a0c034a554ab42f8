"""Private servers with the large data set, and the product served on them: in processes of their own."""

from __future__ import annotations

import asyncio
import secrets
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bench import linux
from bench.data.filling import Size, fill
from singr import schema
from singr.up import account, machine, provision
from singr.up.child import Child
from singr.up.ports import free_port
from singr.up.postgres import Postgres
from tests import services

ROOT = Path(__file__).parents[1]
# Without fsync: what is measured is the product, not the disk. The reference writes to the same database.
POSTGRES = {
    "fsync": "off",
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "maintenance_work_mem": "256MB",
    "shared_preload_libraries": "pg_stat_statements",
}
START_TIMEOUT_S = 60


@dataclass(slots=True)
class House:
    """`env` is what the product is started with; `size` what its database holds, `database` PostgreSQL's process."""

    home: Path
    size: Size
    env: dict[str, str]
    url: str = ""
    pid: int = 0
    database: int = 0
    took_s: dict[str, float] = field(default_factory=dict)


@contextmanager
def filled(scale: float) -> Iterator[House]:
    """PostgreSQL and Redis with the data set at `scale`, and nobody who serves it yet."""
    provision.ensure(postgres=True, redis=True)
    with services.temporary_home() as home, services.private_redis() as redis:
        postgres = Postgres(machine.postgres_programs(), home, services.PASSWORD, account.unprivileged(), POSTGRES)
        with postgres.running():
            size = Size.of(scale)
            schema.upgrade(postgres.url)
            with ThreadPoolExecutor(1) as beside:  # the caller may have a loop of its own
                took_s = beside.submit(asyncio.run, fill(postgres.url, size)).result()
            env = {
                "DATABASE_URL": postgres.url,
                "REDIS_URL": redis.url,
                "SINGR_ENV": "test",
                "TRUSTED_PROXIES": "127.0.0.0/8",
            }
            process = postgres.child.process if postgres.child else None
            yield House(home, size, env, database=process.pid if process else 0, took_s=took_s)


@contextmanager
def serving(house: House, *, port: int = 0, extra: Mapping[str, str] | None = None) -> Iterator[House]:
    """The product in one process, API and workers; `house.url` and `house.pid` while it runs. At a `port` where another
    one listens, the two share the calls."""
    given = {"HOST": "127.0.0.1", "REUSE_PORT": "true", "PYTHONPATH": str(ROOT), **(extra or {})}
    port = port or free_port()
    url, log = f"http://127.0.0.1:{port}", house.home / f"serve-{secrets.token_hex(4)}.log"
    env = {**house.env, "PORT": str(port), **given}
    with running([sys.executable, "-m", "singr", "serve"], env, log) as child:
        house.url, house.pid = url, child.process.pid if child.process else 0
        child.wait_until(lambda: linux.listens(house.pid, port) and answers(f"{url}/readyz"), timeout_s=START_TIMEOUT_S)
        yield house


@contextmanager
def running(command: list[str], env: Mapping[str, str], log: Path, directory: Path = ROOT) -> Iterator[Child]:
    """A server of ours in its own process; it ends with us, however we end."""
    given = [f"{name}={value}" for name, value in env.items()]
    child = Child(["/usr/bin/env", *given, *command], log, None, (signal.SIGTERM,), directory)
    child.spawn()
    try:
        yield child
    finally:
        child.stop()


def answers(url: str) -> bool:
    with suppress(urllib.error.URLError, OSError), urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310
        return bool(answer.status == 200)
    return False
