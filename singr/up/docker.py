"""PostgreSQL and Redis from images, where no programs are here but a Docker engine answers.

Containers do not end with us when we are killed: the next start removes them by name first. The data is in volumes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from singr.up.child import NotStarted
from singr.up.redis import answers

POSTGRES_IMAGE, REDIS_IMAGE = "postgis/postgis:16-3.4", "redis:7"
ASK_TIMEOUT_S = 15
PULL_TIMEOUT_S = 900
READY_TIMEOUT_S = 120
LOOK_EVERY_S = 0.3
START_REDIS = 'exec redis-server --appendonly yes --requirepass "$REDIS_PASSWORD"'


def answering() -> bool:
    """Whether a Docker engine answers here."""
    return shutil.which("docker") is not None and _docker("info")[0]


@contextmanager
def postgres(password: str) -> Iterator[str]:
    """The URL of a PostgreSQL with PostGIS; raises NotStarted."""
    given = {"POSTGRES_USER": "singr", "POSTGRES_DB": "singr", "POSTGRES_PASSWORD": password}
    name = _name("postgres", password)
    with _container(name, 5432, "/var/lib/postgresql/data", given, [POSTGRES_IMAGE]) as port:
        # While it makes its data the image's server listens on a socket file only.
        _wait(name, lambda: _docker("exec", name, "pg_isready", "-h", "127.0.0.1", "-U", "singr")[0])
        yield f"postgresql://singr:{password}@127.0.0.1:{port}/singr"


@contextmanager
def redis(password: str) -> Iterator[str]:
    """The URL of a Redis; raises NotStarted."""
    name = _name("redis", password)
    image = [REDIS_IMAGE, "sh", "-c", START_REDIS]
    with _container(name, 6379, "/data", {"REDIS_PASSWORD": password}, image) as port:
        _wait(name, lambda: answers(port, password))
        yield f"redis://:{password}@127.0.0.1:{port}/0"


def _name(what: str, password: str) -> str:
    """Of our own data only: who deletes `.singr` gets new passwords, hence new containers and volumes."""
    return f"singr-{what}-{hashlib.sha256(password.encode()).hexdigest()[:12]}"


@contextmanager
def _container(name: str, port: int, directory: str, given: Mapping[str, str], image: list[str]) -> Iterator[int]:
    """Runs meanwhile; the port on 127.0.0.1 that leads to its `port`. Values of `given` stay off the command line."""
    _docker("rm", "--force", name)
    options = ["--detach", "--rm", "--name", name, "--publish", f"127.0.0.1::{port}", "--volume", f"{name}:{directory}"]
    names = [part for key in given for part in ("--env", key)]
    ran, told = _docker("run", *options, *names, *image, given=given, timeout_s=PULL_TIMEOUT_S)
    try:
        if not ran:
            raise NotStarted(f"docker run {image[0]} failed: {told}")
        yield int(_docker("port", name, str(port))[1].split("\n")[0].rpartition(":")[2] or 0)
    finally:
        _docker("stop", name, timeout_s=60)


def _wait(name: str, ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + READY_TIMEOUT_S
    while not ready():
        if time.monotonic() > deadline:
            raise NotStarted(f"{name} did not start:\n{_docker('logs', '--tail', '20', name)[1]}")
        time.sleep(LOOK_EVERY_S)


def _docker(
    *arguments: str, given: Mapping[str, str] | None = None, timeout_s: float = ASK_TIMEOUT_S
) -> tuple[bool, str]:
    """Whether it worked, and what it said."""
    try:
        done = subprocess.run(  # noqa: S603
            ["docker", *arguments],  # noqa: S607
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout_s,
            env={**os.environ, **(given or {})},
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as exc:
        return False, str(exc)
    return done.returncode == 0, done.stdout.strip()
