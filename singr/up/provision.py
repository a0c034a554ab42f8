"""Gets the programs we need onto this machine: those that are there, else installed, else one line that says what."""

from __future__ import annotations

import shutil
import sys

from singr.up import machine, packages
from singr.up.packages import Missing

POSTGRES = f"PostgreSQL {machine.POSTGRES_AT_LEAST} or newer with PostGIS"
REDIS = f"Redis {machine.REDIS_AT_LEAST} or newer"
CHROMIUM = "Chromium"
PGBOUNCER = "PgBouncer"
NGINX = "nginx"
FORMULAE = {
    POSTGRES: "postgresql postgis",
    REDIS: "redis",
    CHROMIUM: "chromium",
    PGBOUNCER: "pgbouncer",
    NGINX: "nginx",
}
DEBIAN = FORMULAE | {POSTGRES: "postgresql-postgis", REDIS: "redis-server", NGINX: "nginx-light"}


def ensure(
    *,
    postgres: bool = False,
    redis: bool = False,
    chromium: bool = False,
    pgbouncer: bool = False,
    nginx: bool = False,
) -> None:
    """Install what is asked for and not here; raises Missing."""
    asked = {"postgres": postgres, "redis": redis, "chromium": chromium, "pgbouncer": pgbouncer, "nginx": nginx}
    wanted = _absent(**asked)
    if not wanted:
        return
    if packages.prefix() is None:
        raise Missing(_advice(wanted))
    with packages.turn():
        if wanted := _absent(**asked):
            packages.refresh()
            names = [_package(what) for what in wanted]
            packages.install(names, why=f"{' and '.join(wanted)} not found")
    if still := _absent(**asked):
        raise Missing(_advice(still))


def _absent(*, postgres: bool, redis: bool, chromium: bool, pgbouncer: bool, nginx: bool) -> list[str]:
    return [
        *([POSTGRES] if postgres and not machine.postgres_programs() else []),
        *([REDIS] if redis and machine.redis_program() is None else []),
        *([CHROMIUM] if chromium and machine.chromium_program() is None else []),
        *([PGBOUNCER] if pgbouncer and machine.pgbouncer_program() is None else []),
        *([NGINX] if nginx and machine.nginx_program() is None else []),
    ]


def _package(what: str) -> str:
    """The Debian package with `what`; raises Missing where the distribution's is too old."""
    if what != POSTGRES:
        return DEBIAN[what]
    if name := packages.postgis_package(machine.POSTGRES_AT_LEAST):
        return name
    raise Missing(_advice([what]))


def _advice(wanted: list[str]) -> str:
    known, install = (FORMULAE, "brew") if sys.platform == "darwin" else (DEBIAN, "apt")
    how = f" ({install} install {' '.join(known[what] for what in wanted)})" if shutil.which(install) else ""
    instead = "" if not {POSTGRES, REDIS} & set(wanted) else ", or start Docker, or set DATABASE_URL and REDIS_URL"
    return f"Please install {' and '.join(wanted)}{how}{instead}."
