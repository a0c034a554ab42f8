"""Which programs this machine has: PostgreSQL 15 or newer with PostGIS, Redis 7 or newer, Chromium."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

POSTGRES_AT_LEAST = 15
REDIS_AT_LEAST = 7
ASK_TIMEOUT_S = 10

POSTGRES_PLACES = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # the PostgreSQL project's RPMs
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/usr/local/pgsql/bin",
)
USUAL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/homebrew/bin"
REDIS_NAMES = ("redis-server", "valkey-server")
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True, slots=True)
class PostgresPrograms:
    """A server's programs: `major` as in 15, `bin` the directory of `initdb` and `postgres`."""

    major: int
    bin: Path


def postgres_programs() -> list[PostgresPrograms]:
    """Every usable PostgreSQL here, newest first."""
    found = {
        programs.bin: programs for directory in _postgres_directories() if (programs := _usable(directory)) is not None
    }
    return sorted(found.values(), key=lambda programs: programs.major, reverse=True)


def redis_program() -> Path | None:
    """The newest-named Redis server that is new enough."""
    for name in REDIS_NAMES:
        path = _which(name)
        if path and _major(_answer(path, "--version"), r"v=(\d+)") >= REDIS_AT_LEAST:
            return path
    return None


def pgbouncer_program() -> Path | None:
    """A pooler for the tests to put before PostgreSQL."""
    return _which("pgbouncer")


def nginx_program() -> Path | None:
    """A proxy for the tests to put before the processes."""
    return _which("nginx")


def chromium_program() -> Path | None:
    """A browser the tests can drive."""
    return next((path for name in CHROMIUM_NAMES if (path := _which(name))), None)


def _postgres_directories() -> Iterator[Path]:
    for name in ("postgres", "pg_config"):
        if path := _which(name):
            yield path.resolve().parent
    for pattern in POSTGRES_PLACES:
        yield from (path.resolve() for path in Path("/").glob(pattern.lstrip("/")))


def _usable(directory: Path) -> PostgresPrograms | None:
    server, init = directory / "postgres", directory / "initdb"
    if not (server.exists() and init.exists()):
        return None
    major = _major(_answer(server, "--version"), r"\b(\d+)(?:\.|devel|beta|rc|\b)")
    if major < POSTGRES_AT_LEAST or not _has_postgis(directory, major):
        return None
    return PostgresPrograms(major, directory)


def _has_postgis(directory: Path, major: int) -> bool:
    return any((share / "extension" / "postgis.control").exists() for share in _share(directory, major))


def _share(directory: Path, major: int) -> Iterator[Path]:
    config = directory / "pg_config"
    if config.exists() and (told := _answer(config, "--sharedir").strip()):
        yield Path(told)
    yield Path(f"/usr/share/postgresql/{major}")
    for name in ("postgresql", f"postgresql@{major}", "pgsql", ""):
        yield directory.parent / "share" / name


def _which(name: str) -> Path | None:
    found = shutil.which(name) or shutil.which(name, path=USUAL_PATH)
    return Path(found) if found else None


def _answer(*command: str | Path) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=ASK_TIMEOUT_S, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


def _major(text: str, pattern: str) -> int:
    found = re.search(pattern, text)
    return int(found.group(1)) if found else 0
