"""One private PostgreSQL: its data in a directory of ours, on 127.0.0.1 and a free port, with a password."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from singr.up import lock
from singr.up.account import Account, Switch, room
from singr.up.child import Child, NotStarted, command_line, environment, first_number, stop_leftover
from singr.up.machine import PostgresPrograms
from singr.up.ports import free_port

USER = DATABASE = "singr"
STARTS_AT_MOST = 5
READY_TIMEOUT_S = 60
INITDB_TIMEOUT_S = 120
STOPS = (signal.SIGINT, signal.SIGQUIT)  # PostgreSQL's fast, then its immediate shutdown
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
}


class Postgres:
    """`home` keeps `postgres/` (data) and `postgres.log`; `settings` are added to ours."""

    def __init__(
        self,
        programs: list[PostgresPrograms],
        home: Path,
        password: str,
        account: Account | None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self._room = room(home, "postgres", account)
        self.data = self._room / "data"
        self._programs = _matching(programs, self.data)
        self._password, self._account = password, account
        self._settings = {**SETTINGS, **(settings or {})}
        self._log = home / "postgres.log"
        self.child: Child | None = None
        self.port = 0
        self._held = ExitStack()

    @property
    def url(self) -> str:
        return f"postgresql://{USER}:{self._password}@127.0.0.1:{self.port}/{DATABASE}"

    @contextmanager
    def running(self) -> Iterator[Postgres]:
        """Started on entry, stopped on exit; raises NotStarted."""
        with lock.held(self._room.parent / "postgres.lock"):
            try:
                self.start()
                yield self
            finally:
                self.stop()

    def start(self) -> None:
        """Start and wait until it answers, on the same port as before if there was one; raises NotStarted."""
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        self._clear_leftovers()
        for attempt in range(1, STARTS_AT_MOST + 1):
            try:
                self._start_on(self.port or free_port())
                break
            except NotStarted:  # the port was taken meanwhile, or a killed server's last backend still ends
                if attempt == STARTS_AT_MOST:
                    raise

    def stop(self) -> None:
        if self.child:
            self.child.stop()

    def _start_on(self, port: int) -> None:
        options = [part for key, value in self._settings.items() for part in ("-c", f"{key}={value}")]
        command: list[str | Path] = [
            self._programs.bin / "postgres",
            "-D",
            self.data,
            "-p",
            str(port),
            *options,
        ]
        self.child = Child(command, self._log, self._account, STOPS, self._room)
        self.child.spawn()
        try:
            self.child.wait_until(self._ready, timeout_s=READY_TIMEOUT_S)
        except NotStarted:
            self.child.stop()
            raise
        self.port = port

    def _ready(self) -> bool:
        """The server keeps its process id on line 1 and its state on line 8 of postmaster.pid."""
        try:
            lines = (self.data / "postmaster.pid").read_text().split("\n")
        except OSError:
            return False
        process = self.child.process if self.child else None
        return process is not None and lines[0] == str(process.pid) and lines[7:8] != [] and lines[7].strip() == "ready"

    def _clear_leftovers(self) -> None:
        pid_file = self.data / "postmaster.pid"
        stop_leftover(first_number(pid_file), self.data, STOPS)
        pid = first_number(pid_file)
        if pid is not None and str(self.data) not in command_line(pid) and _alive(pid):
            pid_file.unlink(
                missing_ok=True
            )  # its number went to another process, which PostgreSQL would take for itself

    def _initialise(self) -> None:
        """Make the data beside its place, then rename: a half-made directory never looks like data."""
        fresh, secret = self._room / "fresh", self._room / "password"
        shutil.rmtree(fresh, ignore_errors=True)
        secret.touch(mode=0o600)
        secret.write_text(self._password)
        if self._account:
            self._account.give(secret)
        try:
            self._run("initdb", "-D", fresh, f"--pwfile={secret}", *self._initdb_options())
            self._run("postgres", "--single", "-D", fresh, "postgres", told=f"CREATE DATABASE {DATABASE}\n")
        finally:
            secret.unlink()
        fresh.rename(self.data)

    def _initdb_options(self) -> list[str]:
        sync = ["--no-sync"] if self._settings.get("fsync") == "off" else []
        return [
            *("--encoding=UTF8", f"--username={USER}", "--auth=scram-sha-256", "--no-instructions"),
            *_locale(self._programs),
            *sync,
        ]

    def _run(self, program: str, *arguments: str | Path, told: str = "") -> None:
        switch: Switch = self._account.switch() if self._account else {}
        done = subprocess.run(  # noqa: S603
            [self._programs.bin / program, *arguments],
            input=told,
            capture_output=True,
            text=True,
            cwd=self._room,
            env=environment(),
            timeout=INITDB_TIMEOUT_S,
            check=False,
            **switch,
        )
        if done.returncode:
            raise NotStarted(f"{program} failed:\n{(done.stdout + done.stderr)[-1500:]}")


def _matching(programs: list[PostgresPrograms], data: Path) -> PostgresPrograms:
    """The programs for existing data are those of its major version; for new data the newest."""
    try:
        major = int((data / "PG_VERSION").read_text())
    except FileNotFoundError:
        return programs[0]
    except PermissionError as exc:
        raise NotStarted(f"{data} belongs to another account: start as that one, or set SINGR_DIR") from exc
    found = next((each for each in programs if each.major == major), None)
    if found is None:
        raise NotStarted(f"{data} was made by PostgreSQL {major}: install that, or set SINGR_DIR")
    return found


def _locale(programs: PostgresPrograms) -> list[str]:
    if programs.major >= 17:
        return ["--locale=C.UTF-8", "--locale-provider=builtin"]
    return ["--locale=C.UTF-8"] if sys.platform == "linux" else ["--locale=en_US.UTF-8"]


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
