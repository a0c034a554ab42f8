"""The receivers: Go programs (`receiver/`) that hold the other ends of the watchers' connections."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from singr.up.packages import Missing
from tests import go

OWN = 1000
"""Descriptors that a receiver keeps for itself."""
SOURCE = Path(__file__).with_name("receiver")
BUILDS_AT_MOST_S = 300


def build(home: Path) -> Path:
    """The program, built in `home`; raises Missing."""
    compiler = shutil.which("go") or shutil.which("go", path=go.GO_AT)
    if compiler is None:
        raise Missing("The receivers are written in Go: put Go 1.22 or newer on the PATH")
    program = home / "receiver"
    command = [compiler, "build", "-o", str(program), "."]
    done = subprocess.run(  # noqa: S603
        command, cwd=SOURCE, capture_output=True, text=True, timeout=BUILDS_AT_MOST_S, check=False
    )
    if done.returncode:
        raise Missing(f"go build failed:\n{done.stderr[-1500:]}")
    return program


class Receivers:
    """What all of them have said so far. `reached` is, by venue and version, when the last receiver had it."""

    def __init__(self, processes: list[asyncio.subprocess.Process]) -> None:
        self.processes = processes
        self.reached: dict[tuple[str, int], list[float]] = {}
        self._counts: dict[int, dict[str, int]] = {}

    def count(self, what: str) -> int:
        """`connected`, `deltas`, `lost` or `returned`, of all."""
        return sum(counts[what] for counts in self._counts.values())

    def arrived_at(self, venue: str, version: int) -> float | None:
        """When everybody had that version (Unix seconds); None when somebody still lacks it."""
        times = self.reached.get((venue, version), [])
        return max(times) if len(times) == len(self.processes) else None

    async def listen(self, number: int) -> None:
        while (lines := self.processes[number].stdout) and (line := await lines.readline()):
            said = json.loads(line)
            if "venue" in said:
                self.reached.setdefault((said["venue"], said["version"]), []).append(said["at"])
            else:
                self._counts[number] = said


@asynccontextmanager
async def opened(
    program: Path, port: int, *, watchers: int, venues: int, lifetime_s: float = 0, churning_s: float = 0
) -> AsyncIterator[Receivers]:
    """Enough receivers for so many watchers; each has watchers of every venue. With a lifetime, watchers leave and come
    back while they churn."""
    most_each = resource.getrlimit(resource.RLIMIT_NOFILE)[1] - OWN
    churn = (f"-lifetime={lifetime_s}s", f"-churning={churning_s}s")
    programs = -(-watchers // most_each)
    shares = [watchers // programs + (n < watchers % programs) for n in range(programs)]
    pipe, processes = asyncio.subprocess.PIPE, []
    for number, share in enumerate(shares):
        given = (
            f"-server=127.0.0.1:{port}",
            f"-watchers={share}",
            f"-venues={venues}",
            f"-network={number + 1}",
            *churn,
        )
        processes.append(
            await asyncio.create_subprocess_exec(
                program, *given, stdin=pipe, stdout=pipe, limit=1 << 20, env=os.environ | {"GOMAXPROCS": "1"}
            )
        )
    receivers = Receivers(processes)
    listening = [asyncio.create_task(receivers.listen(number)) for number in range(programs)]
    try:
        yield receivers
    finally:
        for process in processes:
            process.kill()
            await process.wait()
        await asyncio.gather(*listening, return_exceptions=True)
