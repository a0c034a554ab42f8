"""A server process of ours: it ends when we end, however we end, and one left over is found and stopped.

Linux tells a child that its parent died (prctl PR_SET_PDEATHSIG, after any change of user).
Elsewhere a server may outlive a kill -9; the next start recognises it by its command line and stops it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from singr.up.account import Account, Switch

PR_SET_PDEATHSIG = 1
LOOK_EVERY_S = 0.02
LOG_TAIL_BYTES = 1500
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class NotStarted(Exception):
    """A server ended or stayed silent while starting; the message has the last lines of its log."""


def open_private(path: Path, mode: str, encoding: str | None = None) -> Any:
    """Open a file that only its owner may read: logs tell of people."""
    return open(path, mode, encoding=encoding, opener=lambda name, flags: os.open(name, flags, 0o600))


@dataclass(slots=True)
class Child:
    """`stops` are the signals that end it, politest first; the first is also sent when we die."""

    command: Sequence[str | Path]
    log: Path
    account: Account | None
    stops: Sequence[signal.Signals]
    directory: Path
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def spawn(self) -> None:
        """Start it. Call from the main thread: the parent's death is that of the thread that spawned."""
        switch: Switch = self.account.switch() if self.account else {}
        with open_private(self.log, "ab") as log:
            self.process = subprocess.Popen(  # noqa: S603
                [str(part) for part in self.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.directory,
                env=environment(),
                start_new_session=True,  # Ctrl-C is for us; we stop our children in order
                preexec_fn=_die_with_parent(self.stops[0]),
                **switch,
            )

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def wait_until(self, ready: Callable[[], bool], *, timeout_s: float) -> None:
        """Return once `ready()`; raises NotStarted when the process ends before or the time is up."""
        deadline = time.monotonic() + timeout_s
        while not ready():
            if not self.running or time.monotonic() > deadline:
                raise NotStarted(f"{Path(self.command[0]).name} did not start:\n{tail(self.log)}")
            time.sleep(LOOK_EVERY_S)

    def stop(self, *, each_s: float = 10) -> None:
        """Stop it: each signal gets `each_s` seconds, then SIGKILL."""
        for number in (*self.stops, signal.SIGKILL):
            if not self.running or self.process is None:
                return
            self.process.send_signal(number)
            try:
                self.process.wait(each_s)
            except subprocess.TimeoutExpired:
                continue


def stop_leftover(pid: int | None, mark: Path, stops: Sequence[signal.Signals], *, each_s: float = 10) -> None:
    """Stop the process `pid` of an earlier run if it still runs and its command line names `mark`."""
    for number in (*stops, signal.SIGKILL):
        if pid is None or str(mark) not in command_line(pid):
            return
        os.kill(pid, number)
        deadline = time.monotonic() + each_s
        while str(mark) in command_line(pid) and time.monotonic() < deadline:
            time.sleep(LOOK_EVERY_S)


def command_line(pid: int) -> list[str]:
    """The arguments of a running process; empty when there is none (or only its zombie)."""
    if Path("/proc/self/cmdline").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            return []
    told = subprocess.run(  # noqa: S603
        ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)],
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
    )
    return told.stdout.split()


def first_number(path: Path) -> int | None:
    """The process id on the first line of a pid file, None when there is no such file."""
    try:
        return int(path.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def environment() -> dict[str, str]:
    """What a server of ours inherits: nothing that would configure it (PGPORT, PGDATA, …)."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C.UTF-8" if LIBC else "en_US.UTF-8",
        "HOME": "/",
    }


def tail(log: Path) -> str:
    try:
        return log.read_bytes()[-LOG_TAIL_BYTES:].decode(errors="replace").strip()
    except OSError:
        return ""


def end_with_parent(number: signal.Signals) -> None:
    """Have `number` sent to this very process when its parent dies; nothing on systems that cannot."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, int(number))


def _die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    if LIBC is None:
        return None
    libc, parent = LIBC, os.getpid()

    def prepare() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:  # it died before we could ask to be told
            os._exit(1)

    return prepare
