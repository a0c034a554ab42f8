"""PgBouncer before a PostgreSQL, in transaction mode: after each transaction a connection is somebody else's."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from yarl import URL

from singr.up import account, machine, provision
from singr.up.account import room
from singr.up.child import Child
from singr.up.packages import Missing
from singr.up.ports import free_port, is_free
from tests import services

STARTS_S = 20
# What an operator sets: the mode. The rest is where, and who (the file holds what PgBouncer signs in with).
SETTINGS = """
[databases]
* = host={host} port={port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own}
auth_type = trust
auth_file = {users}
pool_mode = transaction
default_pool_size = 4
max_client_conn = 500
"""


@dataclass(frozen=True)
class Pooler:
    """`url` leads through it. It may be stopped and started; its port stays the same."""

    url: str
    child: Child

    def start(self) -> None:
        self.child.spawn()
        port = URL(self.url).port or 0
        self.child.wait_until(lambda: not is_free("127.0.0.1", port), timeout_s=STARTS_S)

    def stop(self) -> None:
        self.child.stop()

    def kill(self) -> None:
        if self.child.process:
            self.child.process.kill()
            self.child.process.wait(10)


@contextmanager
def pgbouncer(url: str) -> Iterator[Pooler]:
    """Before the database at `url`, with fewer connections than clients will ask for."""
    provision.ensure(pgbouncer=True)
    program = machine.pgbouncer_program()
    if program is None:
        raise Missing(provision.PGBOUNCER)
    behind, own = URL(url), free_port()
    with services.temporary_home() as home:
        directory = room(home, "pgbouncer", account.unprivileged())
        users, settings = directory / "users", directory / "settings.ini"
        users.write_text(f'"{behind.user}" "{behind.password}"\n')
        settings.write_text(SETTINGS.format(host=behind.host, port=behind.port, own=own, users=users))
        log = home / "pgbouncer.log"
        child = Child([program, settings], log, account.unprivileged(), (signal.SIGINT,), directory)
        pooler = Pooler(str(behind.with_host("127.0.0.1").with_port(own)), child)
        try:
            pooler.start()
            yield pooler
        finally:
            pooler.stop()
