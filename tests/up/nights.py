"""`singr up` as people run it: a process of its own in a directory of its own, waited for with a deadline."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.services import DATABASE_NAMES, REDIS_NAMES

ROOT = Path(__file__).parents[2]
PATIENCE_S = 90
NOT_PASSED_ON = {*DATABASE_NAMES, *REDIS_NAMES, "PORT", "MAKELEVEL"}


class Night:
    """One `singr up`; `said` is what it printed so far."""

    def __init__(self, home: Path, output: Path, **environ: str) -> None:
        ours = {
            name: value for name, value in os.environ.items() if name not in {*DATABASE_NAMES, *REDIS_NAMES, "PORT"}
        }
        self._output, self._file = output, output.open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "singr", "up"],
            cwd=ROOT,
            env=ours | {"SINGR_DIR": str(home)} | environ,
            stdout=self._file,
            stderr=self._file,
        )

    @property
    def said(self) -> str:
        return self._output.read_text()

    def demo(self, home: Path) -> dict[str, Any]:
        """What `home/demo.json` says, once the night is on."""
        wait_until(lambda: "The night is on" in self.said or self.process.poll() is not None, self)
        assert self.process.poll() is None, self.said
        found: dict[str, Any] = json.loads((home / "demo.json").read_text())
        return found

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Send the signal and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_S)

    def clear(self) -> None:
        """Whatever happened: no process of ours stays."""
        if self.process.poll() is None:
            self.stop(signal.SIGTERM)
        self._file.close()


def wait_until(true: Callable[[], bool], night: Night) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, night.said
        time.sleep(0.05)


def servers_of(home: Path) -> list[int]:
    """The process ids of the PostgreSQL and Redis that run for `home`."""
    rooms = [str((home / name).resolve()) for name in ("postgres", "redis")]
    return [
        int(entry.name)
        for entry in Path("/proc").glob("[0-9]*")
        if any(room in part for room in rooms for part in _command_line(entry).split("\0")[1:3])
    ]


def _command_line(entry: Path) -> str:
    try:
        return (entry / "cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""
