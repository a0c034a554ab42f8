"""One private Redis: on 127.0.0.1, on a free port, with a password made once, keeping its appendonly file."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from singr.up import lock
from singr.up.account import Account, room
from singr.up.child import Child, NotStarted, first_number, stop_leftover
from singr.up.ports import free_port

STARTS_AT_MOST = 5
READY_TIMEOUT_S = 30
ANSWER_TIMEOUT_S = 2
STOPS = (signal.SIGTERM,)
SETTINGS = {
    "bind": "127.0.0.1",
    "daemonize": "no",
    "appendonly": "yes",
    "save": '""',
    "set-proc-title": "no",  # a leftover is recognised by its command line
}


class Redis:
    """`home` keeps `redis/` (configuration and data) and `redis.log`; `settings` are added to ours."""

    def __init__(
        self,
        program: Path,
        home: Path,
        password: str,
        account: Account | None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self._room = room(home, "redis", account)
        self._program, self._password, self._account = program, password, account
        self._settings = {**SETTINGS, **(settings or {})}
        self._log = home / "redis.log"
        self.child: Child | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"redis://:{self._password}@127.0.0.1:{self.port}/0"

    @contextmanager
    def running(self) -> Iterator[Redis]:
        """Started on entry, stopped on exit; raises NotStarted."""
        with lock.held(self._room.parent / "redis.lock"):
            try:
                self.start()
                yield self
            finally:
                self.stop()

    def start(self) -> None:
        """Start and wait until it answers, on the same port as before if there was one; raises NotStarted."""
        stop_leftover(first_number(self._room / "redis.pid"), self._configuration, STOPS)
        for attempt in range(1, STARTS_AT_MOST + 1):
            try:
                self._start_on(self.port or free_port())
                break
            except NotStarted:
                if attempt == STARTS_AT_MOST:
                    raise

    def stop(self) -> None:
        if self.child:
            self.child.stop()

    @property
    def _configuration(self) -> Path:
        return self._room / "redis.conf"

    def _start_on(self, port: int) -> None:
        self._configure(port)
        self.child = Child([self._program, self._configuration], self._log, self._account, STOPS, self._room)
        self.child.spawn()
        try:
            self.child.wait_until(lambda: answers(port, self._password), timeout_s=READY_TIMEOUT_S)
        except NotStarted:
            self.child.stop()
            raise
        self.port = port

    def _configure(self, port: int) -> None:
        """The password stands in a file of mode 0600, not on the command line."""
        own = {
            "port": str(port),
            "requirepass": self._password,
            "dir": f'"{self._room}"',
            "pidfile": f'"{self._room}/redis.pid"',
        }
        path = self._configuration
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_text("".join(f"{key} {value}\n" for key, value in {**self._settings, **own}.items()))
        if self._account:
            self._account.give(path)


def answers(port: int, password: str) -> bool:
    """Whether a Redis on 127.0.0.1 takes the password and commands."""
    try:
        with socket.create_connection(("127.0.0.1", port), ANSWER_TIMEOUT_S) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            heard = b""
            while heard.count(b"\n") < 2 and (part := connection.recv(256)):
                heard += part
    except OSError:
        return False
    return heard == b"+OK\r\n+PONG\r\n"
