"""PostgreSQL and Redis for a night: those given, else programs of this machine, else Docker's."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from singr.up import account, docker, machine, provision
from singr.up.child import Child
from singr.up.kept import Secrets
from singr.up.packages import Missing, say
from singr.up.postgres import Postgres
from singr.up.redis import Redis

LOOK_EVERY_S = 1.0


@dataclass(slots=True)
class Servers:
    """Where they are; `own` are our own processes among them."""

    database_url: str = ""
    redis_url: str = ""
    own: list[Postgres | Redis] = field(default_factory=list)

    async def keep_up(self) -> None:
        """Start again, on its port, whichever of our own ended; forever. The night outlives a crash of either."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            for child in (server.child for server in self.own):
                if child and not child.running:
                    _start_again(child)


def _start_again(child: Child) -> None:
    name = Path(child.command[0]).name
    say(f"{name} ended unexpectedly and is started again (see {child.log})")
    try:
        child.spawn()
    except OSError as exc:
        say(f"{name} cannot be started: {exc}")


@contextmanager
def running(environ: Mapping[str, str], home: Path, kept: Secrets) -> Iterator[Servers]:
    """Both answer on entry, ours are stopped on exit; raises Missing or NotStarted."""
    servers = Servers(environ.get("DATABASE_URL", ""), environ.get("REDIS_URL", ""))
    with ExitStack() as until:
        here = _on_this_machine(postgres=not servers.database_url, redis=not servers.redis_url)
        if not servers.database_url:
            _start_postgres(servers, until, home, kept, here=here)
        if not servers.redis_url:
            _start_redis(servers, until, home, kept, here=here)
        yield servers


def _on_this_machine(*, postgres: bool, redis: bool) -> bool:
    """Whether the programs are here, installed if need be; False: Docker has them. Raises Missing."""
    try:
        provision.ensure(postgres=postgres, redis=redis)
    except Missing:
        if docker.answering():
            return False
        raise
    return True


def _start_postgres(servers: Servers, until: ExitStack, home: Path, kept: Secrets, *, here: bool) -> None:
    if not here:
        servers.database_url = until.enter_context(docker.postgres(kept.postgres_password))
        return
    server = Postgres(machine.postgres_programs(), home, kept.postgres_password, account.unprivileged())
    until.enter_context(server.running())
    servers.own.append(server)
    servers.database_url = server.url


def _start_redis(servers: Servers, until: ExitStack, home: Path, kept: Secrets, *, here: bool) -> None:
    program = machine.redis_program()
    if not here or program is None:
        servers.redis_url = until.enter_context(docker.redis(kept.redis_password))
        return
    server = Redis(program, home, kept.redis_password, account.unprivileged())
    until.enter_context(server.running())
    servers.own.append(server)
    servers.redis_url = server.url
